using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Tillbridge.Domain.Keys;

/// <summary>
/// The canonical normal forms of Unicode (UAX #15), the same on every machine: without the system's ICU, which Tillbridge does not need,
/// the platform takes every text for normal.
/// </summary>
internal static class NormalForms
{
    // Below these no letter has parts, and no letter is a part or a class of its own.
    private const char FirstWithParts = '\u00C0';
    private const char FirstThatCombines = '\u0300';

    // Hangul by arithmetic (Unicode 3.12).
    private const int Syllable = 0xAC00;
    private const int Lead = 0x1100;
    private const int Vowel = 0x1161;
    private const int Trail = 0x11A7;
    private const int Leads = 19;
    private const int Vowels = 21;
    private const int Trails = 28;

    private static readonly Lazy<Tables> Known = new(Read);

    /// <summary>Normalization form C: one sign where there is one.</summary>
    public static string Composed(string text) =>
        text.All(letter => letter < FirstThatCombines) ? text : Text(Compose(Decompose(text)));

    /// <summary>Normalization form D: signs in their parts.</summary>
    public static string Decomposed(string text) => text.All(letter => letter < FirstWithParts) ? text : Text(Decompose(text));

    private static List<int> Decompose(string text)
    {
        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes()) Split(rune.Value, points);
        for (var end = 1; end < points.Count; end++)
        {
            var mine = ClassOf(points[end]);
            for (var at = end; at > 0 && mine > 0 && ClassOf(points[at - 1]) > mine; at--)
                (points[at - 1], points[at]) = (points[at], points[at - 1]);
        }

        return points;
    }

    private static void Split(int point, List<int> points)
    {
        var hangul = point - Syllable;
        if (hangul is >= 0 and < Leads * Vowels * Trails)
        {
            points.Add(Lead + (hangul / (Vowels * Trails)));
            points.Add(Vowel + (hangul % (Vowels * Trails) / Trails));
            if (hangul % Trails > 0) points.Add(Trail + (hangul % Trails));
        }
        else if (Known.Value.Parts.TryGetValue(point, out var parts))
        {
            foreach (var part in parts) Split(part, points);
        }
        else
        {
            points.Add(point);
        }
    }

    private static List<int> Compose(List<int> points)
    {
        var composed = new List<int>(points.Count);
        var (starter, last) = (-1, 0);
        foreach (var point in points)
        {
            var mine = ClassOf(point);
            // What stands between a sign and its mark blocks it, unless its class is lower.
            var isFree = starter >= 0 && (composed.Count - 1 == starter || last < mine);
            if (isFree && Whole(composed[starter], point) is { } whole)
            {
                composed[starter] = whole;
                continue;
            }

            if (mine == 0) starter = composed.Count;
            last = mine;
            composed.Add(point);
        }

        return composed;
    }

    private static int? Whole(int first, int second)
    {
        if (first - Lead is >= 0 and < Leads and var lead && second - Vowel is >= 0 and < Vowels and var vowel)
            return Syllable + (((lead * Vowels) + vowel) * Trails);
        if (first - Syllable is >= 0 and < Leads * Vowels * Trails and var open && open % Trails == 0
            && second - Trail is > 0 and < Trails and var trail)
            return first + trail;
        return Known.Value.Wholes.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int ClassOf(int point) =>
        point < FirstThatCombines ? 0 : Known.Value.Classes.GetValueOrDefault(point);

    private static string Text(List<int> points)
    {
        var text = new StringBuilder(points.Count);
        foreach (var point in points) text.Append(new Rune(point).ToString());
        return text.ToString();
    }

    // A line is POINT>PARTS, POINT=PARTS where the parts make no whole again, or FROM-TO:CLASS, all numbers of signs hexadecimal.
    private static Tables Read()
    {
        using var stream = typeof(NormalForms).Assembly.GetManifestResourceStream("Tillbridge.Domain.Keys.NormalForms.txt");
        Invariant.Holds(stream is not null, "the table of normal forms is part of the program");
        using var lines = new StreamReader(stream, Encoding.UTF8);
        var (parts, wholes, classes) = (new Dictionary<int, int[]>(), new Dictionary<(int, int), int>(), new Dictionary<int, int>());
        while (lines.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var mark = line.AsSpan().IndexOfAny(">=:");
            var (left, right) = (line[..mark], line[(mark + 1)..]);
            if (line[mark] == ':')
            {
                var ends = left.Split('-');
                for (var point = Hex(ends[0]); point <= Hex(ends[1]); point++)
                    classes.Add(point, int.Parse(right, NumberStyles.None, CultureInfo.InvariantCulture));
                continue;
            }

            int[] pieces = [.. right.Split(' ').Select(Hex)];
            parts.Add(Hex(left), pieces);
            if (line[mark] == '>') wholes.Add((pieces[0], pieces[1]), Hex(left));
        }

        return new(parts.ToFrozenDictionary(), wholes.ToFrozenDictionary(), classes.ToFrozenDictionary());
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private sealed record Tables(
        FrozenDictionary<int, int[]> Parts, FrozenDictionary<(int First, int Second), int> Wholes, FrozenDictionary<int, int> Classes);
}
