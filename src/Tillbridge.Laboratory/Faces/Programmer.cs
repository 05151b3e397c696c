using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Reading;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>
/// A programmer's software in front of the callback face: it can send a command and take messages, and nothing else. It loses
/// answers, sends again where it has a key, goes away, cancels, and looks at the list when nothing was told.
/// </summary>
internal sealed class Programmer(
    World world, Trial trial, FaceBook book, Books at, SimProcess process, IReadOnlyList<OrderPlan> orders)
{
    private const int MostTries = 60;
    private const int MostRests = 10;
    private static readonly TimeSpan MostQueryTime = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan MostEndTime = TimeSpan.FromMinutes(30);

    // Long enough for an attempt of every end that is still to be told, and for a reversal of what nobody saw.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(240);

    private readonly List<Task> sideways = [];
    private int number;

    public bool IsDone { get; private set; }

    public async Task Run()
    {
        foreach (var plan in orders)
        {
            if (!plan.AtOnce) await Pause(TimeSpan.FromMilliseconds(20 + world.Chance.Below(3000)));
            if (world.Chance.OneIn(6)) sideways.Add(AskIdle());
            await Carry(plan);
        }

        foreach (var side in sideways) await side;
        if (!book.Face.StaysDown) book.Heal(at.Name);
        IsDone = true;
    }

    /// <summary>When everything is over: what the list still says; null when nobody answers.</summary>
    public async Task<IReadOnlyList<FaceEntry>?> LastLook()
    {
        for (var rests = 0; rests < MostRests; rests++)
        {
            // A host that dies late has to have its rest, too.
            var (life, isUp) = (trial.Host.Process, trial.Host.Face is not null);
            await Pause(Rest);
            if (!isUp || life != trial.Host.Process) continue;
            if (await Look("", MostTries) is { } list && life == trial.Host.Process) return list;
        }

        return null;
    }

    private async Task Carry(OrderPlan plan)
    {
        var command = CommandOf(plan.Kind);
        var order = new Wish(plan, command, command is "Authorisation" ? Amount(plan) : "",
            book.CarriesReference && !plan.WithoutKey ? $"key-{at.Name}-{++number}" : null);
        trial.Arm(at, plan);
        if (await Send(order) is not { } id)
        {
            if (world.Chance.OneIn(2)) await Look("", 2);
            return;
        }

        if (order.Key is not null && (plan.Repeats > 0 || plan.RepeatsOther)) sideways.Add(Repeat(order, id));
        if (plan.AbortAfter is { } delay) sideways.Add(Cancel(id, delay));
        if (plan.GoesAway) return;
        await End(order, id);
        if (world.Chance.OneIn(4)) await Tidy();
    }

    // The same command under the same key until there is an answer; without a key nobody may send it twice.
    private async Task<string?> Send(Wish order)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            // Where no reference tells bookings apart each sending has its own amount, and none is a repeat.
            if (tries > 0 && !book.CarriesReference && order.Parameter.Length > 0) order = order with { Parameter = Amount(order.Plan) };
            var call = Open(order);
            call.IsGone = order.Plan.GoesAway && tries == 0 && world.Chance.OneIn(3);
            var answer = await Ask(call);
            if (answer is { Proceed: true }) return answer.SessionId;
            if (answer is null && order.Key is null) return null;
            if (answer?.Code is "idempotency-conflict")
                book.Ledger.Break($"I1 {call.Path}: the same command under its own key is called another one");
            if (answer is not (null or { Code: "terminal-busy" or "unresolved-session" or "journal-full" or "too-many-requests" }))
                return null;
            await Pause(TimeSpan.FromSeconds(answer is null ? 1 + world.Chance.Below(4) : 5 + world.Chance.Below(25)));
        }

        return null;
    }

    private string Amount(OrderPlan plan) =>
        $"{(book.CarriesReference && plan.SameAmount ? 12_50 : 100_000 + (trial.NextAmount() * 20L))}";

    private FaceCall Open(Wish order)
    {
        var request = new TerminalRequest(order.Plan.Kind);
        if (order.Command is "Authorisation")
            request = request with { Amount = new Money(long.Parse(order.Parameter), Currency.Of("EUR")) };
        return book.Open(at.Name, order.Command, order.Parameter, order.Key, request, order.Plan);
    }

    // A command that may be a repeat: what it is about may be told again from now on.
    private async Task<CallbackAnswer?> Ask(FaceCall call)
    {
        var known = call.Key is null
            ? []
            : book.Tellings.Where(telling => telling.Note.Session!.Key!.Split('#')[0] == call.Key).ToList();
        foreach (var telling in known) (telling.Repeating, telling.Round) = (telling.Repeating + 1, telling.Round + 1);
        var answer = await trial.Host.CallFace((face, life) => SimFace.Take(book, face, call, at.Name, life));
        foreach (var telling in known)
        {
            (telling.Repeating, telling.Round) = (telling.Repeating - 1, telling.Round + 1);
            telling.IsConfirmed = telling.IsConfirmedOnDisk;
            telling.Attempts.Clear();
        }

        return call.IsGone ? null : answer;
    }

    private async Task End(Wish order, string id)
    {
        var began = world.Now;
        for (var rounds = 1; world.Now - began < MostEndTime.Ticks; rounds++)
        {
            if (book.Of(id)?.Seen is not null) return;
            await Pause(TimeSpan.FromSeconds(2));
            if (rounds % 60 != 0) continue;
            // Two minutes and no word: what does the list say? And the command again, where that is safe.
            var listed = await Look(id, 1);
            if (listed is [{ Outcome: not (null or "unknown") }, ..]) return;
            if (order.Key is null || !world.Chance.OneIn(2)) continue;
            if (await Ask(Open(order)) is { Proceed: true } again && again.SessionId != id && !MayBeAnother(id))
                book.Ledger.Break($"I1 {order.Key} had session {id} and now {again.SessionId}");
        }
    }

    // A key whose session ended before a byte left is free again.
    private bool MayBeAnother(string id) => book.Of(id)?.Note.Session is { Outcome: Outcome.Failed, SentAt: null };

    private async Task Repeat(Wish order, string id)
    {
        for (var times = 0; times < order.Plan.Repeats; times++)
        {
            await Pause(TimeSpan.FromMilliseconds(world.Chance.Below(world.Chance.OneIn(3) ? 200_000 : 2000)));
            if (await Ask(Open(order)) is { Proceed: true } again && again.SessionId != id && !MayBeAnother(id))
                book.Ledger.Break($"I1 {order.Key} has two sessions, {id} and {again.SessionId}");
        }

        if (!order.Plan.RepeatsOther || order.Command is not "Authorisation") return;
        if (await Ask(Open(order with { Parameter = $"{long.Parse(order.Parameter) + 1}" })) is { Proceed: true })
            book.Ledger.Break($"I1 {order.Key} was taken with another amount");
    }

    private async Task Cancel(string id, TimeSpan delay)
    {
        await Pause(delay);
        var call = book.Open(at.Name, "CancelTransaction", world.Chance.OneIn(2) ? id : "", null, null, null);
        // Its end comes when the cancelled one has ended, at the latest after 200 s.
        if (await Query(call, TimeSpan.FromSeconds(240)) is not { Success: true } || call.Parameter.Length == 0) return;
        if (book.Of(id)?.Note.Session is not { Outcome: Outcome.Cancelled or Outcome.Declined or Outcome.Failed } session)
            book.Ledger.Break($"C5 session {id} is told to be cancelled, durable is {book.Of(id)?.Note.Session?.Outcome}");
        else if (session.Phase is not SessionPhase.Closed) book.Ledger.Break($"C5 session {id} is told to be cancelled and is open");
    }

    // What somebody has looked at is taken from the list; an unknown as the terminal's own list says.
    private async Task Tidy()
    {
        if (await Look("", 2) is not { } entries) return;
        foreach (var entry in entries.Where(entry => entry.Outcome is not null && world.Chance.OneIn(2)).Take(3))
        {
            var parameter = entry.Id;
            if (entry.Outcome is "unknown")
            {
                if (book.Of(entry.Id)?.Note.Session is not { } session || Operator.Truth(book.Ledger, session) is not { } truth) continue;
                parameter = $"{entry.Id} {Words<Outcome>.Of(truth)} clerk-1";
            }

            var call = book.Open(at.Name, "RemoveAbortedSession", parameter, null, null, null);
            if (await Query(call, MostQueryTime) is { Success: true } && book.Of(entry.Id) is { IsRemoved: false })
                book.Ledger.Break($"C5 {entry.Id} is told to be removed, and that is not durable");
        }
    }

    // A terminal that is in the midst of something before and after the question is not idle.
    private async Task AskIdle()
    {
        await Pause(TimeSpan.FromMilliseconds(world.Chance.Below(1500)));
        var before = Open();
        if (await Query(book.Open(at.Name, "IsIdle", "", null, null, null), MostQueryTime) is { Success: true } && before is not null
            && before == Open())
            book.Ledger.Break($"C5 {at.Name} is told to be idle while {before.Key} is {before.Session!.Phase}");

        OrderNote? Open() => book.Ledger.Orders.FirstOrDefault(note => note.Terminal == at.Name
            && note.Session is { Phase: not SessionPhase.Closed });
    }

    private async Task<IReadOnlyList<FaceEntry>?> Look(string id, int tries)
    {
        for (var count = 0; count < tries; count++)
        {
            var call = book.Open(at.Name, "GetAbortedSessions", id, null, null, null);
            if (await Query(call, MostQueryTime) is { Success: true } result) return book.Listed(result.Value);
            await Pause(TimeSpan.FromSeconds(10));
        }

        return null;
    }

    private async Task<FaceMessage?> Query(FaceCall call, TimeSpan most)
    {
        if (await Ask(call) is not { Proceed: true }) return null;
        for (var began = world.Now; call.Result is null && world.Now - began < most.Ticks;) await Pause(TimeSpan.FromSeconds(1));
        if (call.Result is null && call.TakenBy is { IsAlive: true })
            book.Ledger.Break($"C7 {call.Path}: {call.Command} was taken and its end is not told");
        return call.Result;
    }

    private static string CommandOf(RequestKind kind) => kind switch
    {
        RequestKind.Reversal => "Reversal",
        RequestKind.Reconciliation => "EndOfDay",
        RequestKind.Status => "DiagnosisSimple",
        _ => "Authorisation",
    };

    private Task Pause(TimeSpan time) => Task.Delay(time, process.Clock);

    private sealed record Wish(OrderPlan Plan, string Command, string Parameter, string? Key);
}
