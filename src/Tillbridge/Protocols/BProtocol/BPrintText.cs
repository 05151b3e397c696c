using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>
/// Receipts as the two dialects carry them: FID P in one piece with styles and directives (gpe.md §6), or lines of B4 (csob-b.md §7).
/// </summary>
internal sealed class BPrintText(BDialect dialect)
{
    private const int MostFeeds = 10;
    private const int MostLineCharacters = 200;

    private const int MostUnknown = 20;

    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly List<ReceiptLine> merchant = [];
    private readonly List<ReceiptLine> customer = [];
    private bool toMerchant = true;
    private bool toCustomer = true;

    /// <summary>Directives that nobody knows and that were left standing, each once.</summary>
    public IReadOnlyCollection<string> Unknown => unknown;

    /// <summary>FID P in its code page; null when there is none.</summary>
    public static string? TextOf(BFrame answer, BDialect dialect)
    {
        if (!dialect.Fids.TryGetValue(BFields.Printing, out var fid) || answer.Raw(fid) is not { Length: > 0 } raw) return null;
        // Masked as bytes already; a code page can make a blank between groups of what was none.
        return BCodec.MaskLines(BFrame.TextOf(raw, EncodingOf(answer, dialect)), dialect);
    }

    /// <summary>How FID P is written: by FID K, else as all the rest.</summary>
    public static Encoding EncodingOf(BFrame answer, BDialect dialect)
    {
        var page = answer.Get(dialect, BFields.CodePage)?.Trim().TrimStart('0');
        return dialect.Receipts.CodePages.GetValueOrDefault(page is null or "" ? "0" : page, dialect.Encoding);
    }

    /// <summary>The receipts of a text; none when it is empty.</summary>
    public IReadOnlyList<Receipt> Read(string text, BFrame answer, bool isMoney)
    {
        foreach (var line in text.Split('\n').Take(Receipt.MostLines)) Add(line.TrimEnd('\r'), answer);
        if (!isMoney) return merchant.Count == 0 ? [] : [new(ReceiptAudience.Administration, [.. merchant])];
        var signed = (answer.Flags & BFrame.SignatureRequired) != 0;
        var receipts = new List<Receipt>();
        if (merchant.Count > 0) receipts.Add(new(ReceiptAudience.Merchant, [.. merchant], signed));
        if (customer.Count > 0) receipts.Add(new(ReceiptAudience.Cardholder, [.. customer]));
        return receipts;
    }

    /// <summary>One line of B4: a style digit and its text.</summary>
    public ReceiptLine Line(string raw)
    {
        var text = BFrame.TextOf(raw, dialect.Encoding);
        var style = Take(ref text);
        return Styled(style, text);
    }

    private void Add(string line, BFrame answer)
    {
        // The first character as it was written is the style; what a directive puts there is text.
        var style = Take(ref line);
        var text = new StringBuilder();
        for (var at = 0; at < line.Length; at++)
        {
            var end = line[at] == '{' ? line.IndexOf('}', at) : -1;
            if (end < 0)
            {
                text.Append(line[at]);
                continue;
            }

            text.Append(Direct(line[(at + 1)..end], answer));
            at = end;
        }

        if (text.Length == 0 && line.Length > 0) return; // Nothing but directives.
        Put(Styled(style, text.ToString()));
    }

    // What a directive leaves in its line.
    private string Direct(string directive, BFrame answer)
    {
        var parts = directive.Split(' ', 2);
        var argument = parts.Length > 1 ? parts[1] : "";
        switch (parts[0])
        {
            case "CUT" or "LOGO" when argument.Length == 0:
                return "";
            case "FEED" when int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out var feeds):
                for (var feed = 0; feed < Math.Min(feeds, MostFeeds); feed++) Put(new(""));
                return "";
            case "LINE" when argument.Length == 1:
                return new string(argument[0], dialect.Receipts.Columns);
            case "DATE" when argument.Length == 0:
                return BConclusions.TimeOf(answer)?.ToString("dd.MM.yyyy", CultureInfo.InvariantCulture) ?? "";
            case "TIME" when argument.Length == 0:
                return BConclusions.TimeOf(answer)?.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "";
            case "TID" when argument.Length == 0:
                return answer.TerminalId;
            case "COPY" when argument is "M" or "C":
                (toMerchant, toCustomer) = (argument == "M", argument == "C");
                return "";
            default:
                if (unknown.Count < MostUnknown) unknown.Add($"{{{directive}}}");
                return $"{{{directive}}}";
        }
    }

    private void Put(ReceiptLine line)
    {
        if (toMerchant && merchant.Count < Receipt.MostLines) merchant.Add(line);
        if (toCustomer && customer.Count < Receipt.MostLines) customer.Add(line);
    }

    private LineStyle Take(ref string text)
    {
        if (text.Length == 0 || !dialect.Receipts.Styles.TryGetValue(text[0], out var style)) return LineStyle.Normal;
        text = text[1..];
        return style;
    }

    private ReceiptLine Styled(LineStyle style, string text)
    {
        var clean = TerminalWords.Line(text);
        if (clean.Length > MostLineCharacters) clean = clean[..MostLineCharacters];
        if (style is LineStyle.Right) clean = clean.PadLeft(dialect.Receipts.Columns);
        return new ReceiptLine(
            clean, style is LineStyle.Centred, style is LineStyle.Double, style is LineStyle.DoubleHeight or LineStyle.Double);
    }
}
