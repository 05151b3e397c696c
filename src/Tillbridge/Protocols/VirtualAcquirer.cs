using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tillbridge.Protocols;

/// <summary>One booking of the virtual bank.</summary>
/// <param name="Utc">When.</param>
/// <param name="Terminal">Name of the virtual terminal.</param>
/// <param name="Kind">sale, refund, preAuthorization, capture, reversal …</param>
/// <param name="MinorUnits">Amount in minor units.</param>
/// <param name="Currency">Alphabetic code.</param>
/// <param name="Reference">The ECR's reference, if the protocol carried one.</param>
/// <param name="Receipt">Receipt number; for a reversal that of what it reverses.</param>
/// <param name="Rrn">Retrieval reference number.</param>
/// <param name="State"><c>booked</c> or <c>reversed</c>.</param>
public sealed record BooksLine(
    DateTimeOffset Utc, string Terminal, string Kind, [property: JsonRequired] long MinorUnits, string Currency, string? Reference,
    string Receipt, string? Rrn, string State);

/// <summary>What a virtual terminal keeps over a restart.</summary>
internal sealed record AcquirerMemory
{
    public IReadOnlyList<BooksLine> Lines { get; init; } = [];

    public IReadOnlyDictionary<string, string> Notes { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="IOException">The text is damaged; the message names cause and cure.</exception>
    public static AcquirerMemory Read(string json)
    {
        try
        {
            if (JsonSerializer.Deserialize(json, ScriptJson.Default.AcquirerMemory) is not { Lines: not null, Notes: not null } memory)
                throw new JsonException("lines or notes are null");
            return memory.Lines.All(IsWhole) ? memory : throw new JsonException("a line of the books lacks a part");
        }
        catch (JsonException damaged)
        {
            throw new IOException(
                $"The virtual terminal's memory is damaged ({damaged.Message}). Delete its data directory to begin with empty books.",
                damaged);
        }
    }

    public string Write() => JsonSerializer.Serialize(this, ScriptJson.Default.AcquirerMemory);

    private static bool IsWhole(BooksLine? line) =>
        line is { Terminal: not null, Kind: not null, Currency: not null, Receipt: not null, State: not null } && line.Utc != default;
}

/// <summary>
/// The virtual bank: books that only grow. A reversal is a row of its own. The check after every test is that these
/// books and the ECR's journal agree.
/// </summary>
public sealed class VirtualAcquirer
{
    /// <summary>The note under which a protocol keeps the terminal's last result.</summary>
    internal const string LastResult = "last-result";

    private const string Booked = "booked";

    private readonly Lock gate = new();
    private readonly List<BooksLine> lines = [];
    private readonly Dictionary<string, string> notes = new(StringComparer.Ordinal);
    private readonly string name;
    private readonly string? booksFile;
    private readonly string? memoryFile;
    private readonly TimeProvider clock;

    /// <summary>Opens the books, with what an earlier run left in the data directory.</summary>
    /// <exception cref="IOException">The directory or a file cannot be used.</exception>
    public VirtualAcquirer(VirtualTerminalSettings settings, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(settings);
        this.clock = clock;
        name = settings.Name;
        booksFile = settings.BooksFile;
        if (settings.DataDirectory is null) return;

        PrivateFile.MakeDirectory(settings.DataDirectory);
        memoryFile = Path.Combine(settings.DataDirectory, "virtual-terminal.json");
        if (!File.Exists(memoryFile)) return;
        var memory = AcquirerMemory.Read(File.ReadAllText(memoryFile));
        lines.AddRange(memory.Lines);
        foreach (var (key, value) in memory.Notes) notes[key] = value;
        AppendWhatWasCutOff();
    }

    /// <summary>Everything that was booked, in order.</summary>
    public IReadOnlyList<BooksLine> Lines
    {
        get { lock (gate) return [.. lines]; }
    }

    /// <summary>How many lines the books have.</summary>
    internal int Count
    {
        get { lock (gate) return lines.Count; }
    }

    /// <summary>One line of the books, the first being 0.</summary>
    internal BooksLine Line(int index)
    {
        lock (gate) return lines[index];
    }

