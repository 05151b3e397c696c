using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Domain.Keys;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions.Books;
using Tillbridge.Sessions.Waiting;
using Tillbridge.Transports;

namespace Tillbridge.Sessions;

/// <summary>The engine in this process: one owner loop per terminal, one journal.</summary>
public sealed class LocalTerminals : ITerminals, IAsyncDisposable
{
    /// <summary>Longest idempotency key in characters.</summary>
    public const int MostKeyCharacters = OrderKey.MostCharacters;

    private const int MostTries = 10;
    private static readonly TimeSpan ResolvePatience = TimeSpan.FromSeconds(20); // A reminder asks for ten.

    private readonly ConcurrentDictionary<string, TerminalLoop> loops = new(StringComparer.Ordinal);

    // Whose a device is, so that the start of very many terminals does not look through all of them for each.
    private readonly Dictionary<string, string> owners = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, IProtocol> protocols;
    private readonly Func<TerminalAddress, ITransport> transports;
    private readonly IJournal journal;
    private readonly Originals originals;
    private readonly BookingReferences references;
    private readonly OrphanSessions orphans;
    private readonly SessionWaits waits;
    private readonly TimeProvider clock;
    private readonly IdSource ids;
    private readonly ILoggerFactory logs;
    private readonly CancellationToken shutdown;

    // Two changes of one name at once would leave an owner behind that nobody knows.
    private readonly SemaphoreSlim changing = new(1);
    private readonly Signal changed = new();

