using System.Text;
using Tillbridge.Facades.Rows;

namespace Tillbridge.Cli.Rows;

/// <summary>What one run of the command does, its options read and checked.</summary>
/// <param name="Connector">The connector.</param>
/// <param name="Out">The output; <c>-</c> is standard output.</param>
internal sealed record RowPlan(RowConnector Connector, string Out)
{
    /// <summary>The column of the row's own key.</summary>
    public const string KeyColumn = "RowKey";

    /// <summary>The input; null is one row without columns.</summary>
    public string? In { get; init; }

    public required string InFormat { get; init; }

    public required string OutFormat { get; init; }

    public required Encoding Encoding { get; init; }

    /// <summary>The trailing columns are left out.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The column that holds row keys.</summary>
    public string Keys { get; init; } = KeyColumn;

    /// <summary>The run's name; keys without a column of their own are made of it.</summary>
    public string? RunName { get; init; }

    public char Delimiter { get; init; } = ',';

    public bool ExcelSafe { get; init; }

    public bool IsoTimes { get; init; }

    /// <summary>Another name for the flag of an approval.</summary>
    public string? ApprovedColumn { get; init; }

    public bool AllowsRowAddress { get; init; }

    public bool Json { get; init; }

    /// <summary>The output's columns: the connector's and, unless strict, ours.</summary>
    public IReadOnlyList<RowColumn> Columns =>
    [
        .. Connector.Output.Select(column => ApprovedColumn is { } name && column.Name == "IsTransactionApproved"
            ? column with { Name = name }
            : column),
        .. IsStrict ? [] : Trailing,
    ];

    private static readonly RowColumn[] Trailing =
    [
        new(KeyColumn, RowType.String, true, "The row's key."), new("Outcome", RowType.String, false, "The row's outcome."),
        new("ErrorCode", RowType.String, true, "A stable code."), new("ErrorText", RowType.String, true, "Cause and cure."),
        new("SessionId", RowType.String, true, "The session in the journal."),
        new("AmountMinor", RowType.Integer, true, "What was approved, minor units of ISO 4217."),
        new("CurrencyAlpha", RowType.String, true, "Its currency, three letters."),
        new("AskedMinor", RowType.Integer, true, "What was asked for, cash included, minor units of ISO 4217."),
        new("Line", RowType.Integer, true, "The line of the input on which the row begins, the header's being 1."),
    ];

    /// <summary>A row's line in the file; null for the one row of a run without input.</summary>
    public long? LineOf(RowLine row) => In is null ? null : row.Line;

    /// <summary>A row's values for <see cref="Columns"/>.</summary>
    public IReadOnlyList<object?> Write(RowEnd end, RowRules rules, string? key, RowLine row)
    {
        var values = Connector.Write(end, rules);
        if (IsStrict) return values;
        var approved = end.Session?.Conclusion?.ApprovedAmount;
        return
        [
            .. values, key, end.Outcome.ToString().ToLowerInvariant(), end.ErrorCode, end.ErrorText, end.Session?.Id.Value,
            approved?.MinorUnits, approved?.Currency.Code, end.Session?.Request.Total?.MinorUnits, LineOf(row),
        ];
    }
}
