using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Feeds;
using Tillbridge.Gateway.Security;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>What the routes work with.</summary>
/// <param name="Terminals">The engine.</param>
/// <param name="Journal">The journal; the one source of events and lists.</param>
/// <param name="Roster">The configured terminals.</param>
/// <param name="Settings">The configuration.</param>
/// <param name="Parts">Protocols, clock and virtual terminals.</param>
/// <param name="Stopping">The gateway is going down; ends waiting, decides no outcome.</param>
internal sealed record ApiParts(
    ITerminals Terminals, IJournal Journal, TerminalRoster Roster, GatewaySettings Settings, GatewayParts Parts,
    CancellationToken Stopping)
{
    /// <summary>How the journal is at this moment.</summary>
    public Func<JournalHealth> JournalHealth { get; init; } = () => new(TakesSessions: true, []);

    /// <summary>The connections.</summary>
    public Doorway Doorway { get; init; } = Doorway.Of(Settings.Limits);

    /// <summary>The requests that stay.</summary>
    public HeldRequests Held { get; } = new(Settings.Limits);

    /// <summary>New records of the journal.</summary>
    public required RecordFeed Feed { get; init; }

    /// <summary>
    /// The session at its end or with its question, or as it stands when the time is up or the gateway stops. The session runs on
    /// either way.
    /// </summary>
    public async Task<Session?> Await(SessionId id, int seconds, CancellationToken gone)
    {
        using var watch = Feed.Watch(id);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), Parts.Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone, Stopping, patience.Token);
        while (true)
        {
            var seen = watch.Times;
            var session = await Terminals.Find(id, gone);
            if (session is null or { Phase: SessionPhase.Closed or SessionPhase.AwaitingConfirmation } || stop.IsCancellationRequested)
                return session;
            try
            {
                await watch.Beyond(seen, stop.Token);
            }
            catch (OperationCanceledException) when (!gone.IsCancellationRequested)
            {
                // The patience ended, not the session.
            }
        }
    }
}
