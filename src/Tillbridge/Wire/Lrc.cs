namespace Tillbridge.Wire;

/// <summary>One-byte block checks.</summary>
internal static class Lrc
{
    /// <summary>Exclusive or of all bytes, from a seed that some protocols set to other than zero.</summary>
    public static byte Xor(ReadOnlySpan<byte> bytes, byte seed = 0)
    {
        foreach (var octet in bytes) seed ^= octet;
        return seed;
    }

    /// <summary>The value that makes the sum of all bytes zero (ISO 1155).</summary>
    public static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var octet in bytes) sum = unchecked((byte)(sum + octet));
        return unchecked((byte)-sum);
    }
}
