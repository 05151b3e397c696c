using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>What a reader is told of a message, as far as it was taken apart.</summary>
internal sealed class ZvtNotes(string message)
{
    private const string Hidden = "**";

    private readonly List<DecodedField> fields = [];

    // Where the texts that are read one below the other stand among the fields, and in the message.
    private readonly List<(int Field, Range Bytes)> lines = [];
    private long? amount;
    private string? currency;
    private string? receipt;
    private string? trace;
    private string? terminalId;
    private string? approval;
    private string? maskedPan;
    private string? merchantReference;
    private string? textReference;

    public ushort Code { get; init; }

    public Sender? From { get; init; }

    public int End { get; set; }

    /// <summary>How the terminal's texts are written where the message does not say it.</summary>
    public ZvtText Text { get; init; } = ZvtText.Default;

    /// <summary>The set of this message.</summary>
    public Encoding Encoding { get => field ?? Text.Resolve(null); set; }

    public DecodeFault? Fault { get; set; }

    public string? ResultCode { get; set; }

    public List<Range> Secrets { get; } = [];

    // What may stand in the place of a secret; null leaves nothing but zeros.
    private readonly List<(int Offset, byte[] Filling)> fillings = [];

    /// <summary>Puts fillings in the place of all secrets; asked for behind <see cref="Frame"/>.</summary>
    public void Fill(Span<byte> message)
    {
        foreach (var (offset, filling) in fillings) filling.CopyTo(message[offset..]);
    }

    /// <summary>What was found; asked for when everything has been added.</summary>
    public DecodedFrame Frame()
    {
        HideOverLines();
        return new(message, fields, Fault)
        {
            End = End,
            AmountMinor = amount,
            Currency = currency,
            ResultCode = ResultCode,
            Receipt = receipt,
            Approval = approval,
            Reference = merchantReference ?? textReference,
            Trace = trace,
            TerminalId = terminalId,
            MaskedPan = maskedPan,
        };
    }

    public ZvtNotes Broken(string field, int offset, string text, int end)
    {
        Fault = new(field, offset, text);
        End = end;
        return this;
    }

    public void Add(string name, string value, int offset) => fields.Add(new(name, value, offset));

    /// <summary>Bytes that nobody can name, with whatever may be a card number hidden.</summary>
    public void AddRaw(string name, ReadOnlySpan<byte> value, int offset, int? valueAt = null)
    {
        if (value.IsEmpty && valueAt is null) return;
        var copy = value.ToArray();
        if (CardNumbers.HideIn(copy)) Secret(valueAt ?? offset, copy);
        Add(name, Convert.ToHexString(copy), offset);
    }

    public void AddPart(ZvtPart part, ReadOnlySpan<byte> value, int offset)
    {
        if (part.Secret)
        {
            Secret(offset, new byte[value.Length]);
            Add(part.Name, Hidden, offset);
            return;
        }

        if (part is { Size: ZvtPart.Rest, Format: FieldFormat.Hex })
        {
            AddRaw(part.Name, value, offset);
            return;
        }

        if (part.Format is FieldFormat.Text) lines.Add((fields.Count, offset..(offset + value.Length)));
        var shown = Shown(part.Format, value, offset, part.Name);
        Add(part.Name, shown, offset);
        if (part.Name == "result_code") ResultCode = shown;
        if (part.Name == "currency") currency = Alphabetic(shown);
    }

    public void AddField(FieldRow row, string name, ReadOnlySpan<byte> value, int offset, int valueAt, bool isBmp)
    {
        if (row.Secret) Secret(valueAt, FillingOf(row, value));
        if (row is { Secret: false, Format: FieldFormat.Text }) lines.Add((fields.Count, valueAt..(valueAt + value.Length)));
        var shown = row switch
        {
            { Format: FieldFormat.CardDigits } => CardNumbers.ShowPacked(value) ?? "",
            { Secret: true } => Hidden,
            { Tag: ZvtFields.Receipt } when isBmp && value is [0xFF, 0xFF] => "FFFF",
            // Sums and counts, as the codec has read them; packed digits of money can look like anything.
            { Tag: ZvtFields.Totals } when isBmp => Convert.ToHexString(value),
            // BMPs of other formats are broken when their digits are; an object is only shown as it came.
            _ => Shown(row.Format, value, valueAt, isBmp ? row.Name : null),
        };
        Add(name, shown, offset);
        if (isBmp) Note((byte)row.Tag, shown);
        else NoteObject(row.Tag, shown);
    }

