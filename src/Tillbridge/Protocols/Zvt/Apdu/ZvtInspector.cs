using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>
/// Takes one message apart for a person: every field by the tables, secrets masked, nothing thrown. It is stricter than the codec about
/// container 06, because a reader wants to know what a driver may pass over.
/// </summary>
internal static class ZvtInspector
{
    // A longer message is files or images, which no person reads byte by byte; a dump of all would take megabytes.
    private const int MostDumpedBytes = 4096;
    private const int MostDumpedFields = 400;

    public static DecodedFrame Inspect(ReadOnlySpan<byte> bytes, Sender? from, ZvtText? text = null) =>
        Open(bytes, from, text ?? ZvtText.Default, out _).Frame();

    /// <summary>Name, bytes and fields as lines; bytes of secret fields are <c>**</c>.</summary>
    public static string Dump(ReadOnlySpan<byte> apdu, Sender? from, ZvtText? set = null)
    {
        var notes = Open(apdu, from, set ?? ZvtText.Default, out var inside);
        var frame = notes.Frame();
        var who = from switch { Sender.Ecr => "ECR> ", Sender.Terminal => "PT > ", _ => "" };
        var text = new StringBuilder($"{who}{(frame.Message.Length == 0 ? "not ZVT" : frame.Message)}, {inside.Length} bytes");
        var shown = inside.AsSpan(0, Math.Min(inside.Length, MostDumpedBytes));
        foreach (var line in WireDump.Lines(shown, Within(notes.Secrets, shown.Length))) text.Append("\n  ").Append(line);
        if (shown.Length < inside.Length) text.Append($"\n  … {inside.Length - shown.Length} bytes more");
        foreach (var field in frame.Fields.Take(MostDumpedFields))
        {
            text.Append($"\n  {field.Offset:X4}  {field.Name} = {VisibleText.Line(Shorten(field.Value))}{Explained(field)}");
        }

        if (frame.Error is { } error) text.Append($"\n  {error.Offset:X4}  {error.Field}: {error.Text}");
        return text.ToString();
    }

    /// <summary>The bytes with fillings where something is secret; they are read as before.</summary>
    public static byte[] Mask(ReadOnlySpan<byte> apdu, Sender? from, ZvtText set)
    {
        // An answer of a few bytes from the terminal holds no number and no password.
        if (from is Sender.Terminal && apdu.Length * 2 < CardNumbers.FewestDigits) return apdu.ToArray();
        var notes = Open(apdu, from, set, out var inside);
        if (inside.Length != apdu.Length)
        {
            // What reads as a block of a serial line, which is taken off below: bytes that nobody can name.
            inside = apdu.ToArray();
            CardNumbers.HideIn(inside);
            return inside;
        }

        _ = notes.Frame();
        notes.Fill(inside);
        return inside;
    }

    private static string Shorten(string value) => value.Length > MostDumpedBytes ? value[..MostDumpedBytes] + "…" : value;

    private static Range[] Within(IEnumerable<Range> secrets, int length) =>
        [.. secrets.Where(secret => secret.Start.Value < length)
            .Select(secret => secret.Start..Math.Min(secret.End.Value, length))];

    private static ZvtNotes Open(ReadOnlySpan<byte> bytes, Sender? from, ZvtText text, out byte[] inside)
    {
        // What stands behind a message is not copied with it: a capture of many messages would take quadratic time.
        inside = bytes.Length > 1 ? [] : bytes.ToArray();
        switch (bytes)
        {
            case []:
                return new ZvtNotes("").Broken("length", 0, "no byte", 0);
            case [ZvtFraming.SerialAcknowledge]:
                return new ZvtNotes("TransportAck") { End = 1 };
            case [ZvtFraming.SerialRefuse]:
                return new ZvtNotes("TransportNak") { End = 1 };
            case [0x10, 0x02, ..]:
                return OpenSerial(bytes, from, text, out inside);
        }

        if (ZvtFraming.TryMeasure(bytes, out _, out var size) && size <= bytes.Length && ZvtCommands.IsClass(bytes[0]))
        {
            inside = bytes[..size].ToArray();
            return Walk(inside, from, text, size);
        }

        // Bytes of nobody knows what are shown with every possible card number hidden.
        inside = bytes.ToArray();
        CardNumbers.HideIn(inside);
        if (ZvtFraming.LooksLikeOtherProtocol(bytes) is { } other) return new ZvtNotes("").Broken("command", 0, other, bytes.Length);
        var announced = size == 0 ? "the header is cut short" : $"the APDU has {size} bytes, {bytes.Length} are there";
        return new ZvtNotes(bytes.Length < 2 ? "" : ZvtCommands.Name(BinaryPrimitives.ReadUInt16BigEndian(bytes)))
            .Broken("length", Math.Min(2, bytes.Length), announced, bytes.Length);
    }

