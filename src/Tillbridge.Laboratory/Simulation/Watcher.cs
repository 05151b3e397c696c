using System.Text;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>
/// Follows the events as a console does: it reads records after a number, waits, hangs up, is slow, comes back where it was. It
/// must see every record once, in order, under the same number, over all lives of the host.
/// </summary>
internal sealed class Watcher(World world, Trial trial, SimProcess process)
{
    private const int Page = 200;

    private static readonly TimeSpan Absence = TimeSpan.FromMinutes(7);

    private bool isAway;
    private long last;
    private string lastHash = "";

    /// <summary>How many events it has seen.</summary>
    public long Seen { get; private set; }

    /// <summary>It hangs up, and comes back minutes later to where it was.</summary>
    public void Leave() => isAway = true;

    public async Task Run()
    {
        while (!trial.IsOver)
        {
            if (isAway) await Task.Delay(Absence, process.Clock);
            isAway = false;
            var pause = world.Chance.OneIn(8) ? TimeSpan.FromSeconds(90) : TimeSpan.FromSeconds(3);
            await Task.Delay(pause, process.Clock);
            await Read();
        }
    }

    public async Task Read()
    {
        // One record back, so that a record which came to stand under another number is seen.
        var from = Math.Max(0, last - 1);
        if (await trial.Records(from, Page) is not { } records) return;
        var before = last;
        foreach (var record in records)
        {
            // Frames come under the number of the record behind them.
            if (trial.LeaksCards && record.Sequence > before) Judge.Secrets(trial.Ledger, $"event {record.Sequence}", Told(record));
            if (record.Sequence == last && last > 0 && record.Hash != lastHash)
                trial.Ledger.Break($"I11 event {last} is another one than before");
            if (record.Sequence <= last) continue;
            if (record.Sequence != last + 1) trial.Ledger.Break($"I11 event {record.Sequence} followed on {last}");
            (last, lastHash) = (record.Sequence, record.Hash);
            Seen++;
        }
    }

    // A frame's bytes are looked through as digits, as letters and as the text that is made of them.
    private static string Told(JournalRecord record)
    {
        if (record.Kind is not RecordKind.Frame) return record.Body;
        using var body = JsonDocument.Parse(record.Body);
        var bytes = body.RootElement.TryGetProperty("bytes", out var kept) ? Convert.FromHexString(kept.GetString()!) : [];
        return $"{record.Body}\n{Encoding.Latin1.GetString(bytes)}\n{FrameText.BodyOf(record, ProtocolCatalog.ByName)}";
    }
}
