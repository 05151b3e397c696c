using System.Buffers;
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
        try
        {
            walk.Hide();
            return walk.Text;
        }
        finally
        {
            walk.Dispose();
        }
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
    private enum Link
    {
        None,
        Joined,
        Tight,
        Loose,
        LineEnd,
    }

    /// <summary>One search through a text. Where its digits are stands in borrowed memory: a hostile text can be all digits.</summary>
    private ref struct Walk
    {
        private const char Hidden = '*';

        // Beside the mark itself, what can stand between two digits.
        private const char Apart = '\0';
        private const char Nothing = '\x01';
        private const char Several = '\x02';

        private readonly string words;
        private readonly bool likelyOnly;
        private readonly int count;
        private readonly int[] places;
        private readonly char[] marks;
        private char[]? masked;

        public Walk(string words, int from, bool likelyOnly)
        {
            (this.words, this.likelyOnly) = (words, likelyOnly);
            foreach (var letter in words.AsSpan(from)) count += char.IsDigit(letter) ? 1 : 0;
            (places, marks) = (ArrayPool<int>.Shared.Rent(count), ArrayPool<char>.Shared.Rent(count));
            var index = 0;
            for (var at = from; at < words.Length; at++)
            {
                if (!char.IsDigit(words[at])) continue;
                marks[index] = index == 0 ? Apart : Between(words, places[index - 1] + 1, at);
                places[index++] = at;
            }
        }

        public readonly string Text => masked is null ? words : new(masked);

        public readonly void Dispose()
        {
            ArrayPool<int>.Shared.Return(places);
            ArrayPool<char>.Shared.Return(marks);
        }

        public void Hide()
        {
            for (var start = 0; start <= count - FewestDigits; start++)
            {
                if (!MayBegin(start, out var behindZeros) || LengthAt(start, behindZeros) is not (> 0 and var length)) continue;
                masked ??= words.ToCharArray();
                HideAt(start, length);
                // Masking cuts a row of digits into shorter ones, so that what lies just before is looked at again; a whole new walk
                // for each would take a hostile text seconds (found by the laboratory).
                start = Math.Max(0, start - Reach) - 1;
            }
        }

        private readonly int Value(int index)
        {
            var letter = words[places[index]];
            return char.IsAsciiDigit(letter) ? letter - '0' : (int)char.GetNumericValue(letter);
        }

        private readonly bool IsHidden(int index) => masked is not null && masked[places[index]] == Hidden;

        private readonly Link LinkOf(int index) => index > 0 && IsHidden(index - 1) ? Link.None : OfMark(marks[index]);

        private static Link OfMark(char mark) => mark switch
        {
            Apart => Link.None,
            Nothing => Link.Joined,
            '\n' => Link.LineEnd,
            ' ' or '-' or '\u00A0' => Link.Tight,
            _ => Link.Loose,
        };

        // A number begins where its group does, or behind the zeros that fill the group up.
        private readonly bool MayBegin(int start, out bool behindZeros)
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
        private readonly int LengthAt(int start, bool behindZeros)
        {
            Span<int> digits = stackalloc int[MostDigits];
            var shape = new Shape();
            var check = new CheckDigit();
            var (best, isOnePiece) = (0, true);
            for (var length = 1; length <= MostDigits && start + length <= count; length++)
            {
                var at = start + length - 1;
                if (IsHidden(at) || (length > 1 && !shape.Take(LinkOf(at), marks[at]))) break;
                isOnePiece &= length == 1 || LinkOf(at) is Link.Joined;
                digits[length - 1] = Value(at);
                shape.Digit();
                check.Add(digits[length - 1]);
                // In loose groups only a scheme's number is sought; a row of single digits would cost a long text its time.
                if (length == 2 && !shape.IsTight && !CardNumberRules.MayBecomeLikely(digits[0], digits[1])) break;
                if (length < FewestDigits) continue;
                // A damaged line spoils the check digit, and what stands before the mark is still the card.
                if (isOnePiece && IsTrack(at)) return length;
                if (!check.Fits) continue;
                var isWhole = at + 1 == count || LinkOf(at + 1) is not Link.Joined || IsHidden(at + 1);
                if (!isWhole && !IsExpiry(at + 1)) continue;
                var plain = isWhole && !behindZeros && !likelyOnly && shape.IsTight;
                if (plain || (shape.CouldBe && CardNumberRules.IsLikely(digits[..length]))) best = length;
            }

            return best;
        }

        // = with expiry and service code behind it (ISO/IEC 7813).
        private readonly bool IsTrack(int at)
        {
            const int Behind = 7;
            var rest = words.AsSpan(places[at] + 1);
            if (rest.Length <= Behind || rest[0] != '=') return false;
            foreach (var letter in rest.Slice(1, Behind))
            {
                if (!char.IsAsciiDigit(letter)) return false;
            }

            return true;
        }

        // YYMM or MMYY, alone or in front of what follows it on a track.
        private readonly bool IsExpiry(int at)
        {
            const int Digits = 4;
            const int WithServiceCode = 7;
            var rest = 0;
            while (rest < WithServiceCode && at + rest < count && (rest == 0 || LinkOf(at + rest) is Link.Joined)
                && !IsHidden(at + rest)) rest++;
            if (rest is not (Digits or WithServiceCode)) return false;
            var (first, second) = (Value(at) * 10 + Value(at + 1), Value(at + 2) * 10 + Value(at + 3));
            return first is >= 1 and <= 12 || second is >= 1 and <= 12;
        }

        private readonly void HideAt(int start, int length)
        {
            for (var index = start + 6; index < start + length - 4; index++) masked![places[index]] = Hidden;
            var end = start + length;
            HideTrack(masked.AsSpan(places[end - 1] + 1));
            for (; end < count && marks[end] == Nothing && !IsHidden(end); end++) masked![places[end]] = Hidden;
        }

        private static char Between(string words, int from, int to)
        {
            var (seen, mark, lineEnd) = (0, '\0', false);
            if (to - from > MostAroundLineEnd) return Apart;
            for (var at = from; at < to; at++)
            {
                var letter = words[at];
                if (letter is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029') lineEnd = true;
                else if (char.IsWhiteSpace(letter) || letter == '-' || OtherMarks.Contains(letter)) (seen, mark) = (seen + 1, letter);
                else if (!IsNothing(letter)) return Apart;
            }

            if (lineEnd) return '\n';
            return seen switch
            {
                0 => Nothing,
                1 => mark,
                <= MostMarks => Several,
                _ => Apart,
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