    private static ZvtNotes OpenSerial(ReadOnlySpan<byte> bytes, Sender? from, ZvtText text, out byte[] inside)
    {
        if (!ZvtFraming.TryMeasureSerial(bytes, out var size, out var why))
        {
            inside = bytes.ToArray();
            CardNumbers.HideIn(inside);
            return new ZvtNotes("").Broken("frame", 0, why, bytes.Length);
        }

        var whole = ZvtFraming.TryUnframeSerial(bytes[..size], out inside, out why);
        var fits = ZvtFraming.TryMeasure(inside, out _, out var apdu) && apdu == inside.Length && ZvtCommands.IsClass(inside[0]);
        var notes = fits
            ? Walk(inside, from, text, size)
            : new ZvtNotes("").Broken("length", 2, "the frame does not hold one whole APDU", size);
        return whole ? notes : notes.Broken("crc", size - 2, why, size);
    }

    private static ZvtNotes Walk(byte[] apdu, Sender? from, ZvtText text, int end)
    {
        ZvtFraming.TryMeasure(apdu, out var header, out _);
        var code = BinaryPrimitives.ReadUInt16BigEndian(apdu);
        var notes = new ZvtNotes(ZvtCommands.Name(code)) { End = end, Code = code, From = from, Text = text };
        if (!ZvtCodec.TryDecode(apdu, from ?? Sender.Terminal, text, out var message, out var fault)) notes.Fault = fault;

        var rest = apdu.AsSpan(header);
        if (code >> 8 is 0x80 or 0x84)
        {
            WalkAnswer(notes, rest, header);
            return notes;
        }

        var at = message is ZvtCompletion completion
            ? WalkCompletion(notes, completion, rest, header)
            : WalkParts(notes, ZvtCommands.Find(code), rest, header);
        if (at >= 0) WalkBmps(notes, apdu.AsSpan(at), at);
        return notes;
    }

    private static void WalkAnswer(ZvtNotes notes, ReadOnlySpan<byte> data, int start)
    {
        if (notes.Code >> 8 == 0x84) notes.Add("aprc", notes.ResultCode = $"{notes.Code & 0xFF:X2}", 1);
        if (ZvtBmpReader.IsWhole(data)) WalkBmps(notes, data, start);
        else notes.AddRaw("data", data, start);
    }

    // zvt.md §8.2. Where the codec found a version or a status, it stands at the beginning.
    private static int WalkCompletion(ZvtNotes notes, ZvtCompletion completion, ReadOnlySpan<byte> data, int start)
    {
        var at = 0;
        if (completion.SoftwareVersion is { } version)
        {
            notes.Add("sw_version", version, start);
            at = 3 + version.Length;
        }

        if (completion.TerminalStatus is { } status) notes.Add("terminal_status", $"{status:X2}", start + at++);
        return start + Math.Min(at, data.Length);
    }

    // The fields without a tag; answers where the BMPs begin, or -1 when nothing is left to walk.
    private static int WalkParts(ZvtNotes notes, ZvtCommandRow? row, ReadOnlySpan<byte> data, int start)
    {
        if (row is null)
        {
            notes.AddRaw("data", data, start);
            return -1;
        }

        var at = 0;
        foreach (var part in row.Parts)
        {
            var rest = data[at..];
            var size = part.Size == ZvtPart.Rest ? rest.Length : part.Size;
            if (part.Optional && (rest.Length < size || !IsThere(part, notes.Code, data, rest))) continue;
            if (rest.Length < size)
            {
                notes.Fault ??= new(part.Name, start + at, "the field is missing or cut short");
                notes.AddRaw("data", rest, start + at);
                return -1;
            }

            notes.AddPart(part, rest[..size], start + at);
            at += size;
        }

        return start + at;
    }

