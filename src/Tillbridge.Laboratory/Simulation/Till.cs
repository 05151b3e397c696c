using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>
/// A till as tills are: it sends an order, loses answers, sends the same again, goes away, cancels, and believes what it is told.
/// </summary>
internal sealed class Till(World world, Trial trial, Books at, SimProcess process, IReadOnlyList<OrderPlan> orders)
{
    private const int MostTries = 60;
    private const int MostWaits = 400;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);

    private readonly List<Task> sideways = [];
    private int number;

    public bool IsDone { get; private set; }

    public async Task Run()
    {
        foreach (var plan in orders)
        {
            if (!plan.AtOnce) await Pause(TimeSpan.FromMilliseconds(20 + world.Chance.Below(3000)));
            await Carry(plan);
        }

        foreach (var side in sideways) await side;
        IsDone = true;
    }

    private async Task Carry(OrderPlan plan)
    {
        var key = $"{at.Name}-{++number}";
        var request = MakeRequest(plan, key);
        var note = trial.Ledger.Open(key, at.Name, request, plan);
        var order = new Order(at.Name, request) { Key = key };
        trial.Arm(at, plan);
        if (await Submit(note, order) is not { } session) return;
        Flood(note, order, session.Id);
        if (plan.Repeats > 0 || plan.RepeatsOther) sideways.Add(Repeat(note, order, session.Id));
        if (plan.AbortAfter is { } delay) sideways.Add(Abort(session.Id, delay));
        if (plan.GoesAway) return;
        await Await(note, order, session.Id);
    }

    // The same order under the same key until there is an answer: that is what keys are for.
    private async Task<Session?> Submit(OrderNote note, Order order)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var said = await trial.Host.Call((engine, stop) => engine.Submit(order, stop));
            if (said is null)
            {
                await Pause(TimeSpan.FromSeconds(1 + world.Chance.Below(4)));
                continue;
            }

            if (said.Session is { } session) return session;
            if (world.Tells) world.Tell($"till {note.Key}: refused, {said.Refusal!.Code} {said.Refusal.Text}");
            if (said.Refusal!.Code is RefusalCode.IdempotencyConflict)
                trial.Ledger.Break($"I1 {note.Key}: the same order under its own key is called another one");
            if (said.Refusal.Code is not (RefusalCode.TerminalBusy or RefusalCode.JournalFull or RefusalCode.TooMany
                or RefusalCode.UnresolvedSession))
            {
                note.Refused = said.Refusal.Text;
                return null;
            }

            await Pause(TimeSpan.FromSeconds(5 + world.Chance.Below(25)));
        }

        note.Refused = "it gave up";
        return null;
    }

    private async Task Await(OrderNote note, Order order, SessionId id)
    {
        var decided = false;
        for (var waits = 0; waits < MostWaits; waits++)
        {
            var session = await trial.Host.Call(async (engine, stop) => (await engine.WaitForEndOrQuestion(id, Poll, stop))!);
            if (session is { Phase: SessionPhase.Closed })
            {
                trial.Ledger.Told(note, session);
                return;
            }

            if (session is { Phase: SessionPhase.AwaitingConfirmation } && !decided && note.Plan.Decision is { } commit)
            {
                decided = true;
                await Pause(TimeSpan.FromMilliseconds(world.Chance.Below(6000)));
                await trial.Host.Call(async (engine, stop) => new Answer(await engine.Confirm(id, commit, "till", stop)));
                continue;
            }

            await Pause(TimeSpan.FromSeconds(2));
            if (session is null && await Submit(note, order) is { } again && again.Id != id)
                trial.Ledger.Break($"I1 {note.Key} had session {id} and now {again.Id}");
        }

        trial.Ledger.Break($"I7 {note.Key} does not end");
    }

    private async Task Repeat(OrderNote note, Order order, SessionId id)
    {
        for (var times = 0; times < note.Plan.Repeats; times++)
        {
            await Pause(TimeSpan.FromMilliseconds(world.Chance.Below(2000)));
            var said = await trial.Host.Call((engine, stop) => engine.Submit(order, stop));
            if (said?.Session is { } session && session.Id != id)
                trial.Ledger.Break($"I1 {note.Key} has two sessions, {id} and {session.Id}");
        }

        if (!note.Plan.RepeatsOther || order.Request.Amount is not { } amount) return;
        var other = order with { Request = order.Request with { Amount = amount with { MinorUnits = amount.MinorUnits + 1 } } };
        var answer = await trial.Host.Call((engine, stop) => engine.Submit(other, stop));
        if (answer is not null && answer.Session is not null) trial.Ledger.Break($"I1 {note.Key} was taken with another amount");
    }

    // A till that has lost its patience: the same order many times, and many others while it runs.
    private void Flood(OrderNote note, Order order, SessionId id)
    {
        for (var times = 0; times < note.Plan.SameAtOnce; times++) sideways.Add(Same(note, order, id));
        for (var others = 1; others <= note.Plan.OthersAtOnce; others++)
        {
            var (plan, key) = (new OrderPlan(RequestKind.Sale), $"{note.Key}-{others}");
            var request = MakeRequest(plan, key);
            sideways.Add(Other(trial.Ledger.Open(key, at.Name, request, plan), new Order(at.Name, request) { Key = key }));
        }
    }

    private async Task Same(OrderNote note, Order order, SessionId id)
    {
        var said = await trial.Host.Call((engine, stop) => engine.Submit(order, stop));
        if (said?.Session is { } session && session.Id != id) trial.Ledger.Break($"I1 {note.Key} has two sessions, {id} and {session.Id}");
        if (said?.Refusal is { Code: RefusalCode.IdempotencyConflict or RefusalCode.TerminalBusy } wrong)
            trial.Ledger.Break($"I1 {note.Key}: the same order at once is refused as {wrong.Code}");
    }

    private async Task Other(OrderNote note, Order order)
    {
        var said = await trial.Host.Call((engine, stop) => engine.Submit(order, stop));
        note.Refused = said?.Refusal?.Text;
    }

    private async Task Abort(SessionId id, TimeSpan delay)
    {
        await Pause(delay);
        await trial.Host.Call(async (engine, stop) => new Answer(await engine.Abort(id, "till", stop)));
    }

    private TerminalRequest MakeRequest(OrderPlan plan, string key)
    {
        var carries = trial.Capabilities.CarriesReference;
        var kind = plan.Kind;
        Original? original = null;
        if (kind.NeedsOriginal() && trial.ToUndo(at, kind) is { } undone) original = new Original(undone.Session!.Id);
        else if (kind.NeedsOriginal()) kind = RequestKind.Sale;
        // Amounts repeat where a reference tells bookings apart; else each has its own, with halves and extras apart as well.
        var minor = carries && plan.SameAmount ? 12_50 : 100_000 + (trial.NextAmount() * 20L);
        var request = new TerminalRequest(kind)
        {
            Original = original,
            Confirm = plan.Confirm && trial.Capabilities.CanConfirm && kind.MovesMoney(),
        };
        if (kind is RequestKind.Capture)
            request = request with { Amount = original!.Amount ?? trial.AmountOf(original.Session!.Value) };
        else if (kind.NeedsAmount())
            request = request with { Amount = new Money(minor, Currency.Of("EUR")) };
        if (kind is RequestKind.SaleWithCashback) request = request with { Cashback = Money.Euro(10_00) };
        return carries ? request with { Reference = trial.ReferenceOf(request, key) } : request;
    }

    private Task Pause(TimeSpan time) => Task.Delay(time, process.Clock);

    internal sealed record Answer(Refusal? Refusal);
}
