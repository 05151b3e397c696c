using System.Text;

namespace Tillbridge.Cli.Rows;

/// <summary>Reads CSV after RFC 4180: quotes, doubled quotes, line breaks inside quotes. Bounded, whatever comes in.</summary>
/// <param name="text">The characters.</param>
internal sealed class CsvReader(TextReader text)
{
    /// <summary>The longest record in characters.</summary>
    public const int MostCharacters = 64 * 1024;

    private static readonly char[] Delimiters = [',', ';', '\t'];

    private char delimiter = ',';
    private int breaks;

    /// <summary>The line of the file on which the record that was read last begins, the first being 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Reads the header and finds the delimiter by it.</summary>
    /// <exception cref="CliException">There is no header, or it is too long.</exception>
    public IReadOnlyList<string> ReadHeader()
    {
        var header = new StringBuilder();
        while (text.Peek() is not (-1 or '\r' or '\n') && header.Length <= MostCharacters) header.Append((char)text.Read());
        if (header.Length > MostCharacters) throw CliException.Usage($"The header line is longer than {MostCharacters} characters.");
        if (header.ToString().Trim().Length == 0) throw CliException.Usage("The input has no header line; its columns must be named.");
        SkipBreak();
        var line = header.ToString();
        delimiter = Delimiters.MaxBy(candidate => line.Count(letter => letter == candidate));
        var names = new CsvReader(new StringReader(line)) { delimiter = delimiter }.ReadRecord(out var fault);
        return fault is null
            ? [.. names!.Select(name => name.Trim())]
            : throw CliException.Usage($"The header line cannot be read: {fault}");
    }

    /// <summary>The next record; null at the end, with a fault and the fields before it when it cannot be read.</summary>
    public IReadOnlyList<string>? ReadRecord(out string? fault)
    {
        Line = breaks + 1;
        return Read(out fault);
    }

    private List<string>? Read(out string? fault)
    {
        fault = null;
        if (text.Peek() < 0) return null;
        var fields = new List<string>();
        var field = new StringBuilder();
        var (quoted, closed, length) = (false, false, 0);
        while (true)
        {
            var next = Next();
            if (next >= 0 && ++length > MostCharacters)
            {
                // The break that makes it too long is its own.
                if (next == '\r' && text.Peek() == '\n') Next();
                else if (next is not ('\r' or '\n')) SkipLine();
                fault = $"The record is longer than {MostCharacters} characters."
                    + (breaks > Line ? $" It reaches to line {breaks}; no row in between was read." : "");
                return fields;
            }

            if (quoted)
            {
                if (next < 0)
                {
                    fault = "A quote is not closed; what stands behind it, up to the end of the file, was not read as rows.";
                    return fields;
                }

                if (next != '"') field.Append((char)next);
                else if (text.Peek() == '"') field.Append((char)text.Read());
                else (quoted, closed) = (false, true);
                continue;
            }

            if (next == delimiter || next is -1 or '\r' or '\n')
            {
                fields.Add(field.ToString());
                field.Clear();
                closed = false;
                if (next == delimiter) continue;
                if (next == '\r' && text.Peek() == '\n') Next();
                return fields;
            }

            if (next == '"' && field.Length == 0 && !closed) quoted = true;
            else if (next == '"' || closed) fault ??= "A quote stands inside a field; quote the whole field and double the quote.";
            else field.Append((char)next);
        }
    }

    // CR LF is one break, and so is each alone.
    private int Next()
    {
        var next = text.Read();
        if (next == '\n' || (next == '\r' && text.Peek() != '\n')) breaks++;
        return next;
    }

    private void SkipLine()
    {
        while (text.Peek() is not (-1 or '\r' or '\n')) text.Read();
        SkipBreak();
    }

    private void SkipBreak()
    {
        if (text.Peek() == '\r') Next();
        if (text.Peek() == '\n') Next();
    }
}
