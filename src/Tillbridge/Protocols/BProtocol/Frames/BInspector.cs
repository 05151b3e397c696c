using System.Buffers;
using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>Takes one message apart for a person: every field by the dialect, card numbers masked, nothing thrown.</summary>
internal static class BInspector
{
    private const int MostDumpedBytes = 4096;
    private const int MostDumpedFields = 200;
    private const int MostShown = 1000;
    private const int MostFields = 1000;
    private const int MostFrame = 65_536;

    public static DecodedFrame Inspect(ReadOnlySpan<byte> bytes, BDialect dialect)
    {
        if (Take(bytes) is not var (frame, end))
        {
            var what = bytes.IsEmpty ? "There are no bytes."
                : bytes[0] == BFraming.Stx ? "The message is cut short: no ETX follows its STX and 36 characters of header."
                : "The message does not begin with STX, 36 characters of header and ETX.";
            return new("", [], new("frame", 0, what)) { End = bytes.Length };
        }

        return Describe(frame, end, dialect);
    }

    /// <summary>Name, bytes and fields as lines; bytes of card numbers are <c>**</c>.</summary>
    public static string Dump(ReadOnlySpan<byte> bytes, Sender? from, BDialect dialect)
    {
        var who = from switch { Sender.Ecr => "ECR> ", Sender.Terminal => "PT > ", _ => "" };
        var shown = bytes[..Math.Min(bytes.Length, MostDumpedBytes)];
        // Nobody reads the fields of a longer one, and taking them all apart takes megabytes (found by fuzzing).
        var isLong = shown.Length < bytes.Length;
        var inspected = isLong ? new DecodedFrame("long message", [], null) : Inspect(bytes, dialect);
        var masked = isLong || inspected.Error is not null ? Hidden(shown) : Masked(bytes, dialect);
        var secret = new bool[shown.Length];
        for (var at = 0; at < shown.Length; at++) secret[at] = at >= masked.Length || masked[at] != shown[at];

        var name = inspected.Message.Length == 0 ? "not B-protocol" : inspected.Message;
        var text = new StringBuilder($"{who}{name}, {bytes.Length} bytes");
        foreach (var line in WireDump.Lines(shown, secret)) text.Append("\n  ").Append(line);
        if (shown.Length < bytes.Length) text.Append($"\n  … {bytes.Length - shown.Length} bytes more");
        foreach (var field in inspected.Fields.Take(MostDumpedFields))
        {
            var value = VisibleText.Line(field.Value.Length > MostShown ? field.Value[..MostShown] + "…" : field.Value);
            text.Append($"\n  {field.Offset:X4}  {field.Name} = {value}");
        }

        if (inspected.Error is { } error) text.Append($"\n  {error.Offset:X4}  {error.Field}: {error.Text}");
        return text.ToString();
    }

    /// <summary>
    /// The bytes without card numbers. The check is that of the masked bytes: the one of the whole number would tell of what is hidden.
    /// </summary>
    public static byte[] Mask(ReadOnlySpan<byte> bytes, BDialect dialect)
    {
        if (bytes.Length > MostDumpedBytes || Take(bytes) is not var (frame, _) || frame.Length != bytes.Length) return Hidden(bytes);
        var read = BCodec.Decode(frame, dialect);
        // What is wrong stays as it came, and is looked through as bytes that nobody can name.
        if (read.Fault is not null || read.CrcIsWrong || !BCodec.IsKnown(read.Type)) return Hidden(bytes);
        var masked = BCodec.Encode(read, dialect);
        return masked.Length == bytes.Length ? masked : Hidden(bytes);
    }

    /// <summary>What a message is called: its type and its operation.</summary>
    public static string NameOf(BFrame frame, BDialect dialect) => frame.Type switch
    {
        "" => "",
        BFrame.Activity => "B0 confirm",
        BFrame.ReceiptRequest => "B3 receiptRequest",
        BFrame.ReceiptPart => "B4 receiptData",
        _ => OperationOf(frame, dialect) is { } operation ? $"{frame.Type} {operation}" : frame.Type,
    };

