using System.Text.RegularExpressions;

namespace Tillbridge.Domain.Cards;

/// <summary>
/// What a terminal said, made fit for screens, paper and the journal: the one place that everything passes between a driver and the
/// engine. Control characters would be commands to a screen or printer, a full card number may stand nowhere, and both can only be
/// taken out together, for what is taken out can stand between the digits.
/// </summary>
internal static partial class TerminalWords
{
    // More of a masked number than the first six and the last four digits.
    private const int MostShownDigits = 12;

    /// <summary>The event without control characters and card numbers.</summary>
    public static TerminalEvent Safe(TerminalEvent said) => said switch
    {
        Progress progress => progress with { Text = Text(progress.Text) },
        AboutToSend { Baseline: { } baseline } send => send with { Baseline = Safe(baseline) },
        ResultAnnounced announced => new ResultAnnounced(Safe(announced.Conclusion)),
        ConfirmationNeeded needed => new ConfirmationNeeded(Safe(needed.Conclusion)),
        ReceiptPrinted printed => new ReceiptPrinted(Safe(printed.Receipt)),
        IncidentSeen incident => incident with { Text = Text(incident.Text) },
        Concluded concluded => new Concluded(Safe(concluded.Conclusion)),
        StillUnclear unclear => unclear with { Text = Text(unclear.Text) },
        _ => said,
    };

    /// <summary>Words in one or more lines; null stays null.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Text(string? text) => text is null ? null : CardText.Mask(Clean(text));

    /// <summary>The text without control characters and what a terminal's screen takes for one; ends of lines stay.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var lines = Sequence().Replace(text, "").Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Replace('\t', ' ');
        return new string([.. lines.Where(letter => letter == '\n' || !char.IsControl(letter))]);
    }

    /// <summary>One line without control characters, ends of lines among them.</summary>
    public static string Line(string text) =>
        text.Any(char.IsControl) ? new string([.. Sequence().Replace(text, "").Where(letter => !char.IsControl(letter))]) : text;

    /// <summary>Lines are masked as they are read, one below the other.</summary>
    public static Receipt Safe(Receipt receipt)
    {
        string[] clean = [.. receipt.Lines.Select(line => Line(line.Text))];
        var masked = CardText.Mask(clean);
        return receipt with { Lines = [.. receipt.Lines.Select((line, index) => line with { Text = masked[index] })] };
    }

    private static Conclusion Safe(Conclusion conclusion) => conclusion with
    {
        ResponseCode = Text(conclusion.ResponseCode),
        TerminalText = Text(conclusion.TerminalText),
        References = Safe(conclusion.References),
        Card = Safe(conclusion.Card),
        // Totals that could be read are sums and counts, as their document says; of others nobody knows what they hold.
        TotalsText = conclusion.Totals is null ? Text(conclusion.TotalsText) : conclusion.TotalsText,
        // Its layout is the terminal's own, control characters included.
        PrintText = conclusion.PrintText is { } print ? CardText.Mask(print) : null,
        PrintCodePage = Text(conclusion.PrintCodePage),
    };

    // No number of a booking has thirteen digits; what has, and is none of a caller's own, is hidden where it could be a card's. Drivers
    // compare what they decoded, which hides by the same rule, so both sides of a comparison are the same.
    private static References Safe(References references) => new(
        Text(references.Receipt), Text(references.Rrn), Likely(references.Approval), Text(references.Trace),
        Text(references.TerminalId), Text(references.MerchantId), Text(references.Batch));

    private static Baseline Safe(Baseline baseline) =>
        new(Text(baseline.Receipt), Text(baseline.Trace), Text(baseline.Batch), Text(baseline.TerminalId));

    private static string? Likely(string? text) => text is null ? null : CardText.Mask(Line(text), likelyOnly: true);

    private static CardView? Safe(CardView? card) => card is null ? null : new(
        Pan(card.MaskedPan), Text(card.Brand), Text(card.BrandCode), Text(card.EntryMode), Text(card.Sequence));

    private static string? Pan(string? pan)
    {
        if (pan is null) return null;
        var clean = CardText.Mask(Line(pan));
        return clean.Count(char.IsDigit) > MostShownDigits ? CardView.Mask(clean) : clean;
    }

    // ECMA-48: a control sequence is more than its first character, and the rest would be left standing between the words.
    [GeneratedRegex("(\\x1B\\[|\\x9B)[0-?]*[ -/]*[@-~]", RegexOptions.CultureInvariant)]
    private static partial Regex Sequence();
}