    private static bool IsThere(ZvtPart part, ushort code, ReadOnlySpan<byte> data, ReadOnlySpan<byte> rest) => part.Name switch
    {
        "password" or "timeout_s" => !ZvtContainers.IsWhole(rest),
        "currency" => (code == ZvtCommands.Registration || data[0] == 0x6F) && ZvtContainers.StartsWithCurrency(rest, out _),
        "timeout_minutes_bcd" => rest[0] != ZvtFields.Container || ZvtContainers.IsWhole(rest[1..]) || !ZvtContainers.IsWhole(rest),
        _ => true,
    };

    private static void WalkBmps(ZvtNotes notes, ReadOnlySpan<byte> data, int start)
    {
        notes.Encoding = notes.Text.Resolve(CharacterSet(data));
        var reader = new ZvtBmpReader(data, start);
        while (true)
        {
            switch (reader.Next())
            {
                case ZvtBmpStep.Field when reader.Row!.Format == FieldFormat.Container:
                    if (reader.Value.IsEmpty) notes.Add("tlv", "", reader.Offset);
                    WalkObjects(notes, new Tlv(reader.Value), "tlv", null, reader.ValueOffset);
                    break;
                case ZvtBmpStep.Field:
                    notes.AddField(reader.Row!, reader.Row!.Name, reader.Value, reader.Offset, reader.ValueOffset, isBmp: true);
                    break;
                case ZvtBmpStep.Unknown:
                    notes.AddRaw("undecoded", reader.Rest, reader.Offset);
                    return;
                case ZvtBmpStep.Broken:
                    notes.Fault ??= reader.Fault;
                    notes.AddRaw("undecoded", reader.Rest, reader.Offset);
                    return;
                default:
                    return;
            }
        }
    }

    private static void WalkObjects(ZvtNotes notes, Tlv walk, string path, uint? around, int start)
    {
        while (walk.Next())
        {
            var row = ZvtFields.FindObject(walk.Tag, around);
            var name = row is null ? $"{path}.{walk.Tag:X2}" : $"{path}.{walk.Tag:X2}_{row.Name}";
            var (offset, valueAt) = (start + walk.Offset, start + walk.ValueOffset);
            var isContainer = row is null ? walk.SaysConstructed && Tlv.IsWellFormed(walk.Value) : row.Format == FieldFormat.Container;
            if (isContainer && !walk.Value.IsEmpty) WalkObjects(notes, walk.Inside(), name, walk.Tag, valueAt);
            else if (row is null) notes.AddRaw(name, walk.Value, offset, valueAt);
            else notes.AddField(row, name, walk.Value, offset, valueAt, isBmp: false);
        }

        if (walk.Why is not null) notes.Fault ??= new(path, start + walk.Offset, walk.Why);
    }

    private static byte? CharacterSet(ReadOnlySpan<byte> bmps)
    {
        var reader = new ZvtBmpReader(bmps, 0);
        while (reader.Next() == ZvtBmpStep.Field)
        {
            if (reader.Row!.Tag != ZvtFields.Container) continue;
            if (Tlv.TryFind(reader.Value, out var set, ZvtFields.CharacterSet) && set.Length == 1) return set[0];
        }

        return null;
    }

    private static string Explained(DecodedField field)
    {
        if (field.Value.Length != 2 || !byte.TryParse(field.Value, NumberStyles.HexNumber, null, out var code)) return "";
        return field.Name switch
        {
            "result_code" or "aprc" => $" ({ZvtCodes.ResultText(code, "en")})",
            "intermediate_status" => $" ({ZvtCodes.ProgressText(code, "en")})",
            "terminal_status" => $" ({ZvtCodes.TerminalStatusText(code, "en")})",
            "card_type" when ZvtCodes.CardName(code) is { } card => $" ({card})",
            _ => "",
        };
    }
}