    /// <summary>What stands booked and not reversed, refunds negative, in minor units.</summary>
    public long Net
    {
        get
        {
            lock (gate)
            {
                // A reversal takes back the newest booking under its receipt; a number may come again after it wrapped.
                var (net, standing) = (0L, new Dictionary<string, long>(StringComparer.Ordinal));
                foreach (var line in lines)
                {
                    var booked = line.State == Booked;
                    net += booked ? SignedAmount(line) : -standing.GetValueOrDefault(line.Receipt);
                    standing[line.Receipt] = booked ? SignedAmount(line) : 0;
                }

                return net;
            }
        }
    }

    /// <summary>The amount with the sign it has in totals: refunds and releases negative, reservations 0.</summary>
    public static long SignedAmount(BooksLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Kind switch { "refund" => -line.MinorUnits, "preAuthorization" => 0, _ => line.MinorUnits };
    }

    /// <summary>Books an amount.</summary>
    public BooksLine Book(string kind, long minorUnits, string currency, string? reference, string receipt, string? rrn)
    {
        var line = new BooksLine(clock.GetUtcNow(), name, kind, minorUnits, currency, reference, receipt, rrn, Booked);
        lock (gate) Append_NeedsLock(line);
        return line;
    }

    /// <summary>Takes a booking back; false when there is none under that receipt or it was taken back before.</summary>
    public bool Reverse(string receipt)
    {
        lock (gate)
        {
            var line = lines.LastOrDefault(candidate => candidate.Receipt == receipt && candidate.State == Booked);
            if (line is null || IsReversed_NeedsLock(receipt)) return false;
            Append_NeedsLock(line with { Utc = clock.GetUtcNow(), Kind = "reversal", State = "reversed" });
            return true;
        }
    }

    /// <summary>The newest booking under a receipt number that still stands.</summary>
    public BooksLine? Standing(string receipt)
    {
        lock (gate)
        {
            return IsReversed_NeedsLock(receipt) ? null
                : lines.LastOrDefault(candidate => candidate.Receipt == receipt && candidate.State == Booked);
        }
    }

    /// <summary>A protocol's own memory: counters, last result, open reservations.</summary>
    public string? Recall(string key)
    {
        lock (gate) return notes.GetValueOrDefault(key);
    }

    /// <summary>Keeps a protocol's own memory; null forgets it.</summary>
    public void Keep(string key, string? value)
    {
        lock (gate)
        {
            if (value is null) notes.Remove(key);
            else notes[key] = value;
            Save_NeedsLock();
        }
    }

    /// <summary>The terminal loses what it would repeat as its last result; the books stay.</summary>
    internal void ForgetLast() => Keep(LastResult, null);

    /// <summary>The next number of a counter that begins at 1 and wraps after <paramref name="last"/>.</summary>
    public int Next(string counter, int last)
    {
        lock (gate)
        {
            var number = (int.Parse(notes.GetValueOrDefault(counter, "0"), CultureInfo.InvariantCulture) % last) + 1;
            notes[counter] = number.ToString(CultureInfo.InvariantCulture);
            Save_NeedsLock();
            return number;
        }
    }

    // A receipt number may come again after the counter wrapped: only what follows the newest booking counts.
    private bool IsReversed_NeedsLock(string receipt) =>
        lines.LastOrDefault(line => line.Receipt == receipt) is { State: not Booked };

    // The memory is saved before the books are written: a process killed in between left its last line in the memory only.
    private void AppendWhatWasCutOff()
    {
        if (booksFile is null || lines.Count == 0 || !File.Exists(booksFile)) return;
        var last = JsonSerializer.Serialize(lines[^1], BooksJson.Default.BooksLine);
        var written = File.ReadLines(booksFile).LastOrDefault();
        if (written is not null && written != last) WriteBooks(lines[^1]);
    }

    private void Append_NeedsLock(BooksLine line)
    {
        lines.Add(line);
        Save_NeedsLock();
        if (booksFile is not null) WriteBooks(line);
    }

    private void WriteBooks(BooksLine line)
    {
        using var file = PrivateFile.Open(booksFile!, FileMode.Append, FileShare.ReadWrite);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, BooksJson.Default.BooksLine) + "\n"));
    }

    private void Save_NeedsLock()
    {
        if (memoryFile is null) return;
        var memory = new AcquirerMemory { Lines = [.. lines], Notes = new Dictionary<string, string>(notes) };
        var fresh = memoryFile + ".new";
        PrivateFile.Write(fresh, memory.Write());
        File.Move(fresh, memoryFile, overwrite: true);
    }
}
