using System.Buffers;
using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Protocols.BProtocol.Dialects;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>Frames as values and back (csob-b.md §2, §4). Card numbers are masked here, before anybody sees them.</summary>
internal static class BCodec
{
    private static readonly string[] KnownTypes =
        [BFrame.Activity, BFrame.Request, BFrame.Response, BFrame.ReceiptRequest, BFrame.ReceiptPart, BFrame.TmsRequest];

    // Receipts are sub-fields; no message has more than some thirty fields.
    private const int MostFields = 200;
    private const int MostSubs = 2000;
    private const int MostWalks = 8;
    private static readonly Currency AnyCurrency = Money.Euro(0).Currency; // Whether totals can be read does not depend on it.
    private const byte SubMark = (byte)BField.SubMark;

    /// <summary>True when the type says what a message is.</summary>
    public static bool IsKnown(string type) => KnownTypes.Contains(type);

    /// <summary>Reads a frame with its STX and ETX. Never throws: what is wrong stands in the frame.</summary>
    public static BFrame Decode(ReadOnlySpan<byte> bytes, BDialect dialect)
    {
        if (bytes.Length < BFraming.LeastFrame || bytes[0] != BFraming.Stx || bytes[^1] != BFraming.Etx)
            return new BFrame("") { Fault = new("frame", 0, "This is no STX, header of 36 characters and ETX.") };
        var header = bytes.Slice(1, BFraming.HeaderBytes);
        foreach (var letter in header)
        {
            if (letter is < 0x20 or > 0x7E) return new BFrame(
                "") { Fault = new("header", 1, "The header holds other than plain characters.") };
        }

        var text = Encoding.ASCII.GetString(header);
        var data = bytes[(BFraming.HeaderBytes + 1)..^1];
        var frame = new BFrame(text[..2])
        {
            Version = text[2..4], TerminalId = text[4..12], Time = text[12..24], FlagsText = text[24..28],
        };
        var warnings = new List<string>();
        if (!BFraming.TryLength(header.Slice(BFraming.LengthAt, 4), out var length) || length != data.Length)
            warnings.Add($"LENGTH is {text[28..32]}, the data has {Hex(data.Length)} bytes.");
        if (text[28..32] != Hex(data.Length)) frame = frame with { Length = text[28..32] };
        var crc = text[32..36];
        if (!string.Equals(crc, BCrc.Of(dialect.Crc, header, data), StringComparison.Ordinal)) frame = frame with { Crc = crc };
        if (!BCrc.Accepts(dialect.Crc, crc, header, data)) frame = frame with { CrcIsWrong = true };
        var (fields, fault) = ReadFields(data, dialect);
        if (!text[24..28].TrimStart().All(char.IsAsciiHexDigit))
            fault ??= new("flags", 25, $"'{text[24..28]}' is no flags of 4 hexadecimal digits.");
        return frame with { Fields = fields, Fault = fault, Warnings = warnings };
    }

    /// <summary>Writes a frame with its STX and ETX.</summary>
    public static void Encode(BFrame frame, BDialect dialect, IBufferWriter<byte> to) => to.Write(Encode(frame, dialect));

    public static byte[] Encode(BFrame frame, BDialect dialect)
    {
        var data = new StringBuilder();
        foreach (var field in frame.Fields)
        {
            // csob-b.md §2: refused, never stripped. Requests are looked at before anything is sent.
            Invariant.Holds(IsClean(field.Raw, withSubs: true), "no value holds a mark of the frame");
            data.Append((char)BFraming.FieldMark).Append(field.Fid).Append(field.Raw);
        }

        var bytes = Encoding.Latin1.GetBytes(data.ToString());
        var length = frame.Length ?? Hex(bytes.Length);
        var head = $"{frame.Type}{frame.Version}{frame.TerminalId}{frame.Time}{frame.FlagsText}{length}";
        Invariant.Holds(head.Length == BFraming.CrcAt, "a header has 36 characters");
        var header = Encoding.ASCII.GetBytes(head + (frame.Crc ?? "0000"));
        if (frame.Crc is null) Encoding.ASCII.GetBytes(BCrc.Of(dialect.Crc, header, bytes)).CopyTo(header, BFraming.CrcAt);
        return [BFraming.Stx, .. header, .. bytes, BFraming.Etx];
    }

    /// <summary>True when no character is a mark of the frame.</summary>
    public static bool IsClean(string raw, bool withSubs = false)
    {
        foreach (var letter in raw)
        {
            if (letter is '\x02' or '\x03' or '\x1C' || (letter == BField.SubMark && !withSubs)) return false;
        }

        return true;
    }