    private LocalTerminals(
        IJournal journal, IReadOnlyDictionary<string, IProtocol> protocols, Func<TerminalAddress, ITransport> transports,
        TimeProvider clock, IdSource ids, ILoggerFactory logs, CancellationToken shutdown)
    {
        (this.journal, this.protocols, this.transports) = (journal, protocols, transports);
        (this.clock, this.ids, this.logs, this.shutdown) = (clock, ids, logs, shutdown);
        originals = new Originals(journal, shutdown);
        references = new BookingReferences(journal, shutdown);
        orphans = new OrphanSessions(journal, clock);
        waits = new SessionWaits(journal, clock);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TerminalState> States =>
        [.. loops.Values.Select(loop => loop.State).OrderBy(state => state.Name, StringComparer.Ordinal)];

    /// <summary>The terminals whose owner answers nothing within <paramref name="limit"/>: it hangs, only a new start helps.</summary>
    public Task<IReadOnlyList<string>> Silent(TimeSpan limit, CancellationToken stop) => Pulse.Missing(loops.Values, limit, clock, stop);

    /// <summary>Starts the engine. Open sessions of these terminals are recovered before new work is taken.</summary>
    /// <param name="journal">The journal; stays the caller's.</param>
    /// <param name="protocols">Protocols by name.</param>
    /// <param name="transports">Makes the way to an address.</param>
    /// <param name="terminals">The terminals.</param>
    /// <param name="clock">Time.</param>
    /// <param name="ids">Ids.</param>
    /// <param name="logs">Loggers.</param>
    /// <param name="shutdown">Ends the work; decides no outcome.</param>
    /// <exception cref="ArgumentException">A terminal's protocol or settings are wrong; the message names it.</exception>
    /// <exception cref="JournalException">The journal cannot be read or written.</exception>
    public static async Task<LocalTerminals> Start(
        IJournal journal, IReadOnlyDictionary<string, IProtocol> protocols, Func<TerminalAddress, ITransport> transports,
        IEnumerable<TerminalSettings> terminals, TimeProvider clock, IdSource ids, ILoggerFactory logs, CancellationToken shutdown)
    {
        var engine = new LocalTerminals(journal, protocols, transports, clock, ids, logs, shutdown);
        foreach (var settings in terminals) await engine.Put(settings);
        return engine;
    }

    /// <summary>Adds a terminal, or replaces one that is idle.</summary>
    /// <returns>Null, or why it cannot be replaced now.</returns>
    /// <exception cref="ArgumentException">Its protocol or settings are wrong.</exception>
    public async Task<Refusal?> Put(TerminalSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await changing.WaitAsync(shutdown);
        try
        {
            return await Put_NeedsLock(settings);
        }
        finally
        {
            changing.Release();
            changed.Raise();
        }
    }

    private async Task<Refusal?> Put_NeedsLock(TerminalSettings settings)
    {
        if (!protocols.TryGetValue(settings.Address.Protocol, out var protocol))
        {
            throw new ArgumentException(
                $"Terminal {settings.Name}: there is no protocol '{settings.Address.Protocol}'; "
                + $"known are {string.Join(", ", protocols.Keys.Order())}.");
        }

        var place = settings.Address.Place;
        if (owners.TryGetValue(place, out var twin) && twin != settings.Name)
        {
            throw new ArgumentException(
                $"Terminal {settings.Name}: {place} is terminal {twin} already; one device has one owner.");
        }

        var logger = logs.CreateLogger("Tillbridge.Terminal");
        var fresh = new TerminalLoop(settings, protocol, transports(settings.Address), journal, clock, logger, shutdown);
        try
        {
            await journal.Unsettled(settings.Name, shutdown); // A journal that cannot be read must not cost us the old one.
            // The old one stays in its place until the new one takes it, so that nobody is told that there is no such terminal.
            if (loops.TryGetValue(settings.Name, out var old) && await End(old) is { } busy)
            {
                await fresh.DisposeAsync();
                return busy;
            }

            await fresh.Start();
        }
        catch (Exception)
        {
            await fresh.DisposeAsync();
            if (loops.TryGetValue(settings.Name, out var left) && left.IsGone) Drop_NeedsLock(settings.Name);
            throw;
        }

        if (loops.TryGetValue(settings.Name, out var gone)) owners.Remove(gone.Settings.Address.Place);
        owners[place] = settings.Name;
        loops[settings.Name] = fresh;
        return null;
    }

    private void Drop_NeedsLock(string name)
    {
        if (loops.TryRemove(name, out var gone)) owners.Remove(gone.Settings.Address.Place);
    }

    /// <summary>Takes a terminal away, unless it has an open session. Its journal stays.</summary>
    public async Task<Refusal?> Remove(string name)
    {
        await changing.WaitAsync(shutdown);
        try
        {
            return await Remove_NeedsLock(name);
        }
        finally
        {
            changing.Release();
            changed.Raise();
        }
    }

    private async Task<Refusal?> Remove_NeedsLock(string name)
    {
        if (!loops.TryGetValue(name, out var loop)) return Refusal.NoTerminal(name);
        if (await End(loop) is { } busy) return busy;
        Drop_NeedsLock(name);
        return null;
    }

    private static async Task<Refusal?> End(TerminalLoop loop)
    {
        // Decided inside the loop, so that no order slips in between.
        var answer = await loop.Ask(() => Task.FromResult(new Answer(loop.CloseIfIdle())));
        if (answer is null) return Refusal.TooMany(loop.Settings.Name);
        if (answer.Refusal is not null) return answer.Refusal;
        await loop.DisposeAsync();
        return null;
    }

    /// <summary>The settings of a terminal; null when there is none of that name.</summary>
    public TerminalSettings? Settings(string name) => loops.TryGetValue(name, out var loop) ? loop.Settings : null;

    /// <summary>What a terminal can do; null when there is none of that name.</summary>
    public Capabilities? Capabilities(string name) => loops.TryGetValue(name, out var loop) ? loop.Driver.Capabilities : null;

    /// <inheritdoc/>
    public async Task<Submission> Submit(Order order, CancellationToken shutdown)
    {
        ArgumentNullException.ThrowIfNull(order);
        var answer = await Decide(order, shutdown);
        if (answer.Refusal is { } refusal) SessionTrail.Refused(refusal);
        return answer;
    }

    private async Task<Submission> Decide(Order order, CancellationToken shutdown)
    {
        try
        {
            // A known key is answered from the journal, however terminals and rules have changed since.
            if (await KnownUnder(order.Key) is { } known) return OrderRules.Replay(known, Fingerprint.Of(order));
            for (var tries = 0; ; tries++)
            {
                // Asked for each time: it may be replaced while we wait.
                var before = changed.Times;
                if (!loops.TryGetValue(order.Terminal, out var loop)) return Refuse(Refusal.NoTerminal(order.Terminal));
                if (OrderRules.Check(order, loop.Driver.Capabilities, loop.Settings) is { } wrong) return Refuse(wrong);
                var answer = await Ask(loop, order);
                if (answer.Refusal is not { Code: RefusalCode.TerminalBusy } || tries >= MostTries) return answer;
                // Its session has ended: once the line is let go, or already was, the order is taken.
                var seen = loop.Settled.Times;
                if (loop.IsGone || answer.Refusal.Session is null) await changed.Beyond(before, shutdown);
                else if (loop.IsSettling) await loop.Settled.Beyond(seen, shutdown);
                else if (loop.State.Current is not null) return answer;
            }
        }
        catch (JournalException failure)
        {
            return Refuse(new(
                RefusalCode.JournalFull,
                "This order sent nothing; an earlier one under the same key may have, so keep the key for the next try. "
                + failure.Message));
        }
    }

    // What is decided within an owner that is being taken away is decided by the next one; nothing was accepted there.
    private async Task<Submission> Ask(TerminalLoop loop, Order order)
    {
        var caller = Instruments.Caller;
        try
        {
            return await loop.Ask(() => Take(loop, order, caller))
                ?? Refuse(Refusal.TooMany(order.Terminal));
        }
        catch (OperationCanceledException) when (loop.IsGone && !shutdown.IsCancellationRequested)
        {
            return Refuse(Refusal.Busy(order.Terminal, null));
        }
    }

    /// <inheritdoc/>
    public async Task<Refusal?> Release(SessionId id, HeldBack? because, CancellationToken shutdown)
    {
        if (await journal.Find(id, shutdown) is not { } session) return new(RefusalCode.NotFound, $"There is no session {id}.");
        if (!loops.TryGetValue(session.Terminal, out var loop)) return Refusal.NoTerminal(session.Terminal);
        // A word that does not fit into the inbox is none; the session's own time ends it.
        try
        {
            var answer = await loop.Ask(() => Task.FromResult(new Answer(loop.Release(id, because))));
            return answer is null ? Refusal.TooMany(session.Terminal) : answer.Refusal;
        }
        catch (OperationCanceledException) when (loop.IsGone && !this.shutdown.IsCancellationRequested)
        {
            return Refusal.Busy(session.Terminal, null);
        }
    }

    /// <inheritdoc/>
    public Task<Refusal?> Abort(SessionId id, string by, CancellationToken shutdown) =>
        Act(id, new AbortAsked(TerminalWords.Text(by)), shutdown);

    /// <inheritdoc/>
    public Task<Refusal?> Displace(SessionId id, string by, CancellationToken shutdown) =>
        Act(id, new Displaced(TerminalWords.Text(by)), shutdown);

    /// <inheritdoc/>
    public Task<Refusal?> Confirm(SessionId id, bool commit, string by, CancellationToken shutdown) =>
        Act(id, new ConfirmationGiven(commit, TerminalWords.Text(by)), shutdown);

    /// <inheritdoc/>
    public async Task<Refusal?> Resolve(SessionId id, Outcome outcome, string by, string note, CancellationToken shutdown) =>
        ActionRules.Fault(outcome, by, note) ?? await Act(id, new PersonResolved(outcome, by, note), shutdown);

    /// <inheritdoc/>
    public Task<Session?> Find(SessionId id, CancellationToken shutdown) => journal.Find(id, shutdown);

    /// <inheritdoc/>
    public Task<Session?> WaitForEnd(SessionId id, TimeSpan limit, CancellationToken stop) =>
        waits.Until(id, phase => phase is SessionPhase.Closed, limit, stop);

    /// <inheritdoc/>
    public Task<Session?> WaitForEndOrQuestion(SessionId id, TimeSpan limit, CancellationToken stop) =>
        waits.Until(id, phase => phase is SessionPhase.Closed or SessionPhase.AwaitingConfirmation, limit, stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var loop in loops.Values) await loop.DisposeAsync();
        loops.Clear();
        changed.Raise();
    }

