using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tillbridge.Facades.Rows;

namespace Tillbridge.Cli.Rows;

/// <summary>The output: rows in order, each on disk before the next one begins.</summary>
internal sealed class RowOutput : IDisposable
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly RowPlan plan;
    private readonly Stream stream;
    private readonly IReadOnlyList<RowColumn> columns;

    private RowOutput(RowPlan plan, Stream stream, IReadOnlyList<RowColumn> columns) =>
        (this.plan, this.stream, this.columns) = (plan, stream, columns);

    /// <summary>Opens the output anew and writes its header.</summary>
    public static RowOutput Create(RowPlan plan, string path)
    {
        var stream = path == "-" ? Console.OpenStandardOutput() : PrivateFile.Open(path, FileMode.Create, FileShare.Read);
        var output = new RowOutput(plan, stream, plan.Columns);
        if (plan.OutFormat == "csv") output.Append(output.Csv(output.columns.Select(column => (object?)column.Name)));
        return output;
    }

    /// <summary>Opens the list of rows that have no place in the strict columns.</summary>
    public static RowOutput CreateErrors(RowPlan plan, string path) => new(
        plan with { OutFormat = "jsonl" }, PrivateFile.Open(path, FileMode.Create, FileShare.Read),
        [
            new("RowKey", RowType.String, true, ""), new("Row", RowType.Integer, false, ""), new("Outcome", RowType.String, false, ""),
            new("ErrorCode", RowType.String, true, ""), new("ErrorText", RowType.String, true, ""),
            new("SessionId", RowType.String, true, ""), new("Line", RowType.Integer, true, ""),
        ]);

    /// <summary>Appends a row; it is on disk when this returns.</summary>
    public void Append(IReadOnlyList<object?> values) =>
        Append(plan.OutFormat == "csv" ? Csv(values) : Json(values));

    public void Dispose() => stream.Dispose();

    private void Append(string line)
    {
        stream.Write(Encoding.UTF8.GetBytes(line));
        stream.Flush();
        if (stream is FileStream file) file.Flush(flushToDisk: true);
    }

    private string Csv(IEnumerable<object?> values) => string.Join(plan.Delimiter, values.Select(Field)) + "\r\n";

    private string Field(object? value)
    {
        var text = Text(value) ?? "";
        if (plan.ExcelSafe && value is string && IsFormula(text)) text = "'" + text;
        var needsQuotes = text.AsSpan().ContainsAny(plan.Delimiter, '"', '\r') || text.Contains('\n', StringComparison.Ordinal)
            || (text.Length > 0 && (text[0] == ' ' || text[^1] == ' '));
        return needsQuotes ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // What a spreadsheet reads as a formula, also behind blanks and in the letters of full width that it takes for the same.
    private static bool IsFormula(string text)
    {
        if (text.Length > 0 && text[0] is '\t' or '\r' or '\n') return true;
        var begin = text.AsSpan().TrimStart();
        return !begin.IsEmpty && begin[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠';
    }

    private string Json(IReadOnlyList<object?> values)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            foreach (var (column, value) in columns.Zip(values))
            {
                json.WritePropertyName(column.Name);
                switch (value)
                {
                    case null: json.WriteNullValue(); break;
                    case bool flag: json.WriteBooleanValue(flag); break;
                    case long number: json.WriteNumberValue(number); break;
                    default: json.WriteStringValue(Text(value)); break;
                }
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private string? Text(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString(plan.IsoTimes ? "yyyy-MM-ddTHH:mm:ss" : "yyMMddHHmmss", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
