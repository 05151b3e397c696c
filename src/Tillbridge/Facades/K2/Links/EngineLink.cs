using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Facades.K2.Links;

/// <summary>The engine in this process.</summary>
internal sealed class EngineLink(ITerminals engine, K2Hosting hosting) : IK2Link
{
    private const string Who = "k2";

    public string HolderOf(K2Caller caller) => hosting.Route(caller).Terminal ?? $"{caller.Workstation}\n{caller.User}";

    public async Task<K2Started> Start(K2Order order, CancellationToken shutdown)
    {
        var (terminal, why) = order.Terminal is { } named ? (named, null) : hosting.Route(order.Caller);
        if (terminal is null) return new(null, new(K2RefusalKind.NoRoute, why ?? "No routing rule names this caller."));
        var handed = new Order(terminal, order.Request)
        {
            Key = order.Key, Metadata = new Dictionary<string, string> { [K2Order.Mark] = order.Client },
        };
        Submission submission;
        try
        {
            submission = await engine.Submit(handed, shutdown);
        }
        catch (Exception lost) when (Refusal.IsJournals(lost))
        {
            return new(null, new(K2RefusalKind.Uncertain, lost.Message));
        }

        return submission.Session is { } session ? new(session.Id.Value, null) : new(null, Read(submission.Refusal!));
    }

    // An engine finds its orders by their key only.
    public Task<K2Started> Look(K2Order order, CancellationToken shutdown) => Task.FromResult(new K2Started(null, null));

    public async Task<K2Result?> Await(string session, TimeSpan limit, CancellationToken stop)
    {
        try
        {
            return await engine.WaitForEnd(new SessionId(session), limit, stop) is { } found ? K2Result.Of(found) : null;
        }
        catch (Exception unreadable) when (Refusal.IsJournals(unreadable))
        {
            return null;
        }
    }

    public Task Abort(string session, CancellationToken shutdown) => Ask(engine.Abort(new SessionId(session), Who, shutdown));

    public Task Displace(string session, CancellationToken shutdown) => Ask(engine.Displace(new SessionId(session), Who, shutdown));

    public Task<IReadOnlyList<K2Frame>> Frames(string session, CancellationToken shutdown) =>
        hosting.Frames(new SessionId(session), shutdown);

    public ValueTask DisposeAsync() => hosting.DisposeAsync();

    private static async Task Ask(Task<Refusal?> asked)
    {
        try
        {
            await asked;
        }
        catch (Exception unreadable) when (Refusal.IsJournals(unreadable))
        {
            // A request only; what became of the session is asked anyway.
        }
    }

    private static K2Refusal Read(Refusal refusal)
    {
        var kind = refusal.Code switch
        {
            RefusalCode.TerminalBusy or RefusalCode.TooMany => K2RefusalKind.Busy,
            RefusalCode.UnresolvedSession => K2RefusalKind.Unresolved,
            RefusalCode.NotTheLastBooking => K2RefusalKind.NotTheLast,
            RefusalCode.UnsupportedByTerminal => refusal.Field == "currency" ? K2RefusalKind.Currency : K2RefusalKind.Unsupported,
            RefusalCode.NotFound => K2RefusalKind.NoRoute,
            RefusalCode.JournalFull => K2RefusalKind.JournalFull,
            RefusalCode.InvalidRequest when refusal is { Field: "reference", Session: not null } => K2RefusalKind.SymbolUsed,
            _ => K2RefusalKind.Invalid,
        };
        return new(kind, refusal.Text, refusal.Session?.Value);
    }
}
