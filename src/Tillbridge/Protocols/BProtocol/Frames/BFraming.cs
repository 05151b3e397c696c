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
        var (offset, start) = (0L, -1L);
        foreach (var segment in buffer)
        {
            var span = segment.Span;
            for (var at = 0; at < span.Length; at++)
            {
                var next = start < 0 ? span[at..].IndexOf(Stx) : span[at..].IndexOfAny(Stx, Etx);
                if (next < 0) break;
                at += next;
                var place = offset + at;
                if (start >= 0 && place - start >= most) throw TooLong(most);
                if (span[at] == Stx)
                {
                    start = place;
                    continue;
                }

                frame = buffer.Slice(start, place - start + 1);
                if (IsFrame(frame, strict))
                {
                    buffer = buffer.Slice(place + 1);
                    return true;
                }

                start = -1;
            }

            offset += span.Length;
        }

        frame = default;
        if (start >= 0 && offset - start > most) throw TooLong(most);
        // What holds no STX can never become a frame.
        buffer = start < 0 ? buffer.Slice(buffer.End) : buffer.Slice(start);
        return false;
    }

    private static ProtocolViolationException TooLong(int most) => new($"The peer sends a message of more than {most} bytes.");

    private static bool IsFrame(ReadOnlySequence<byte> frame, bool strict)
    {
        if (frame.Length < LeastFrame) return false;
        if (!strict) return true;
        Span<byte> digits = stackalloc byte[4];
        frame.Slice(1 + LengthAt, 4).CopyTo(digits);
        return TryLength(digits, out var length) && length == frame.Length - LeastFrame;
    }

    public static bool TryLength(ReadOnlySpan<byte> digits, out int length) =>
        int.TryParse(digits.TrimStart((byte)' '), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out length);
}
