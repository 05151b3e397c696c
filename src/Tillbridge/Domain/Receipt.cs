namespace Tillbridge.Domain;

/// <summary>For whom a receipt is.</summary>
public enum ReceiptAudience
{
    /// <summary>The customer's copy.</summary>
    Cardholder,

    /// <summary>The shop's copy.</summary>
    Merchant,

    /// <summary>Neither: reports, diagnosis, closing.</summary>
    Administration,
}

/// <summary>How one line is to be printed.</summary>
/// <param name="Text">The line's text, without control characters.</param>
/// <param name="Centred">Set in the middle of the line.</param>
/// <param name="Wide">Double width.</param>
/// <param name="Tall">Double height.</param>
/// <param name="Indent">Columns to leave free on the left, 0 to 15.</param>
public sealed record ReceiptLine(string Text, bool Centred = false, bool Wide = false, bool Tall = false, int Indent = 0);

/// <summary>One receipt: lines and the reader they are meant for.</summary>
/// <param name="Audience">Whose copy it is.</param>
/// <param name="Lines">The lines from top to bottom.</param>
/// <param name="SignatureRequired">The cardholder has to sign this copy.</param>
/// <param name="Composed">True when we wrote it from the result because the terminal sent none.</param>
public sealed record Receipt(
    ReceiptAudience Audience, IReadOnlyList<ReceiptLine> Lines, bool SignatureRequired = false, bool Composed = false)
{
    /// <summary>The most lines that one receipt keeps; a terminal that sends more is cut with a mark.</summary>
    public const int MostLines = 1000;
}
