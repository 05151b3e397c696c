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

    /// <summary>
    /// The session at its end, or as it stands when the time is up or the gateway stops. The session runs on either way.
    /// </summary>
    public async Task<Domain.Session?> Await(Domain.SessionId id, int seconds, CancellationToken gone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(gone, Stopping);
        try
        {
            return await Terminals.WaitForEndOrQuestion(id, TimeSpan.FromSeconds(seconds), stop.Token);
        }
        catch (OperationCanceledException) when (!gone.IsCancellationRequested)
        {
            return await Terminals.Find(id, gone);
        }
    }
}
