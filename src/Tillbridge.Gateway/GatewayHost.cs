using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Feeds;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Server;
using Tillbridge.Gateway.Security;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Telemetry;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway;

/// <summary>
/// The server: journal, engine and API in one process. Stopping it decides nothing about open sessions; they stand in
/// the journal and are recovered at the next start.
/// </summary>
public sealed class GatewayHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly CancellationTokenSource shutdown = new();
    private readonly ILoggerFactory logs;
    private readonly ILogger logger;
    private readonly TimeProvider clock;
    private SqliteJournal? journal;
    private LocalTerminals? engine;
    private WebApplication? server;
    private CallbackServer? callbacks;
    private string? place;
    private bool isDisposed;

    private GatewayHost(ILoggerFactory logs, TimeProvider clock) =>
        (this.logs, this.clock, logger) = (logs, clock, logs.CreateLogger("Tillbridge.Gateway"));

    /// <summary>Where it listens, with the port that was taken when the settings said 0.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>Where the ZVT callback face listens; null when it is not configured.</summary>
    public Uri? CallbackAddress { get; private set; }

    /// <summary>The engine, for who runs in the same process.</summary>
    public ITerminals Terminals => engine!;

    /// <summary>The journal; stays this host's.</summary>
    internal SqliteJournal Journal => journal!;

    /// <summary>Starts a gateway.</summary>
    /// <exception cref="JournalException">The journal cannot be opened; the message names cause and cure.</exception>
    /// <exception cref="ArgumentException">A terminal's settings are wrong; the message names it.</exception>
    /// <exception cref="IOException">The address cannot be listened on, or the data directory cannot be used.</exception>
    public static async Task<GatewayHost> Start(GatewaySettings settings, GatewayParts parts)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(parts);
        // Before the first log would make a directory where a disk is not mounted.
        settings.Witness?.RequirePresence();
        var host = new GatewayHost(Composition.MakeLogs(settings, parts), parts.Clock);
        try
        {
            await host.Open(settings, parts);
            return host;
        }
        catch
        {
            // A start that fails half-way leaves neither the data directory nor the port taken.
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the process is asked to end (Ctrl+C, SIGTERM) or <paramref name="stop"/> is.</summary>
    public Task WaitForStop(CancellationToken stop) => server!.WaitForShutdownAsync(stop);

    /// <summary>
    /// True when the journal's writer, its reader and the engine answer a trivial question within <paramref name="limit"/> each. False
    /// means that the process hangs, or that the writer is dead, and only a new start helps; a journal that says that it cannot write
    /// has answered.
    /// </summary>
    public async Task<bool> Answers(TimeSpan limit)
    {
        var asked = JournalAnswers();
        var answered = await Task.WhenAny(asked, Task.Delay(limit, clock, shutdown.Token)) == asked && await asked;
        var silent = await engine!.Silent(limit, shutdown.Token);
        if (shutdown.IsCancellationRequested || (answered && silent.Count == 0)) return true;
        Log.DoesNotAnswer(logger, limit.TotalSeconds, string.Join(", ", answered ? silent : ["journal", .. silent]));
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (isDisposed) return;
        isDisposed = true;
        // A start that failed begins no log of its own: one that is tried again and again would push out those that tell why.
        if (server is not null) Log.Stopping(logger);
        if (place is not null) GatewayPlace.Forget(place);
        // First callers, then terminals, last the journal: nobody is told what is not written.
        if (server is not null) await server.StopAsync(CancellationToken.None);
        if (callbacks is not null) await callbacks.DisposeAsync();
        await shutdown.CancelAsync();
        for (var index = owned.Count - 1; index >= 0; index--) await owned[index].DisposeAsync();
        shutdown.Dispose();
        logs.Dispose();
    }

    private async Task Open(GatewaySettings settings, GatewayParts parts)
    {
        var terminalsFile = TerminalsFile.Of(settings);
        var reader = new SettingsReader(parts.Protocols, parts.Clock, settings.Directory);
        var entries = terminalsFile.Merge(settings.Terminals, reader);
        if (reader.Faults.Count > 0) throw new ArgumentException(string.Join(Environment.NewLine, reader.Faults));

        journal = await settings.OpenJournal(parts.Clock, logs, shutdown.Token);
        owned.Add(journal);
        if (settings.ZvtCallback is not null) await Callbacks.NoteOpen(journal, parts.Clock, shutdown.Token);
        engine = await LocalTerminals.Start(
            journal, parts.Protocols, address => ProtocolCatalog.Transport(address, parts.Clock), entries.Select(entry => entry.Settings),
            parts.Clock, parts.Ids, logs, shutdown.Token);
        owned.Add(engine);
        var roster = new TerminalRoster(entries, terminalsFile, settings.Limits.Terminals, engine.Put, engine.Remove);
        await Serve(settings, parts, journal, roster);
        if (settings.ZvtCallback is not null) await ServeCallbacks(settings, parts, journal, roster);
        place = settings.Data;
        GatewayPlace.Tell(place, Address);
        Log.Listening(logger, Address.ToString(), settings.Data, entries.Count);
        await OpenUnknowns.Tell(journal, logger, shutdown.Token);
    }

    private async Task ServeCallbacks(GatewaySettings settings, GatewayParts parts, SqliteJournal kept, TerminalRoster roster)
    {
        var face = new CallbackParts(
            engine!, kept, () => roster.Names, name => roster.Find(name)?.Settings, parts.Protocols, parts.Clock, parts.Ids, logger);
        callbacks = await CallbackServer.Start(settings, face, logs, [Address.Port], shutdown.Token);
        CallbackAddress = callbacks.Address;
        Log.CallbackListening(logger, callbacks.Address.ToString());
    }

    // The writer is asked, and then for a session that nobody has: what matters is that an answer comes.
    private async Task<bool> JournalAnswers()
    {
        try
        {
            await journal!.Prove(shutdown.Token);
            await journal.Find(new(new string('0', Domain.SessionId.Length)), shutdown.Token);
            return true;
        }
        catch (Exception answered) when (answered is JournalException or OperationCanceledException)
        {
            // It has spoken, or we are going down; neither hangs. But who is dead will write for nobody.
            return answered is not JournalException { Fault: JournalFault.Closed };
        }
    }

    private async Task Serve(GatewaySettings settings, GatewayParts parts, SqliteJournal kept, TerminalRoster roster)
    {
        var doorway = Doorway.Of(settings.Limits);
        owned.Add(new TerminalGauges(Terminals));
        var web = Composition.MakeServer(settings, doorway, logs);
        owned.Add(web);
        var stopping = web.Lifetime.ApplicationStopping;
        var metrics = new Metrics(kept.LastSequence);
        var gate = new Gate(settings, metrics, logger, new(logger, parts.Clock));
        owned.Add(gate);
        var watch = JournalWatch.Begin(kept, parts.Clock, logger);
        owned.Add(watch);
        owned.Add(JournalUpkeep.Begin(kept, settings.FramesAreKept, parts.Clock, logger));
        var feed = RecordFeed.Begin(kept, parts.Clock, logger);
        owned.Add(feed);
        var api = new ApiParts(Terminals, kept, roster, settings, parts, stopping)
        {
            JournalHealth = () => watch.Health, Doorway = doorway, Feed = feed,
        };
        Composition.MapRoutes(web, api, metrics, gate);
        await web.StartAsync(shutdown.Token);
        server = web;
        var bound = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new(bound);
    }
}