    private static (IReadOnlyList<BField> Fields, DecodeFault? Fault) ReadFields(ReadOnlySpan<byte> data, BDialect dialect)
    {
        if (data.IsEmpty) return ([], null);
        if (data.IndexOfAny(BFraming.Stx, BFraming.Etx) is >= 0 and var mark)
            return ([], new("data", BFraming.HeaderBytes + 1 + mark, "The data holds an STX or ETX, which no value may hold."));
        if (data[0] != BFraming.FieldMark) return ([], new("data", BFraming.HeaderBytes + 1, "The data does not begin with 1C."));
        var fields = new List<BField>();
        var at = 1;
        while (at <= data.Length)
        {
            if (fields.Count == MostFields)
                return (fields, new("data", BFraming.HeaderBytes + 1 + at, $"A message has at most {MostFields} fields."));
            var end = data[at..].IndexOf(BFraming.FieldMark);
            var part = end < 0 ? data[at..] : data.Slice(at, end);
            if (part.IsEmpty) return (fields, new("data", BFraming.HeaderBytes + 1 + at, "A field has no letter."));
            if (part.Count(SubMark) > MostSubs)
                return (fields, new("data", BFraming.HeaderBytes + 1 + at, $"A field has at most {MostSubs} sub-fields."));
            var raw = Encoding.Latin1.GetString(part[1..]);
            fields.Add(new((char)part[0], Mask((char)part[0], raw, dialect)));
            if (end < 0) break;
            at += end + 1;
        }

        return (fields, null);
    }

    // Totals that can be read are sums and counts, whatever their digits; a number that a till gave a booking comes back as it was sent,
    // for none that reads as a card's is sent. Everything else is judged by its content: no document gives it thirteen digits.
    private static string Mask(char fid, string raw, BDialect dialect)
    {
        var name = dialect.Names.GetValueOrDefault(fid.ToString());
        if (name is BFields.Pan) return MaskPan(raw);
        if (name is BFields.Printing) return MaskLines(raw, dialect);
        if (!raw.Contains(BField.SubMark, StringComparison.Ordinal)) return MaskValue(raw, name, 0, dialect);
        var parts = raw.Split(BField.SubMark);
        var lines = new List<int>();
        for (var index = 0; index < parts.Length; index++)
        {
            if (index > 0) name = parts[index].Length > 0 ? dialect.Names.GetValueOrDefault($"{fid}{parts[index][0]}") : null;
            if (name is BFields.ReceiptLine && index > 0) lines.Add(index);
            else parts[index] = MaskValue(parts[index], name, index == 0 ? 0 : 1, dialect);
        }

        if (lines.Count > 0) MaskParts(parts, lines, dialect);
        return string.Join(BField.SubMark, parts);
    }

    private static string MaskValue(string raw, string? name, int from, BDialect dialect) =>
        (name is BFields.Totals && BTotals.Read(raw[from..], AnyCurrency, dialect) is not null)
        || (name is BFields.PeriodTotals or BFields.PeriodTotalsBeside && BTotals.ReadPeriod(raw[from..], AnyCurrency, dialect) is not null)
            ? raw
            : CardText.Mask(raw, Math.Min(from, raw.Length), likelyOnly: BFields.IsPlain(name));

    // The lines of one part of a receipt, read one below the other; each has its letter and style in front.
    private static void MaskParts(string[] parts, List<int> lines, BDialect dialect)
    {
        var masked = MaskLines(string.Join('\n', lines.Select(index => parts[index][1..])), dialect);
        var start = 0;
        foreach (var index in lines)
        {
            var length = parts[index].Length - 1;
            parts[index] = parts[index][0] + masked.Substring(start, length);
            start += length + 1;
        }
    }

    /// <summary>Printed lines, each with its style in front, without card numbers.</summary>
    public static string MaskLines(string raw, BDialect dialect)
    {
        if (raw.Count(char.IsDigit) < CardText.FewestDigits) return raw;
        for (var walks = 0; walks < MostWalks; walks++)
        {
            // A style digit is no digit of the number behind it, but what looks like a style may be the number's first; and a directive
            // leaves nothing in the line.
            var masked = CardText.Mask(raw);
            masked = Merge(masked, CardText.Mask(WithoutStyles(masked, dialect)));
            if (masked == raw) break;
            raw = masked; // What is hidden at one place can make a number of what stands before it.
        }

        return raw;
    }

    // Styles and directives as characters that a number's digits are sought behind.
    private static string WithoutStyles(string raw, BDialect dialect)
    {
        const char Nothing = '\x01';
        var text = raw.ToCharArray();
        var (isStart, isDirective) = (true, false);
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            isDirective = letter == '{' || (isDirective && letter != '\n');
            var hides = isDirective || (isStart && dialect.Receipts.Styles.ContainsKey(letter));
            if (hides) text[at] = Nothing;
            if (letter == '}') isDirective = false;
            isStart = letter == '\n';
        }

        return new(text);
    }

    private static string Merge(string text, string masked) =>
        ReferenceEquals(text, masked) ? text : string.Create(text.Length, (text, masked), static (merged, pair) =>
        {
            for (var at = 0; at < merged.Length; at++) merged[at] = pair.masked[at] == '*' ? '*' : pair.text[at];
        });

    // What the terminal masked already stays as it is.
    private static string MaskPan(string raw)
    {
        var digits = raw.Count(char.IsAsciiDigit);
        return digits <= 10 && digits < raw.Length ? raw : CardView.Mask(raw.Length > 40 ? raw[..40] : raw);
    }

    private static string Hex(int length) => length.ToString("X4", CultureInfo.InvariantCulture);
}