    // Runs inside the terminal's loop.
    private async Task<Submission> Take(TerminalLoop loop, Order order, ActivityContext? caller)
    {
        var fingerprint = Fingerprint.Of(order);
        // Asked again inside the loop: another order with this key may have come first.
        if (await KnownUnder(order.Key) is { } known) return OrderRules.Replay(known, fingerprint);
        if (loop.RefuseNow(order.Request) is { } refusal) return Refuse(refusal);
        var (request, wrong) = await originals.Fill(order);
        if (wrong is not null) return Refuse(wrong);
        if (loop.Driver.Fault(request) is var (field, text)) return Refuse(new(RefusalCode.InvalidRequest, text, field));
        var capabilities = loop.Driver.Capabilities;
        var standing = await references.Duplicate(order.Terminal, request, capabilities)
            ?? await references.NotTheLast(order.Terminal, request, capabilities);
        if (standing is not null) return Refuse(standing);

        var id = ids.NewSession();
        request = BookingReferences.Mint(await originals.CountIn(order.Terminal, request), id, capabilities);
        var intent = new Session(id, order.Terminal, request, clock.GetUtcNow())
        {
            Key = order.Key is { } key ? OrderKey.Normal(key) : null,
            Fingerprint = fingerprint,
            Metadata = order.Metadata,
            Face = order.Face,
        };
        var baseline = await originals.LastBooking(order.Terminal);
        Accepted accepted;
        try
        {
            accepted = await journal.Accept(intent, RecordBodies.State(intent), shutdown);
        }
        catch (JournalException)
        {
            // An intent that stands all the same, and that nobody carries out, must not stay open.
            if (await MayStand(intent.Id)) loop.Doubt(intent);
            throw;
        }

        if (accepted.Acceptance is not Acceptance.Accepted) return OrderRules.Replay(accepted.Session, fingerprint);
        Instruments.Began(id.Value, caller);
        loop.Begin(intent, baseline, order.Hold);
        return new Submission(intent, IsReplay: false, Refusal: null);
    }