    public static string? OperationOf(BFrame frame, BDialect dialect) => dialect.OperationOf(frame.Get(dialect, BFields.Type));

    private static (byte[] Frame, int End)? Take(ReadOnlySpan<byte> bytes)
    {
        // A reader is shown what is there, also with a wrong LENGTH, and noise before it.
        var end = bytes.IndexOf(BFraming.Etx);
        if (end < 0) return null;
        var start = bytes[..end].LastIndexOf(BFraming.Stx);
        var length = end - start + 1;
        return start < 0 || length < BFraming.LeastFrame || length > MostFrame ? null : (bytes.Slice(start, length).ToArray(), end + 1);
    }

    private static DecodedFrame Describe(byte[] bytes, int end, BDialect dialect)
    {
        var frame = BCodec.Decode(bytes, dialect);
        var fields = new List<DecodedField>();
        if (frame.Type.Length > 0) Header(fields, frame, bytes, dialect);
        var at = BFraming.HeaderBytes + 1;
        foreach (var field in frame.Fields)
        {
            Add(fields, field, at + 1, frame, dialect);
            at += 2 + field.Raw.Length;
        }

        // Thousands of fields are no message; telling them all takes megabytes (found by fuzzing).
        if (fields.Count >= MostFields) fields.Add(new("warning", $"Only the first {MostFields} fields are told.", at));

        var doubts = frame.Fields.Count == 0 ? [] : Doubts(frame, dialect);
        foreach (var warning in frame.Warnings.Concat(doubts)) fields.Add(new("warning", warning, 1 + BFraming.LengthAt));
        var crc = frame.CrcIsWrong
            ? new DecodeFault("crc", 1 + BFraming.CrcAt, $"The CRC is {Encoding.ASCII.GetString(bytes, 1 + BFraming.CrcAt, 4)}, "
                + $"the dialect calculates {BCrc.Of(dialect.Crc, bytes.AsSpan(1, BFraming.HeaderBytes), DataOf(bytes))}.")
            : null;
        var unknown = frame.Type.Length > 0 && !BCodec.IsKnown(frame.Type)
            ? new DecodeFault("type", 1, $"'{frame.Type}' is no type of message.")
            : null;
        var currency = BAmounts.CurrencyOf(frame.Get(dialect, BFields.Currency));
        var digits = frame.Get(dialect, BFields.Amount);
        return new(NameOf(frame, dialect), fields, frame.Fault ?? unknown ?? crc)
        {
            End = end,
            Currency = currency?.Code,
            AmountMinor = currency is not null ? BAmounts.Read(digits, currency, dialect)?.MinorUnits
                : BAmounts.IsWritten(digits) ? long.Parse(digits, CultureInfo.InvariantCulture) : null,
            ResultCode = frame.Type == BFrame.Response ? frame.Get(dialect, BFields.Response) : null,
            Receipt = frame.Get(dialect, BFields.Sequence),
            Approval = frame.Get(dialect, BFields.Approval),
            Reference = frame.Get(dialect, BFields.Reference) ?? frame.Get(dialect, BFields.Invoice) ?? frame.Get(dialect,
                BFields.LongInvoice),
            TerminalId = frame.Type.Length > 0 ? frame.TerminalId : null,
            MaskedPan = frame.Get(dialect, BFields.Pan),
        };
    }