    private void Note(byte bmp, string shown)
    {
        switch (bmp)
        {
            case ZvtFields.ResultCode: ResultCode = shown; break;
            case ZvtFields.Amount: amount = long.TryParse(shown, out var minorUnits) ? minorUnits : null; break;
            case ZvtFields.Currency: currency = Alphabetic(shown); break;
            case ZvtFields.Receipt: receipt = shown; break;
            case ZvtFields.Trace: trace = shown; break;
            case ZvtFields.TerminalId: terminalId = shown; break;
            case ZvtFields.Authorisation: approval = shown.Trim() is { Length: > 0 } code ? code : null; break;
            case ZvtFields.Pan: maskedPan = shown.Length > 0 ? shown : null; break;
            // What the ECR puts into 3C is its own text, mostly an order number; the terminal's is a receipt text [D].
            case ZvtFields.AdditionalText when From != Sender.Terminal && ZvtCommands.IsTransaction(Code):
                textReference = shown.Trim();
                break;
        }
    }

    private void NoteObject(uint tag, string shown)
    {
        // The trace that stands in BMP 0B goes first, even when it is zeros and the long one has its own field: one key, one place [D].
        if (tag == ZvtFields.LongTrace) trace ??= shown;
        if (tag == ZvtFields.MerchantReference) merchantReference = shown;
    }

    // By content, whatever the field is for: a terminal that puts a card's number where it does not belong asks nobody.
    private string Shown(FieldFormat format, ReadOnlySpan<byte> value, int offset, string? strictName)
    {
        var copy = value.ToArray();
        var isHidden = CardNumbers.HideIn(copy);
        var isRead = format.TryShow(value, Encoding, out var text);
        if (!isRead && strictName is not null) Fault ??= new(strictName, offset, "not decimal digits");
        var shown = format switch
        {
            FieldFormat.Text => CardNumbers.Read(value, Encoding).TrimEnd('\0'),
            FieldFormat.Digits when isRead => CardNumbers.ReadDigits(value, text!),
            _ when isRead && !isHidden => CardText.Mask(text!),
            _ => Convert.ToHexString(copy),
        };
        if (isHidden || (isRead && shown != text)) Secret(offset, FillingOf(format, shown, copy, isHidden));
        return shown;
    }

    // A number that begins on one line and ends on the next.
    private void HideOverLines()
    {
        if (lines.Count < 2) return;
        string[] texts = [.. lines.Select(line => fields[line.Field].Value)];
        var masked = CardText.Mask(texts);
        for (var index = 0; index < texts.Length; index++)
        {
            if (masked[index] == texts[index]) continue;
            fields[lines[index].Field] = fields[lines[index].Field] with { Value = masked[index] };
            var bytes = lines[index].Bytes;
            Secrets.Add(bytes);
            fillings.Add((bytes.Start.Value, Letters(masked[index], bytes.End.Value - bytes.Start.Value)));
        }
    }

    private void Secret(int offset, byte[] filling)
    {
        Secrets.Add(offset..(offset + filling.Length));
        fillings.Add((offset, filling));
    }

    private static byte[] FillingOf(FieldRow row, ReadOnlySpan<byte> value)
    {
        if (row.Format is not FieldFormat.CardDigits) return new byte[value.Length];
        var packed = value.ToArray();
        CardNumbers.HidePacked(packed);
        return packed;
    }

    // What the search over bytes has hidden is enough, unless it is the text that is hidden further. Letters that look like packed digits
    // to it are lost with them, but for digits (an approval code, whose letters are 3x each, and one card in a million) and for plain
    // words with the blanks that fill a line.
    private static byte[] FillingOf(FieldFormat format, string shown, byte[] hidden, bool isHidden) =>
        format is FieldFormat.Text && (!isHidden || IsDigits(shown) || IsFilledLine(shown)) ? Letters(shown, hidden.Length)
        : CardText.Mask(Convert.ToHexString(hidden)) == Convert.ToHexString(hidden) ? hidden
        : new byte[hidden.Length];

    private static bool IsDigits(string shown) => shown.All(letter => letter is >= ' ' and <= '?');

    private static bool IsFilledLine(string shown) =>
        shown.Contains("   ", StringComparison.Ordinal) && shown.All(letter => letter is >= ' ' and <= '~');

    // A text of one byte a letter is written as it is shown; of another nothing is kept.
    private static byte[] Letters(string shown, int length)
    {
        var filling = new byte[length];
        filling.AsSpan().Fill((byte)'*');
        if (shown.All(char.IsAscii) && shown.Length <= length)
        {
            filling.AsSpan(shown.Length).Clear();
            Encoding.ASCII.GetBytes(shown, filling);
        }

        return filling;
    }

    private static string? Alphabetic(string digits) =>
        int.TryParse(digits, out var numeric) && Currency.TryFind(numeric, out var found) ? found.Code : null;
}
