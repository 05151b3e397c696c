using System.Text;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>Makes inputs out of seeds by the faults that lines, peers and attackers make. The buffer is reused.</summary>
internal sealed class Mutation(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words)
{
    public const int MostBytes = 64 * 1024;

    // Most inputs stay small, because a parser's mistakes lie in its structure; a few show what size alone does.
    private const int UsualBytes = 4 * 1024;
    private const int BlowUpOneIn = 100;
    private const int HugeOneIn = 20;
    private const int MostChanges = 6;
    private const int MostMoved = 32;

    // Lengths, marks and ends as the protocols have them, and the edges of a byte.
    private static readonly byte[] Telling =
        [0x00, 0x01, 0x02, 0x03, 0x06, 0x0A, 0x0D, 0x10, 0x1F, 0x20, 0x22, 0x30, 0x39, 0x7E, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x99, 0xEE, 0xF0,
            0xF9, 0xFE, 0xFF];

    private static readonly byte[][] Extremes = new[]
    {
        "0", "-0", "-1", "00", "1", "9", "99", "100", "255", "256", "32768", "65535", "65536", "2147483647", "2147483648", "-2147483648",
        "4294967296", "999999999999", "1000000000000", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "79228162514264337593543950335", "1e5", "1E400", "0.1", "0.001", "12.", ".5", "1e-400", "NaN", "Infinity",
    }.Select(Encoding.ASCII.GetBytes).ToArray();

    private readonly byte[] bytes = new byte[MostBytes];
    private int length;

    public Span<byte> Make(Chance chance)
    {
        Begin(chance.Pick(seeds));
        for (var left = 1 + chance.Below(1 + chance.Below(MostChanges)); left > 0; left--) Change(chance);
        if (chance.OneIn(BlowUpOneIn)) BlowUp(chance, chance.OneIn(HugeOneIn) ? MostBytes : UsualBytes);
        return bytes.AsSpan(0, length);
    }

    private void Begin(byte[] seed)
    {
        length = Math.Min(seed.Length, MostBytes);
        seed.AsSpan(0, length).CopyTo(bytes);
    }

    private void Change(Chance chance)
    {
        switch (chance.Below(12))
        {
            case 0 when length > 0: bytes[chance.Below(length)] ^= (byte)(1 << chance.Below(8)); break;
            case 1 when length > 0: bytes[chance.Below(length)] = Telling[chance.Below(Telling.Length)]; break;
            case 2 when length > 0: bytes[chance.Below(length)] = (byte)chance.Next(); break;
            case 3: Replace(chance.Below(length + 1), 0, [Telling[chance.Below(Telling.Length)]]); break;
            case 4 when length > 0: Replace(chance.Below(length), 1 + chance.Below(chance.OneIn(4) ? MostMoved : 2), []); break;
            case 5 when length > 0: Duplicate(chance); break;
            case 6 when length > 0 && chance.OneIn(3): length = chance.Below(length); break;
            case 7: Splice(chance.Pick(seeds), chance); break;
            case 8 when length > 0: Number(chance); break;
            case 9 when length > 1: Swap(chance.Below(length - 1)); break;
            case 10: Replace(chance.Below(length + 1), 0, chance.Pick(words)); break;
            case 11 when length > 0: Word(chance); break;
            default: Replace(chance.Below(length + 1), 0, [(byte)chance.Next()]); break;
        }
    }

    private void Swap(int at) => (bytes[at], bytes[at + 1]) = (bytes[at + 1], bytes[at]);

    private void Duplicate(Chance chance)
    {
        var from = chance.Below(length);
        var count = Math.Min(length - from, 1 + chance.Below(MostMoved));
        Span<byte> copy = stackalloc byte[MostMoved];
        bytes.AsSpan(from, count).CopyTo(copy);
        Replace(chance.OneIn(2) ? from : chance.Below(length + 1), 0, copy[..count]);
    }

    // Goes on with another seed from some place in it.
    private void Splice(byte[] other, Chance chance)
    {
        var from = chance.Below(other.Length + 1);
        var at = chance.Below(length + 1);
        Replace(at, length - at, other.AsSpan(from));
    }

    private void Number(Chance chance)
    {
        var (start, end) = Find(chance.Below(length), static octet => octet is >= (byte)'0' and <= (byte)'9');
        if (start < end) Replace(start, end - start, Extremes[chance.Below(Extremes.Length)]);
        else bytes[chance.Below(length)] = (byte)('0' + chance.Below(10));
    }

    private void Word(Chance chance)
    {
        var (start, end) = Find(chance.Below(length), static octet => char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'"');
        Replace(start, end - start, chance.Pick(words));
    }

    // The run that begins at or after a place; empty at the place when none follows near.
    private (int Start, int End) Find(int from, Func<byte, bool> belongs)
    {
        var start = from;
        while (start < length && start - from < MostMoved && !belongs(bytes[start])) start++;
        if (start == length || !belongs(bytes[start])) return (from, from);
        while (start > 0 && from - start < MostMoved && belongs(bytes[start - 1])) start--;
        var end = start;
        while (end < length && belongs(bytes[end])) end++;
        return (start, end);
    }

    private void BlowUp(Chance chance, int most)
    {
        if (length == 0) return;
        var from = chance.Below(length);
        var count = Math.Min(length - from, 1 + chance.Below(chance.OneIn(2) ? 4 : MostMoved));
        var times = Math.Min((most - length) / count, chance.Below(most / count + 1));
        if (times <= 0) return;
        bytes.AsSpan(from + count, length - from - count).CopyTo(bytes.AsSpan(from + count + times * count));
        for (var time = 1; time <= times; time++) bytes.AsSpan(from, count).CopyTo(bytes.AsSpan(from + time * count));
        length += times * count;
    }

    private void Replace(int at, int count, ReadOnlySpan<byte> with)
    {
        count = Math.Min(count, length - at);
        if (length - count + with.Length > MostBytes) with = with[..Math.Max(0, MostBytes - (length - count))];
        bytes.AsSpan(at + count, length - at - count).CopyTo(bytes.AsSpan(at + with.Length));
        with.CopyTo(bytes.AsSpan(at));
        length += with.Length - count;
    }
}
