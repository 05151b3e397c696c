using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.K2;

/// <summary>The journal and the engine behind client objects of the same process.</summary>
internal sealed class K2Engine : IAsyncDisposable
{
    private const int MostFrames = 1000;

    private readonly CancellationTokenSource shutdown;
    private readonly SqliteJournal journal;
    private readonly LocalTerminals terminals;
    private readonly ILoggerFactory logs;

    private K2Engine(
        GatewaySettings settings, IReadOnlyList<string> names, SqliteJournal journal, LocalTerminals terminals, ILoggerFactory logs,
        CancellationTokenSource shutdown)
    {
        (this.journal, this.terminals, this.logs, this.shutdown) = (journal, terminals, logs, shutdown);
        Hosting = new K2Hosting(
            caller =>
            {
                var (terminal, fault) = settings.Routing.Choose(null, caller.Workstation, caller.User, names);
                return (terminal, fault?.Text);
            },
            Frames,
            this);
    }

    public ITerminals Terminals => terminals;

    public K2Hosting Hosting { get; }

    public static async Task<K2Engine> Start(GatewaySettings settings, ILoggerFactory logs, TimeProvider clock)
    {
        var shutdown = new CancellationTokenSource();
        SqliteJournal? journal = null;
        try
        {
            var reader = new SettingsReader(ProtocolCatalog.ByName, clock, settings.Directory);
            var entries = TerminalsFile.Of(settings).Merge(settings.Terminals, reader);
            if (reader.Faults.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, reader.Faults));
            journal = await settings.OpenJournal(clock, logs, shutdown.Token);
            var terminals = await LocalTerminals.Start(
                journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, clock),
                entries.Select(entry => entry.Settings), clock, IdSource.Of(clock), logs, shutdown.Token);
            return new K2Engine(settings, [.. entries.Select(entry => entry.Name)], journal, terminals, logs, shutdown);
        }
        catch
        {
            if (journal is not null) await journal.DisposeAsync();
            logs.Dispose();
            shutdown.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await shutdown.CancelAsync();
        await terminals.DisposeAsync();
        await journal.DisposeAsync();
        logs.Dispose();
        shutdown.Dispose();
    }

    private async Task<IReadOnlyList<K2Frame>> Frames(SessionId session, CancellationToken stop)
    {
        try
        {
            var records = await journal.RecordsAfter(0, session, MostFrames, withFrames: true, stop);
            return [.. records
                .Where(record => record.Kind is RecordKind.Frame)
                .Select(record => K2FrameText.Read(record.At, JsonElement.Parse(FrameText.BodyOf(record, ProtocolCatalog.ByName))))];
        }
        catch (Exception unreadable) when (unreadable is JournalException or JsonException or ObjectDisposedException)
        {
            return []; // The log goes without; the session's end is told all the same.
        }
    }
}
