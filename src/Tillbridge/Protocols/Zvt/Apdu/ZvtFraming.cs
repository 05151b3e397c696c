using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Where an APDU begins and ends: bare on TCP, between DLE STX and DLE ETX on a serial line (zvt.md §2, §4).</summary>
internal static class ZvtFraming
{
    public const int MostApduBytes = 5 + 65535;

    public const byte SerialAcknowledge = 0x06;
    public const byte SerialRefuse = 0x15;

    private const byte LongLengthMark = 0xFF;
    private const byte Dle = 0x10;
    private const byte Stx = 0x02;
    private const byte Etx = 0x03;

    // DLE STX, an APDU of three bytes, DLE ETX and two bytes of CRC.
    private const int FewestSerialBytes = 9;

    public static bool TryTake(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> apdu)
    {
        apdu = default;
        Span<byte> head = stackalloc byte[5];
        var available = (int)Math.Min(buffer.Length, head.Length);
        buffer.Slice(0, available).CopyTo(head);
        if (!TryMeasure(head[..available], out _, out var size) || buffer.Length < size) return false;

        apdu = buffer.Slice(0, size);
        buffer = buffer.Slice(size);
        return true;
    }

    /// <summary>Reads the header: how many bytes it takes and how many the whole APDU; false when it is cut short.</summary>
    public static bool TryMeasure(ReadOnlySpan<byte> head, out int headerSize, out int size)
    {
        (headerSize, size) = (3, 0);
        if (head.Length < headerSize) return false;
        if (head[2] != LongLengthMark)
        {
            size = headerSize + head[2];
            return true;
        }

        headerSize = 5;
        if (head.Length < headerSize) return false;
        size = headerSize + BinaryPrimitives.ReadUInt16LittleEndian(head[3..]);
        return true;
    }

    /// <summary>Code, length in the shortest form (FF marks the long one, so 255 needs it) and data.</summary>
    public static void WriteApdu(ushort code, ReadOnlySpan<byte> data, IBufferWriter<byte> to)
    {
        Invariant.Holds(data.Length <= 0xFFFF, "an APDU carries at most 65535 bytes of data");
        var head = to.GetSpan(5);
        BinaryPrimitives.WriteUInt16BigEndian(head, code);
        head[2] = (byte)Math.Min(data.Length, LongLengthMark);
        var isLong = data.Length >= LongLengthMark;
        if (isLong) BinaryPrimitives.WriteUInt16LittleEndian(head[3..], (ushort)data.Length);
        to.Advance(isLong ? 5 : 3);
        to.Write(data);
    }

    public static byte[] FrameSerial(ReadOnlySpan<byte> apdu)
    {
        var frame = new List<byte>(apdu.Length + FewestSerialBytes) { Dle, Stx };
        foreach (var octet in apdu)
        {
            frame.Add(octet);
            if (octet == Dle) frame.Add(Dle);
        }

        var check = Check(apdu);
        // The check is sent raw, also when a byte of it is 10 (zvt.md §4).
        frame.AddRange([Dle, Etx, (byte)check, (byte)(check >> 8)]);
        return [.. frame];
    }

    public static bool TryUnframeSerial(ReadOnlySpan<byte> frame, out byte[] apdu, out string why)
    {
        apdu = [];
        if (!TryMeasureSerial(frame, out var size, out why)) return false;
        if (size != frame.Length)
        {
            why = $"{frame.Length - size} bytes follow the check of the frame";
            return false;
        }

        var inside = new List<byte>(frame.Length);
        for (var index = 2; index < size - 4; index++)
        {
            if (frame[index] == Dle) index++;
            inside.Add(frame[index]);
        }

        apdu = [.. inside];
        var sent = BinaryPrimitives.ReadUInt16LittleEndian(frame[^2..]);
        var computed = Check(apdu);
        why = sent == computed ? "" : $"the CRC is {computed:X4}, the frame says {sent:X4}";
        return why.Length == 0;
    }

    /// <summary>Where the serial frame at the beginning of the bytes ends; false when it is none or cut short.</summary>
    public static bool TryMeasureSerial(ReadOnlySpan<byte> bytes, out int size, out string why)
    {
        (size, why) = (0, "a serial frame begins with 10 02");
        if (bytes.Length < 2 || bytes[0] != Dle || bytes[1] != Stx) return false;
        for (var index = 2; index + 1 < bytes.Length; index++)
        {
            if (bytes[index] != Dle) continue;
            index++;
            if (bytes[index] == Dle) continue;
            why = $"10 {bytes[index]:X2} inside a serial frame";
            if (bytes[index] != Etx) return false;
            size = index + 3;
            why = "the serial frame is cut short";
            return size <= bytes.Length;
        }

        why = "the serial frame is cut short";
        return false;
    }

    /// <summary>
    /// For a network stream: what the first bytes of a peer resemble when they cannot be ZVT; null when they may be (zvt.md §1).
    /// </summary>
    public static string? LooksLikeOtherProtocol(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty || MayBegin(first)) return null;
        if (IsSerialFrame(first))
            return "ZVT in serial frames (10 02) on a network connection: set terminal or converter to ZVT over TCP without them.";
        return Likeness.Of(first) is { } other
            ? $"This is {other.Name}{(first is [0, 0, 0, _, ..] ? Quoted(first[4..]) : "")}, not ZVT: check the port."
            : $"The first bytes {WireDump.Line(first[..Math.Min(2, first.Length)])} begin no ZVT message.";
    }

    /// <summary>The bytes begin as a block on a serial line does.</summary>
    public static bool IsSerialFrame(ReadOnlySpan<byte> first) => first is [Dle, Stx, ..] or [Dle];

    private static bool MayBegin(ReadOnlySpan<byte> first) => first[0] switch
    {
        _ when !ZvtCommands.IsClass(first[0]) => false,
        0x80 => first.Length < 2 || first[1] == 0,
        _ => true,
    };

    private static string Quoted(ReadOnlySpan<byte> text)
    {
        const int MostShown = 12;
        var shown = Encoding.ASCII.GetString(text[..Math.Min(MostShown, text.Length)]);
        return shown.Length > 0 && shown.All(char.IsAsciiLetterOrDigit) || shown.Contains('|') ? $" (\"{shown}\")" : "";
    }

    // The check covers the APDU without its stuffing and the closing ETX (zvt.md §4).
    private static ushort Check(ReadOnlySpan<byte> apdu) => Crc16.Kermit([Etx], Crc16.Kermit(apdu));
}
