using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>The values that several connectors write alike.</summary>
internal static class RowCells
{
    private const int MostApprovedCode = 10;

    public static RowColumn TerminalId { get; } = new("TerminalId", RowType.String, true, "Logical id of the terminal.");

    public static RowColumn Timestamp { get; } =
        new("TransactionTimestamp", RowType.DateTime, false, "Time of the terminal's answer, YYMMDDHHmmSS.");

    public static RowColumn Code { get; } =
        new("ResponseCode", RowType.String, true, "The terminal's code, leading zeros kept.");

    public static RowColumn CodePage { get; } = new("CodePage", RowType.String, true, "Code page of the printing text, for later use.");

    public static RowColumn PrintingText { get; } =
        new("PrintingText", RowType.String, true, "Preformatted text to print; lines end with LF, directives are kept.");

    public static RowColumn Approved(string name) => new(name, RowType.Bool, false, "True exactly for the codes 000 to 010.");

    /// <summary>Columns that name the terminal, where rows may go to several.</summary>
    public static IReadOnlyList<RowColumn> Address { get; } =
    [
        new("IpAddress", RowType.String, true, "Destination address of the terminal; wins over the run's."),
        new("IpPort", RowType.Integer, true, "Its port."),
    ];

    /// <summary>The column behind a field of a request, so that an error names what its reader sees.</summary>
    public static string ColumnOf(string? field) => field switch
    {
        "amount" => "Amount",
        "cashback" => "AmountCashBack",
        "reference" => "InvoiceNumber",
        "language" => "CustomerLanguage",
        "details.referenceNumber" => "ReferenceNumber",
        "details.clientId" => "ClientId",
        "details.accountNumber" => "MultiIdAccountNumber",
        "details.region" => "RegionCode",
        "details.tillTotals" => "Totals",
        _ => field ?? "Row",
    };

    public static Conclusion? Of(RowEnd end) => end.Session?.Conclusion;

    public static DateTime At(RowEnd end) => Of(end)?.TerminalTime ?? end.At;

    /// <summary>True exactly for 000 to 010; a protocol without such codes says it by its outcome.</summary>
    public static bool IsApproved(RowEnd end)
    {
        var code = Of(end)?.ResponseCode;
        return code is { Length: 3 } && int.TryParse(code, out var number)
            ? number is >= 0 and <= MostApprovedCode && end.Outcome is RowOutcome.Approved
            : end.Outcome is RowOutcome.Approved;
    }

    public static string? PrintText(RowEnd end)
    {
        if (Of(end)?.PrintText is { } text) return text.ReplaceLineEndings("\n");
        // Empty means that nothing is to be printed (gpe.md §6): what we would compose the terminal may have printed itself.
        var sent = end.Session?.Receipts.LastOrDefault(receipt => !receipt.Composed);
        return sent is null ? null : string.Join('\n', sent.Lines.Select(line => line.Text));
    }

    /// <summary>Minor units as the terminal counts them.</summary>
    public static object? Wire(Money? money, RowRules rules) => money is { } some ? rules.ToWire(some) : null;
}
