using System.Globalization;

namespace Tillbridge.Domain.Cards;

/// <summary>
/// Card numbers in texts: found in one piece, in groups, behind zeros, in front of their expiry and over the ends of lines, and hidden but
/// for the first six and the last four digits.
/// </summary>
internal static class CardText
{
    /// <summary>The shortest number that is looked for.</summary>
    public const int FewestDigits = CardNumberRules.FewestDigits;

    private const int MostDigits = CardNumberRules.MostDigits;

    // Masking leaves digits standing that can be the beginning or the end of another number; as far back as one can reach.
    private const int Reach = 2 * MostDigits;

    // "4111 - 1111" has three; a column of a table stands further away.
    private const int MostMarks = 3;

    // A line may be set in from the left, or filled up with blanks.
    private const int MostAroundLineEnd = 100;

    private const string GroupMarks = " -\u00A0";
    private const string OtherMarks = "./_:,;|'·•–—‐‑";

    /// <summary>The text without card numbers; the same object when it holds none. As many characters as before.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where its words begin: what stands before is a mark and no digit of theirs.</param>
    /// <param name="likelyOnly">
    /// Only what also begins as a card scheme's numbers do, at their length: for what else a number may well be, such as a reference.
    /// </param>
    public static string Mask(string text, int from = 0, bool likelyOnly = false)
    {
        if (!HasEnoughDigits(text, from)) return text;
        var walk = new Walk(text, from, likelyOnly);
        return walk.Hide() ? walk.Text : text;
    }

    /// <summary>Whether a caller's own text holds what reads as a card's number.</summary>
    public static bool Holds(string text) => !ReferenceEquals(Mask(text, likelyOnly: true), text);

    /// <summary>Several texts that are read one below the other, masked as one; the same object when nothing was hidden.</summary>
    public static IReadOnlyList<string> Mask(IReadOnlyList<string> lines)
    {
        var text = string.Join('\n', lines);
        var masked = Mask(text);
        if (ReferenceEquals(masked, text)) return lines;
        var (parts, at) = (new string[lines.Count], 0);
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = masked.Substring(at, lines[index].Length);
            at += lines[index].Length + 1;
        }

