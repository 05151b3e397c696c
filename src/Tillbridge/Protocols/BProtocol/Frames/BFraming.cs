using System.Buffers;
using System.Globalization;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>
/// Finds frames in a stream (csob-b.md §2). No value may hold 02 or 03, so the first ETX behind an STX ends the frame whatever LENGTH
/// says, and an STX inside of one begins anew.
/// </summary>
internal static class BFraming
{
    public const byte Stx = 0x02;
    public const byte Etx = 0x03;
    public const byte FieldMark = 0x1C;
    public const int HeaderBytes = 36;
    public const int LengthAt = 28;
    public const int CrcAt = 32;
    public const int LeastFrame = HeaderBytes + 2;

    /// <summary>Takes the first whole frame with its STX and ETX; noise before it goes.</summary>
    /// <exception cref="ProtocolViolationException">A frame has no end within the limit.</exception>
    public static bool TryTake(ref ReadOnlySequence<byte> buffer, int most, bool strict, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        var rest = buffer;
        while (rest.PositionOf(Stx) is { } start)
        {
            rest = rest.Slice(start);
            var length = EndOf(rest, most, out var begun);
            if (begun)
            {
                rest = rest.Slice(length);
                continue;
            }

            if (length == 0) return false;
            if (IsFrame(rest.Slice(0, length), strict))
            {
                frame = rest.Slice(0, length);
                buffer = rest.Slice(length);
                return true;
            }

            rest = rest.Slice(length);
        }

        // What holds no STX can never become a frame.
        buffer = buffer.Slice(buffer.End);
        return false;
    }

    // Bytes up to the ETX included, or up to the STX that begins anew; 0 when more has to come.
    private static int EndOf(ReadOnlySequence<byte> rest, int most, out bool begun)
    {
        var reader = new SequenceReader<byte>(rest);
        reader.Advance(1);
        begun = false;
        var found = reader.TryReadToAny(out ReadOnlySequence<byte> inside, [Stx, Etx], advancePastDelimiter: false);
        var length = found ? (int)Math.Min(inside.Length + 1, int.MaxValue - 1) : 0;
        if (found ? length >= most : rest.Length > most)
            throw new ProtocolViolationException($"The peer sends a message of more than {most} bytes.");
        if (!found) return 0;
        reader.TryPeek(out var mark);
        begun = mark == Stx;
        return begun ? length : length + 1;
    }

    private static bool IsFrame(ReadOnlySequence<byte> frame, bool strict)
    {
        if (frame.Length < LeastFrame) return false;
        if (!strict) return true;
        Span<byte> digits = stackalloc byte[4];
        frame.Slice(1 + LengthAt, 4).CopyTo(digits);
        return TryLength(digits, out var length) && length == frame.Length - LeastFrame;
    }

    public static bool TryLength(ReadOnlySpan<byte> digits, out int length) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out length);
}
