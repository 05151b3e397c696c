using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>Collects print lines (06 D1) and text blocks (06 D3) into receipts (zvt.md §8.5).</summary>
internal sealed class ZvtReceipts
{
    private const byte LineFeeds = 0xFF;
    private const byte LastLine = 0x80;
    private const byte Centred = 0x40;
    private const byte Wide = 0x20;
    private const byte Tall = 0x10;
    private const byte IndentBits = 0x0F;
    private const byte MerchantCopy = 0x01;
    private const byte CustomerCopy = 0x02;
    private const byte SignatureLine = 0x02;
    private const int MostFeeds = 10;
    private const int MostLineCharacters = 200;
    private const int MostCharacters = 80_000; // A receipt must fit into one journal record, whatever its letters.
    private const string CutMark = "…";

    private readonly List<ReceiptLine> lines = [];
    private ReceiptAudience? audience;
    private bool signature;
    private int characters;

    public IEnumerable<Receipt> Take(ZvtMessage message)
    {
        switch (message)
        {
            case ZvtPrintLine line:
                if (Add(line) && Flush() is [var whole]) yield return whole;
                break;
            case ZvtPrintBlock block:
                foreach (var receipt in TakeBlock(block)) yield return receipt;
                break;
        }
    }

    /// <summary>What was printed without an end mark.</summary>
    public IReadOnlyList<Receipt> Flush()
    {
        var kept = lines.ToList();
        var whose = audience ?? ZvtSlipWords.Find(kept.Select(line => line.Text)) ?? ReceiptAudience.Administration;
        var signed = signature;
        lines.Clear();
        (audience, signature, characters) = (null, false, 0);
        return kept.TrueForAll(line => string.IsNullOrWhiteSpace(line.Text)) ? [] : [new Receipt(whose, kept, signed)];
    }

    private IEnumerable<Receipt> TakeBlock(ZvtPrintBlock block)
    {
        // A block without a type goes on with the receipt before it (§8.5).
        if (block.ReceiptType is { } type)
        {
            var next = type switch
            {
                MerchantCopy => ReceiptAudience.Merchant,
                CustomerCopy => ReceiptAudience.Cardholder,
                _ => ReceiptAudience.Administration,
            };
            if (audience is not null && audience != next)
            {
                foreach (var before in Flush()) yield return before;
            }

            audience = next;
        }

        signature |= ((block.ReceiptInfo ?? 0) & SignatureLine) != 0;
        var ended = false;
        foreach (var line in block.Lines) ended = Add(line) || ended;
        ended |= block.ClosingAttribute is { } mark && IsLast(mark);
        if (!ended) yield break;
        foreach (var whole in Flush()) yield return whole;
    }

    // §8.5: the highest bit marks the last line; 80 alone is reserved. FF ends a block, in a single line it feeds.
    private static bool IsLast(byte attribute) => (attribute & LastLine) != 0 && attribute != LastLine;

    // True when the line ends the receipt.
    private bool Add(ZvtPrintLine line)
    {
        if (line.Attribute == LineFeeds)
        {
            var feeds = Math.Clamp(line.Feeds, 1, MostFeeds);
            for (var feed = 0; feed < feeds && lines.Count < Receipt.MostLines; feed++) lines.Add(new ReceiptLine(""));
            return false;
        }

        var last = IsLast(line.Attribute);
        if (lines.Count >= Receipt.MostLines || characters >= MostCharacters)
        {
            if (lines[^1].Text != CutMark) lines.Add(new ReceiptLine(CutMark));
            return last;
        }

        var clean = TerminalWords.Line(line.Text);
        if (clean.Length > MostLineCharacters) clean = clean[..MostLineCharacters];
        characters += clean.Length;
        lines.Add(new ReceiptLine(
            clean,
            (line.Attribute & Centred) != 0,
            (line.Attribute & Wide) != 0,
            (line.Attribute & Tall) != 0,
            line.Attribute & IndentBits));
        return last;
    }
}