        return parts;
    }

    private static bool HasEnoughDigits(string text, int from)
    {
        var digits = 0;
        for (var at = from; at < text.Length; at++)
        {
            if (char.IsDigit(text[at]) && ++digits == FewestDigits) return true;
        }

        return false;
    }

    /// <summary>How a digit hangs on the one before it.</summary>
    private enum Link : byte
    {
        None,
        Joined,
        Tight,
        Loose,
        LineEnd,
    }

    private sealed class Walk
    {
        private const char Hidden = '*';

        private readonly char[] text;
        private readonly bool likelyOnly;
        private readonly List<int> places = [];
        private readonly List<Link> links = [];
        private readonly List<char> marks = [];

        public Walk(string words, int from, bool likelyOnly)
        {
            (text, this.likelyOnly) = (words.ToCharArray(), likelyOnly);
            for (var at = from; at < text.Length; at++)
            {
                if (!char.IsDigit(text[at])) continue;
                var (link, mark) = places.Count == 0 ? (Link.None, '\0') : Between(places[^1] + 1, at);
                places.Add(at);
                links.Add(link);
                marks.Add(mark);
            }
        }

        public string Text => new(text);

        public bool Hide()
        {
            var hidden = false;
            for (var start = 0; start <= places.Count - FewestDigits; start++)
            {
                if (!MayBegin(start, out var behindZeros) || LengthAt(start, behindZeros) is not (> 0 and var length)) continue;
                HideAt(start, length);
                hidden = true;
                // Masking cuts a row of digits into shorter ones, so that what lies just before is looked at again; a whole new walk
                // for each would take a hostile text seconds (found by the laboratory).
                start = Math.Max(0, start - Reach) - 1;
            }

            return hidden;
        }

        private int Value(int index) => (int)char.GetNumericValue(text[places[index]]);

        private bool IsHidden(int index) => text[places[index]] == Hidden;

        private Link LinkOf(int index) => index > 0 && IsHidden(index - 1) ? Link.None : links[index];

        // A number begins where its group does, or behind the zeros that fill the group up.
        private bool MayBegin(int start, out bool behindZeros)
        {
            behindZeros = false;
            // No card number begins with 0 (ISO/IEC 7812); without this every row of zeros would be one.
            if (IsHidden(start) || Value(start) == 0) return false;
            for (var before = start; LinkOf(before) is Link.Joined; before--)
            {
                if (Value(before - 1) != 0) return false;
                behindZeros = true;
            }

            return true;
        }

        // How many digits from here are a card number, the most that can be; 0 when none are.
        private int LengthAt(int start, bool behindZeros)
        {
            Span<int> digits = stackalloc int[MostDigits];
            var shape = new Shape();
            var best = 0;
            for (var count = 0; count < MostDigits && start + count < places.Count; count++)
            {
                var at = start + count;
                if (IsHidden(at) || (count > 0 && !shape.Take(LinkOf(at), marks[at]))) break;
                digits[count] = Value(at);
                shape.Digit();
                var length = count + 1;
                if (length < FewestDigits || !CardNumberRules.HasCheckDigit(digits[..length])) continue;
                var isWhole = at + 1 == places.Count || LinkOf(at + 1) is not Link.Joined || IsHidden(at + 1);
                if (!isWhole && !IsExpiry(at + 1)) continue;
                var plain = isWhole && !behindZeros && !likelyOnly && shape.IsTight;
                if (plain || (shape.CouldBe && CardNumberRules.IsLikely(digits[..length]))) best = length;
            }

            return best;
        }

        // YYMM or MMYY, alone or in front of what follows it on a track.
        private bool IsExpiry(int at)
        {
            const int Digits = 4;
            const int WithServiceCode = 7;
            var rest = 0;
            while (rest < WithServiceCode && at + rest < places.Count && (rest == 0 || LinkOf(at + rest) is Link.Joined)
                && !IsHidden(at + rest)) rest++;
            if (rest is not (Digits or WithServiceCode)) return false;
            var (first, second) = (Value(at) * 10 + Value(at + 1), Value(at + 2) * 10 + Value(at + 3));
            return first is >= 1 and <= 12 || second is >= 1 and <= 12;
        }

        private void HideAt(int start, int length)
        {
            for (var index = start + 6; index < start + length - 4; index++) text[places[index]] = Hidden;
            var end = start + length;
            HideTrack(text.AsSpan(places[end - 1] + 1));
            for (; end < places.Count && links[end] is Link.Joined && !IsHidden(end); end++) text[places[end]] = Hidden;
        }

        private (Link Link, char Mark) Between(int from, int to)
        {
            var (count, mark, lineEnd) = (0, '\0', false);
            if (to - from > MostAroundLineEnd) return (Link.None, mark);
            for (var at = from; at < to; at++)
            {
                var letter = text[at];
                if (letter is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029') lineEnd = true;
                else if (char.IsWhiteSpace(letter) || letter == '-' || OtherMarks.Contains(letter)) (count, mark) = (count + 1, letter);
                else if (!IsNothing(letter)) return (Link.None, '\0');
            }

            if (lineEnd) return (Link.LineEnd, '\n');
            return count switch
            {
                0 => (Link.Joined, '\0'),
                1 when GroupMarks.Contains(mark) => (Link.Tight, mark),
                <= MostMarks => (Link.Loose, count == 1 ? mark : '\0'),
                _ => (Link.None, '\0'),
            };
        }

        // What is taken out before a text is shown, or cannot be seen in it.
        private static bool IsNothing(char letter) =>
            char.IsControl(letter) || char.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark;

        // The rest of track 2 is digits behind = or D, that of track 1 a name, ^ and digits (ISO/IEC 7813). ? or the line's end ends it.
        private static void HideTrack(Span<char> rest)
        {
            if (rest.Length < 2 || rest[0] is not ('=' or 'D' or '^')) return;
            var isTrack1 = rest[0] == '^';
            for (var index = 1; index < rest.Length && rest[index] is not ('?' or '\r' or '\n'); index++)
            {
                if (char.IsDigit(rest[index]) || (isTrack1 && rest[index] != '^')) rest[index] = Hidden;
                else if (!isTrack1) return;
            }
        }
    }

    /// <summary>How the digits seen so far stand in groups, and whether a card number is printed so.</summary>
    private struct Shape
    {
        private const int LeastGroup = 4;
        private const int MostTightGroup = 6;

        private int group;
        private int even;
        private char evenMark;
        private bool afterLineEnd;
        private bool hasGroups;
        private bool isLoose;
        private bool isUneven;
        private bool isShort;

        public Shape() { }

        /// <summary>One piece, or groups of four to six with one blank or dash between: a card's, whatever it begins with.</summary>
        public readonly bool IsTight => !isLoose;

        /// <summary>Groups of four or more, groups that are all alike, or any that an end of a line has cut.</summary>
        public readonly bool CouldBe => !isShort || (!isUneven && hasGroups && group <= even);

        public void Digit() => group++;

        /// <summary>The next group begins; false when nothing that a number could be goes on so.</summary>
        public bool Take(Link link, char mark)
        {
            if (link is Link.Joined) return true;
            if (link is Link.None) return false;
            var isCut = afterLineEnd || link is Link.LineEnd;
            if (group < LeastGroup && !isCut) isShort = true;
            if (link is not Link.Tight || group is < LeastGroup or > MostTightGroup) isLoose = true;
            if (!hasGroups) (even, evenMark) = (group, mark);
            else if (group != even || mark != evenMark) isUneven = true;
            (hasGroups, afterLineEnd, group) = (true, link is Link.LineEnd, 0);
            return !isShort || !isUneven;
        }
    }
}
