using System.Text;
using Tillbridge.Domain.Cards;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Container 06: what it hides, and the texts that are read out of it (zvt.md §8, §10).</summary>
internal static class ZvtContainers
{
    /// <summary>The one currency whose two bytes are an empty container.</summary>
    public const int LooksLikeEmptyContainer = 600;

    /// <summary>A copy in which secret objects cannot be read; their tags and lengths stay, so it can be written again.</summary>
    public static Octets Safe(ReadOnlySpan<byte> container)
    {
        if (container.IsEmpty) return Octets.None;
        var copy = container.ToArray();
        Hide(copy, null, 0);
        return new(copy);
    }

    /// <summary>True when the data is one well-formed container 06 and nothing else.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> data) =>
        FitsExactly(data, out var prefix) && Tlv.IsWellFormed(data[(1 + prefix)..]);

    /// <summary>
    /// A currency without its BMP, as 06 00 and 06 1E carry it. ISO codes begin with 00 to 09 in BCD, which are BMPs too: a container
    /// that fits wins over a currency 06xx, elsewhere the currency wins when a known BMP or nothing follows [inferred]. 06 00 is always
    /// the empty container that enables TLV (zvt.md §6.1), never the guarani (600), which no terminal of ZVT's countries takes.
    /// </summary>
    public static bool StartsWithCurrency(ReadOnlySpan<byte> data, out int numeric)
    {
        numeric = 0;
        if (data.Length < 2 || data[0] > 0x09 || FitsExactly(data, out _) || !Bcd.TryNumber(data[..2], out var number)) return false;
        if (number == LooksLikeEmptyContainer) return false;
        numeric = (int)number;
        return data.Length == 2 || ZvtFields.Bmps.At(data[2]) is not null;
    }

    /// <summary>The lines of tag 24, one below the other.</summary>
    public static IReadOnlyList<string> DisplayLines(ReadOnlySpan<byte> container, Encoding encoding)
    {
        if (!Tlv.TryFind(container, out var texts, ZvtFields.DisplayTexts)) return [];
        var lines = new List<string>();
        var walk = new Tlv(texts);
        while (walk.Next())
        {
            if (walk.Tag == ZvtFields.TextLine) lines.Add(TerminalWords.Line(CardNumbers.Read(walk.Value, encoding)));
        }

        return CardText.Mask(lines);
    }

