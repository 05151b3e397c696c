using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tillbridge.Facades.Rows;

namespace Tillbridge.Cli.Rows;

/// <summary>The rows of a file or of standard input, CSV or JSON lines.</summary>
internal sealed class RowInput
{
    /// <summary>The most rows of one run.</summary>
    public const int MostRows = 1_000_000;

    private const long MostBytes = 512L * 1024 * 1024;

    private readonly byte[] bytes;
    private readonly Encoding encoding;
    private readonly bool isCsv;
    private readonly RowPlan plan;
    private readonly HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);

    private RowInput(byte[] bytes, Encoding encoding, bool isCsv, RowPlan plan) =>
        (this.bytes, this.encoding, this.isCsv, this.plan) = (bytes, encoding, isCsv, plan);

    /// <summary>16 hexadecimal digits over the input's bytes.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

    /// <summary>Columns that nobody asked for, of the rows read so far.</summary>
    public IReadOnlyList<string> Ignored =>
        [.. names.Where(name => !IsKey(name) && plan.Connector.Input.All(column => !Is(column.Name, name)))];

    /// <summary>True when a row read so far has the column of keys; who has read them all knows where the keys of all come from.</summary>
    public bool HasKeys => names.Any(IsKey);

    /// <summary>Without input: one row without columns.</summary>
    public static RowInput Single(RowPlan plan) => new("{}"u8.ToArray(), Encoding.UTF8, isCsv: false, plan);

    /// <summary>Reads the whole input.</summary>
    /// <exception cref="CliException">It is too large, or cannot be read.</exception>
    public static RowInput Open(RowPlan plan, string path)
    {
        try
        {
            using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using var kept = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                kept.Write(buffer, 0, read);
                if (kept.Length > MostBytes) throw CliException.Usage($"The input is larger than {MostBytes / 1024 / 1024} MiB; split it.");
            }

            return new RowInput(kept.ToArray(), plan.Encoding, plan.InFormat == "csv", plan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"The input '{path}' cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The rows one after another. A line that cannot be read is a row with a fault.</summary>
    /// <exception cref="CliException">The header is wrong, or there are too many rows.</exception>
    public IEnumerable<RowLine> Rows()
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true);
        foreach (var row in isCsv ? CsvRows(text) : JsonRows(text))
        {
            if (row.Number > MostRows) throw CliException.Usage($"The input has more than {MostRows} rows; split it.");
            yield return row;
        }
    }

    private IEnumerable<RowLine> CsvRows(StreamReader text)
    {
        var reader = new CsvReader(text);
        var header = reader.ReadHeader();
        Check(header);
        var keyAt = header.ToList().FindIndex(IsKey);
        for (var number = 1; reader.ReadRecord(out var fault) is { } fields; number++)
        {
            if (fault is null && fields is [""] && header.Count > 1)
            {
                number--; // An empty line at the end of a file, or between.
                continue;
            }

            if (fault is null && fields.Count != header.Count)
            {
                fault = $"The row has {fields.Count} fields, the header names {header.Count}. "
                    + "A field that holds the delimiter needs quotes.";
            }

            yield return fault is null
                ? new(number, reader.Line, Values(header.Zip(fields)))
                : new(number, reader.Line, null, fault) { Key = keyAt >= 0 ? Shown(fields.ElementAtOrDefault(keyAt)) : null };
        }
    }

    // Where no key can be read there is none.
    private static string? Shown(string? key) => string.IsNullOrWhiteSpace(key) ? null : key;

    private static Dictionary<string, string?> Values(IEnumerable<(string Name, string Value)> pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value.Length == 0 ? null : pair.Value, StringComparer.OrdinalIgnoreCase);

    private void Check(IReadOnlyList<string> header)
    {
        var twice = header.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null) throw CliException.Usage($"The column '{twice.Key}' stands twice in the header.");
        var needed = plan.Connector.Input.Where(column => !column.Nullable);
        if (needed.FirstOrDefault(asked => !header.Contains(asked.Name, StringComparer.OrdinalIgnoreCase)) is { } column)
            throw CliException.Usage($"The column '{column.Name}' is missing; the header has {string.Join(", ", header)}.");
        names.UnionWith(header);
    }

    private bool IsKey(string name) => Is(plan.Keys, name);

    private static bool Is(string column, string name) => column.Equals(name, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<RowLine> JsonRows(StreamReader text)
    {
        var number = 0;
        for (var at = 1; ReadLine(text, out var isTooLong) is { } line; at++)
        {
            if (line.Trim().Length == 0) continue;
            number++;
            var row = isTooLong
                ? new RowLine(number, at, null, $"The line is longer than {CsvReader.MostCharacters} characters.")
                : OfJson(number, at, line);
            names.UnionWith(row.Values?.Keys ?? []);
            if (row.Key is not null) names.Add(plan.Keys);
            yield return row;
        }
    }

    private static string? ReadLine(StreamReader text, out bool isTooLong)
    {
        isTooLong = false;
        if (text.Peek() < 0) return null;
        var line = new StringBuilder();
        while (text.Read() is var next and not (-1 or '\n'))
        {
            if (line.Length > CsvReader.MostCharacters) isTooLong = true;
            else line.Append((char)next);
        }

        return line.ToString();
    }

    private RowLine OfJson(int number, int at, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind is not JsonValueKind.Object) return new(number, at, null, "The line is no JSON object.");
            var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            string? fault = null;
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                {
                    fault ??= $"The column '{member.Name}' is no text, number, flag or null.";
                    continue;
                }

                // A number is taken by its digits as they stand.
                var value = member.Value.ValueKind switch
                {
                    JsonValueKind.Null => null, JsonValueKind.String => member.Value.GetString(), _ => member.Value.GetRawText(),
                };
                if (!values.TryAdd(member.Name, value)) fault ??= $"The column '{member.Name}' stands twice.";
            }

            return fault is null
                ? new(number, at, values)
                : new(number, at, null, fault) { Key = Shown(values.GetValueOrDefault(plan.Keys)) };
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return new(number, at, null, "The line is no valid JSON.");
        }
    }
}
