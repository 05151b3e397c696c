namespace Tillbridge.Wire;

/// <summary>The 16-bit block checks of the protocols, under the names of the usual catalogue of CRCs.</summary>
internal static class Crc16
{
    private static readonly ushort[] ReflectedCcitt = Reflected(0x8408);
    private static readonly ushort[] ReflectedIbm = Reflected(0xA001);
    private static readonly ushort[] ForwardCcitt = Forward(0x1021);

    /// <summary>ZVT's serial check: called XModem there, in truth the reflected CCITT register (zvt.md §4).</summary>
    public static ushort Kermit(ReadOnlySpan<byte> bytes, ushort register = 0) => Shift(ReflectedCcitt, bytes, register);

    public static ushort XModem(ReadOnlySpan<byte> bytes, ushort register = 0)
    {
        foreach (var octet in bytes)
        {
            register = (ushort)(register << 8 ^ ForwardCcitt[register >> 8 ^ octet]);
        }

        return register;
    }

    public static ushort CcittFalse(ReadOnlySpan<byte> bytes) => XModem(bytes, 0xFFFF);

    public static ushort X25(ReadOnlySpan<byte> bytes) => (ushort)~Kermit(bytes, 0xFFFF);

    /// <summary>Also known as CRC-16/IBM.</summary>
    public static ushort Arc(ReadOnlySpan<byte> bytes, ushort register = 0) => Shift(ReflectedIbm, bytes, register);

    public static ushort Modbus(ReadOnlySpan<byte> bytes) => Arc(bytes, 0xFFFF);

    private static ushort Shift(ushort[] table, ReadOnlySpan<byte> bytes, ushort register)
    {
        foreach (var octet in bytes)
        {
            register = (ushort)(register >> 8 ^ table[(register ^ octet) & 0xFF]);
        }

        return register;
    }

    private static ushort[] Reflected(ushort polynomial)
    {
        var table = new ushort[256];
        for (var index = 0; index < table.Length; index++)
        {
            var register = (ushort)index;
            for (var bit = 0; bit < 8; bit++)
            {
                register = (ushort)((register & 1) == 0 ? register >> 1 : register >> 1 ^ polynomial);
            }

            table[index] = register;
        }

        return table;
    }

    private static ushort[] Forward(ushort polynomial)
    {
        var table = new ushort[256];
        for (var index = 0; index < table.Length; index++)
        {
            var register = (ushort)(index << 8);
            for (var bit = 0; bit < 8; bit++)
            {
                register = (ushort)((register & 0x8000) == 0 ? register << 1 : register << 1 ^ polynomial);
            }

            table[index] = register;
        }

        return table;
    }
}
