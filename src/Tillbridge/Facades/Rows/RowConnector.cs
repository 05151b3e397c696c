using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>One connector: its columns as data, a function from a row to a request, and one from an end to a row.</summary>
/// <param name="name">Its name on the command line.</param>
/// <param name="page">The name of its page.</param>
/// <param name="input">Columns that it reads.</param>
/// <param name="output">Columns that it writes.</param>
/// <param name="read">Row to request.</param>
/// <param name="write">End to the values of <paramref name="output"/>.</param>
public sealed class RowConnector(
    string name, string page, IReadOnlyList<RowColumn> input, IReadOnlyList<RowColumn> output,
    Func<IReadOnlyDictionary<string, string?>, RowRules, RowReading> read, Func<RowEnd, RowRules, IReadOnlyList<object?>> write)
{
    /// <summary>Its name on the command line, for example <c>gpe-payment</c>.</summary>
    public string Name => name;

    /// <summary>The name of its page.</summary>
    public string Page => page;

    /// <summary>Columns that it reads; all others are ignored.</summary>
    public IReadOnlyList<RowColumn> Input => input;

    /// <summary>Columns that it writes, in this order.</summary>
    public IReadOnlyList<RowColumn> Output => output;

    /// <summary>True when a row moves money.</summary>
    public bool MovesMoney { get; init; }

    /// <summary>True when a row that was carried out must never be carried out again by itself.</summary>
    public bool IsOnce { get; init; }

    /// <summary>A row as a request. Names of columns are compared without case when the dictionary does.</summary>
    public RowReading Read(IReadOnlyDictionary<string, string?> values, RowRules rules)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(rules);
        return read(values, rules);
    }

    /// <summary>The values of <see cref="Output"/>: text, long, bool, DateTime or null.</summary>
    public IReadOnlyList<object?> Write(RowEnd end, RowRules rules)
    {
        ArgumentNullException.ThrowIfNull(end);
        ArgumentNullException.ThrowIfNull(rules);
        var values = write(end, rules);
        Invariant.Holds(values.Count == output.Count, "a row has a value for every column");
        return values;
    }
}