    /// <summary>The terminal's own words about an error: tag 1F17, else the lines of tag 24.</summary>
    public static string? ErrorText(ReadOnlySpan<byte> container, Encoding encoding)
    {
        if (container.IsEmpty) return null;
        if (Tlv.TryFind(container, out var text, ZvtFields.ErrorText)
            && ZvtDraft.Trimmed(text, encoding) is { } words) return words;
        var lines = DisplayLines(container, encoding);
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    /// <summary>A one-byte object, at the top or inside of another; null when it is not there.</summary>
    public static byte? Octet(ReadOnlySpan<byte> container, uint around, uint tag) =>
        Tlv.TryFind(container, out var value, around, tag) || Tlv.TryFind(container, out value, tag) ? First(value) : null;

    /// <summary>Tag 41 (zvt.md §8.1): big-endian, at the top or in the application object.</summary>
    public static int? LongCardType(ReadOnlySpan<byte> container)
    {
        var found = Tlv.TryFind(container, out var value, ZvtFields.LongCardType)
            || Tlv.TryFind(container, out value, ZvtFields.Application, ZvtFields.LongCardType);
        if (!found || value.Length is 0 or > 3) return null;
        var type = 0;
        foreach (var octet in value) type = type << 8 | octet;
        return type;
    }

    /// <summary>zvt.md §8.5: lines with the attribute that was in force; an attribute after the last line closes the receipt.</summary>
    public static ZvtPrintBlock ReadPrintBlock(ReadOnlySpan<byte> container, ZvtText text)
    {
        var set = Tlv.TryFind(container, out var named, ZvtFields.CharacterSet) ? First(named) : null;
        var encoding = text.Resolve(set);
        var lines = new List<ZvtPrintLine>();
        byte? pending = null;
        byte attribute = 0;
        var blocks = new Tlv(container);
        while (blocks.Next())
        {
            if (blocks.Tag != ZvtFields.PrintTexts) continue;
            var walk = blocks.Inside();
            while (walk.Next())
            {
                if (walk.Tag == ZvtFields.PrintAttribute && !walk.Value.IsEmpty)
                {
                    pending = attribute = walk.Value[0];
                }
                else if (walk.Tag == ZvtFields.TextLine)
                {
                    lines.Add(new(attribute, CardNumbers.Read(walk.Value, encoding)));
                    pending = null;
                }
            }
        }

        return new ZvtPrintBlock(TopOctet(container, ZvtFields.ReceiptType), lines)
        {
            ReceiptInfo = TopOctet(container, ZvtFields.ReceiptInfo),
            ClosingAttribute = pending,
            CharacterSet = set,
        };
    }

    public static TlvWriter PrintBlock(ZvtPrintBlock block, ZvtText text)
    {
        var encoding = text.Resolve(block.CharacterSet);
        var container = new TlvWriter();
        if (block.ReceiptType is { } type) container.Add(ZvtFields.ReceiptType, type);
        if (block.CharacterSet is { } set) container.Add(ZvtFields.CharacterSet, set);
        if (block.ReceiptInfo is { } info) container.Add(ZvtFields.ReceiptInfo, info);

        var lines = new TlvWriter();
        byte attribute = 0;
        foreach (var line in block.Lines)
        {
            if (line.Attribute != attribute) lines.Add(ZvtFields.PrintAttribute, attribute = line.Attribute);
            lines.Add(ZvtFields.TextLine, encoding.GetBytes(line.Text));
        }

        if (block.ClosingAttribute is { } closing) lines.Add(ZvtFields.PrintAttribute, closing);
        return lines.IsEmpty ? container : container.Add(ZvtFields.PrintTexts, lines);
    }

    public static TlvWriter DisplayTexts(IReadOnlyList<string> lines, Encoding encoding)
    {
        var inside = new TlvWriter();
        foreach (var line in lines) inside.Add(ZvtFields.TextLine, encoding.GetBytes(line));
        return inside.IsEmpty ? inside : new TlvWriter().Add(ZvtFields.DisplayTexts, inside);
    }

    private static bool FitsExactly(ReadOnlySpan<byte> data, out int prefix)
    {
        prefix = 0;
        return data.Length >= 2 && data[0] == ZvtFields.Container
            && LengthRule.Ber.Measure(data[1..], out prefix, out var length) is null
            && 1 + prefix + length == data.Length;
    }

    private static byte? TopOctet(ReadOnlySpan<byte> container, uint tag) =>
        Tlv.TryFind(container, out var value, tag) ? First(value) : null;

    private static byte? First(ReadOnlySpan<byte> value) => value.IsEmpty ? null : value[0];

    private static void Hide(Span<byte> container, uint? around, int depth)
    {
        var walk = new Tlv(container, depth);
        while (walk.Next())
        {
            var row = ZvtFields.FindObject(walk.Tag, around);
            var value = container.Slice(walk.ValueOffset, walk.Value.Length);
            if (row is null && !walk.SaysConstructed) CardNumbers.HideIn(value);
            else if (row is { Secret: true, Format: FieldFormat.CardDigits }) CardNumbers.HidePacked(value);
            else if (row is { Secret: true }) value.Clear();
            else if (row is { Format: FieldFormat.Container } || walk.SaysConstructed) Hide(value, walk.Tag, depth + 1);
        }

        // What cannot be walked further cannot be named either.
        if (walk.Why is not null) CardNumbers.HideIn(container[walk.Offset..]);
    }
}