    private async Task<bool> MayStand(SessionId id)
    {
        try
        {
            return await journal.Find(id, shutdown) is not null;
        }
        catch (JournalException)
        {
            return true; // Nobody can say it now.
        }
    }

    private Task<Session?> KnownUnder(string? key) => journal.FindUnder(key, known => !HasExpired(known), shutdown);

    private bool HasExpired(Session known) =>
        known is { Phase: SessionPhase.Closed, IsUnresolved: false } && clock.GetUtcNow() - known.CreatedAt > IJournal.KeyLifetime;

    private async Task<Refusal?> Act(SessionId id, SessionInput input, CancellationToken stop)
    {
        if (await journal.Find(id, stop) is not { } session) return new(RefusalCode.NotFound, $"There is no session {id}.");
        using var patience = new CancellationTokenSource(ResolvePatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            while (true)
            {
                if (!loops.TryGetValue(session.Terminal, out var loop)) return await orphans.Act(session, input, stop);
                var (seen, before) = (loop.Settled.Times, changed.Times);
                if (loop.IsGone)
                {
                    // It is being replaced; the next one decides.
                    await changed.Beyond(before, either.Token);
                    continue;
                }

                var answer = await loop.Ask(async () => new Answer(await loop.Act(id, input)));
                if (answer is null) return Refusal.TooMany(session.Terminal);
                if (input is not PersonResolved || answer.Refusal is not { Code: RefusalCode.TerminalBusy }) return answer.Refusal;
                // The terminal is being asked about it, or lets go of the line: a person's word waits for that.
                await loop.Settled.Beyond(seen, either.Token);
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested && !shutdown.IsCancellationRequested)
        {
            return Refusal.Busy(session.Terminal, null);
        }
        catch (JournalException failure)
        {
            return new(RefusalCode.JournalFull, failure.Message);
        }
    }

    private static Submission Refuse(Refusal refusal) => new(null, IsReplay: false, refusal);

    private sealed record Answer(Refusal? Refusal);
}