    // What the fields of money say that is none; the conversation refuses it where it decides something.
    private static IEnumerable<string> Doubts(BFrame frame, BDialect dialect)
    {
        foreach (var field in new[] { BFields.Amount, BFields.Cashback })
        {
            if (frame.Get(dialect, field) is { } digits && !BAmounts.IsWritten(digits))
                yield return $"The {field} '{Shorten(digits)}' is no 1 to {BAmounts.MostDigits} digits.";
        }

        if (frame.Get(dialect, BFields.Currency) is { } numeric && BAmounts.CurrencyOf(numeric) is null)
            yield return $"The currency '{Shorten(numeric)}' is no number of ISO 4217.";
        foreach (var field in new[] { BFields.Amount, BFields.Currency, BFields.Response })
        {
            if (frame.Fields.Count(one => one.Fid == dialect.Fids[field][0]) is > 1 and var count && dialect.Fids[field].Length == 1)
                yield return $"The {field} stands {count} times; a driver takes two different ones for no word.";
        }
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;

    public static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> frame) => frame[(BFraming.HeaderBytes + 1)..^1];

    private static void Header(List<DecodedField> fields, BFrame frame, byte[] bytes, BDialect dialect)
    {
        string At(int offset, int size) => Encoding.ASCII.GetString(bytes, 1 + offset, size);
        fields.Add(new("type", frame.Type, 1));
        if (OperationOf(frame, dialect) is { } operation) fields.Add(new("operation", operation, BFraming.HeaderBytes + 1));
        fields.Add(new("version", frame.Version, 3));
        fields.Add(new("terminal_id", frame.TerminalId, 5));
        fields.Add(new("timestamp", frame.Time, 13));
        fields.Add(new("flags", frame.FlagsText, 25));
        fields.Add(new("length", At(BFraming.LengthAt, 4), 1 + BFraming.LengthAt));
        fields.Add(new("crc", At(BFraming.CrcAt, 4), 1 + BFraming.CrcAt));
    }

    private static void Add(List<DecodedField> fields, BField field, int at, BFrame frame, BDialect dialect)
    {
        var name = dialect.Names.TryGetValue(field.Fid.ToString(), out var known) ? Snake(known) : $"fid_{Show(field.Fid)}";
        var encoding = known is BFields.Printing ? BPrintText.EncodingOf(frame, dialect) : dialect.Encoding;
        var subs = field.Subs.Take(MostFields - fields.Count).ToList();
        if (fields.Count < MostFields && (field.Own.Length > 0 || subs.Count == 0))
        {
            var text = BFrame.TextOf(field.Own, encoding);
            fields.Add(new(name, known is BFields.Printing ? BCodec.MaskLines(text, dialect) : text, at));
        }

        at += field.Own.Length + 1;
        foreach (var (letter, raw) in subs)
        {
            var inner = dialect.Names.TryGetValue($"{field.Fid}{letter}", out var sub) ? Snake(sub)
                : $"fid_{Show(field.Fid)}_{Show(letter)}";
            fields.Add(new(inner, BFrame.TextOf(raw, dialect.Encoding), at));
            at += raw.Length + 2;
        }
    }

    private static string Show(char fid) => fid is > ' ' and < '\x7F' ? fid.ToString()
        : ((int)fid).ToString("X2", CultureInfo.InvariantCulture);

    private static string Snake(string name)
    {
        // What the header says of the message itself has these names already.
        if (name is BFields.Type) return "transaction_type";
        if (name is BFields.Response) return "response_code";
        if (name is BFields.Version) return "application_version";
        var text = new StringBuilder();
        foreach (var letter in name) text.Append(char.IsAsciiLetterUpper(letter) ? "_" : "").Append(char.ToLowerInvariant(letter));
        return text.ToString();
    }

    private static byte[] Masked(ReadOnlySpan<byte> bytes, BDialect dialect)
    {
        if (Take(bytes) is not var (frame, end)) return Hidden(bytes);
        byte[] masked = [.. Hidden(bytes[..(end - frame.Length)]), .. BCodec.Encode(BCodec.Decode(frame, dialect), dialect)];
        return masked;
    }

    private static byte[] Hidden(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        CardNumbers.HideIn(copy);
        return copy;
    }
}
