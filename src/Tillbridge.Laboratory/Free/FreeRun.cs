using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Laboratory.Free.Wires;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Free;

/// <summary>One free run: the engine as it is, a drawn terminal, and a till that orders one session after another.</summary>
internal sealed class FreeRun
{
    private const string Name = "t";
    private const int Euro = 978;
    private static readonly long[] Amounts = [1234, 500, 400, 1000, 222];
    private static readonly TimeSpan MostTime = TimeSpan.FromHours(6);
    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly World world;
    private readonly SimProcess host;
    private readonly FreeDice dice;
    private readonly FreeTerminal terminal;
    private readonly FreeResult result;
    private readonly Transcript transcript;
    private readonly FreeLine line;
    private readonly IProtocol protocol;
    private readonly Bug? bug;
    private readonly List<(Session Session, Booking? Booking)> approved = [];
    private LocalTerminals? engine;
    private bool isOver;
    private long ids;

    private FreeRun(FreeId id, bool tells, Bug? bug)
    {
        this.bug = bug;
        result = new FreeResult(id);
        world = new World(Chance.Mix(id.Seed, 0xF4EE), tells);
        host = new SimProcess(world, "host", 1);
        dice = new FreeDice(id.Seed, id.Only);
        protocol = ProtocolCatalog.ByName[id.Protocol];
        terminal = protocol.Name == "zvt"
            ? new ZvtFreeTerminal(world, host.Clock, dice, result.Broken)
            : new BFreeTerminal(
                world, host.Clock, dice, result.Broken,
                BDialectFiles.Of(protocol.Name == "gpe" ? BDialectFiles.Gpe : BDialectFiles.Csob));
        transcript = new Transcript(world);
        if (tells) transcript.Reading = Read;
        line = new FreeLine(world, Name, terminal, transcript, host);
    }

    public static FreeResult Run(FreeId id, bool tells = false, Bug? bug = null)
    {
        var run = new FreeRun(id, tells, bug);
        run.host.Begin(run.Till, error => run.result.Stuck ??= error.ToString());
        if (!run.world.Run(() => run.isOver || run.result.Stuck is not null, MostTime)) run.result.Stuck ??= "it does not come to an end";
        (run.result.Met, run.result.Mark, run.result.Story) = (run.dice.Met, run.transcript.Mark, run.world.Story);
        return run.result;
    }

    private async Task Till()
    {
        var stop = CancellationToken.None;
        await using var journal = new MemoryJournal(host.Clock) { IsUnchained = true };
        IProtocol unlogged = new UnloggedProtocol(protocol);
        unlogged = bug?.Plant(unlogged) ?? unlogged;
        var without = result.Id.Without;
        var options = without.Count == 0 ? "" : $"?{TerminalAddress.WithoutOption}={string.Join(',', without)}";
        var address = TerminalAddress.TryParse($"{protocol.Name}+tcp://{Name}:1{options}", out _)!;
        engine = await LocalTerminals.Start(
            journal, new Dictionary<string, IProtocol> { [protocol.Name] = unlogged }, _ => line,
            [new TerminalSettings(Name, address)], host.Clock, new Ids(() => ++ids), NullLoggerFactory.Instance, host.Shutdown);
        var sessions = 1 + dice.Number(Topic.Sessions, 0, 4);
        for (var number = result.Id.First; number <= sessions; number++)
        {
            if (!await Order(number, stop)) break;
        }

        isOver = true;
    }

    // False when nothing more can be asked of this terminal.
    private async Task<bool> Order(int number, CancellationToken stop)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(500 + dice.Number(Topic.Waits, number, 9000)), host.Clock, stop);
        terminal.BeforeSession(number);
        var (request, target) = RequestFor(number);
        transcript.Ordered($"{number} {request.Kind} {request.Total?.ToString() ?? target?.Receipt}");
        var said = await engine!.Submit(new Order(Name, request) { Key = $"k{number}" }, stop);
        if (said.Session is not { } begun)
        {
            result.Refused++;
            if (world.Tells) world.Tell($"refused: {said.Refusal?.Text}");
            return true;
        }

        var closed = (await engine.WaitForEnd(begun.Id, MostWait, stop))!;
        if (closed.Phase is not SessionPhase.Closed)
        {
            result.Stuck = $"session {number} stays {closed.Phase}";
            return false;
        }

        var at = world.Now;
        var end = closed.Conclusion!;
        if (world.Tells) world.Tell($"SAID {end.Outcome} {end.ApprovedAmount} ({end.Reason}) {end.TerminalText} on [{end.Grounds}]");
        await Task.Delay(Glance, host.Clock, stop);
        while (!terminal.IsSettled) await Task.Delay(Glance, host.Clock, stop);
        Judge(number, closed, at, target);
        // What follows on a wrong statement follows from it.
        return result.Wrong.Count == 0 && await SettleUnknown(number, closed, stop);
    }

    private void Judge(int number, Session closed, long at, Booking? target)
    {
        result.Sessions++;
        result.Outcomes[(int)closed.Outcome!.Value]++;
        var grounds = closed.Conclusion!.Grounds;
        if (closed.Outcome is Outcome.Unknown ? grounds.Count > 0 : grounds.Count == 0)
            result.Unnamed.Add($"{closed.Outcome} ({closed.Conclusion.Reason}) rests on [{grounds}]");
        if (FreeJudge.Of(number, closed, at, terminal.Books, target) is { } wrong)
        {
            result.Wrong.Add(wrong);
            if (world.Tells) world.Tell($"WRONG {wrong.Detail}: {wrong.True}");
            if (result.Broken.Count == 1 && !closed.Conclusion!.Grounds.Has(Assumptions.Code(result.Broken.First())))
                result.Unnamed.Add($"{wrong.Said} [{closed.Conclusion.Grounds}], and {Assumptions.Code(result.Broken.First())} was broken");
        }

        else if (result.Broken.Count == 0 && terminal.Facts is { } facts && Alike.Look(terminal.Wire, facts, closed, at) is { } lucky)
        {
            result.Lucky.Add(lucky);
            if (world.Tells) world.Tell($"LUCK {lucky.Detail}: {lucky.True}");
        }

        if (closed.Outcome is Outcome.Approved)
        {
            var booking = terminal.Books.Of(number).LastOrDefault();
            approved.Add((closed, booking));
            if (booking is not null && closed.Conclusion!.References.Receipt == booking.Receipt) terminal.InOurJournal.Add(booking);
        }

        // Nothing odd came in it, nor in what its journal and the terminal bring along from before.
        var plain = dice.Met.All(one => one.Session > number || one.Oddity is Oddity.Lost or Oddity.Glued or Oddity.TakesBackUnheard);
        if (!plain) return;
        result.Plain++;
        if (closed.Outcome is not Outcome.Unknown) return;
        result.Needless++;
        result.NeedlessWhy.Add($"{closed.Request.Kind}: {closed.Conclusion!.Reason}, {closed.BrokenBy}");
    }

    // Nobody knows the outcome: a person looks into the true books.
    private async Task<bool> SettleUnknown(int number, Session closed, CancellationToken stop)
    {
        if (closed.Outcome is not Outcome.Unknown) return true;
        var made = terminal.Books.Of(number).ToList();
        var isAsAsked = made is [{ UndoneAt: null } one] && one.Currency == Euro && one.Minor == closed.Request.Total?.MinorUnits;
        if (made.Count > 0 && !isAsAsked) return false;
        var truth = made.Count > 0 ? Outcome.Approved : Outcome.Failed;
        var refusal = await engine!.Resolve(closed.Id, truth, "person", "seen in the books", stop);
        return refusal is null;
    }

    private (TerminalRequest Request, Booking? Target) RequestFor(int number)
    {
        var kind = dice.Number(Topic.Kind, number, 100);
        var last = approved.LastOrDefault(one => one.Booking is { UndoneAt: null, Kind: RequestKind.Sale });
        // A number that several bookings have names none of them.
        if (kind < 24 && last is { Booking: { } target, Session: var undone } && !dice.Odd(Oddity.NumbersRepeat, 0))
            return (new TerminalRequest(RequestKind.Reversal) { Original = new Original(undone.Id) }, target);
        var isSame = number > 1 && dice.Number(Topic.SameAmount, number, 2) == 0;
        var minor = dice.Pick(Topic.Amount, isSame ? number - 1 : number, Amounts);
        return (new TerminalRequest(kind < 34 ? RequestKind.Refund : RequestKind.Sale) { Amount = Money.Euro(minor) }, null);
    }

    private string Read(bool fromTerminal, byte[] bytes)
    {
        var decoded = protocol.Decode(bytes, fromTerminal ? Sender.Terminal : Sender.Ecr);
        return $" {decoded.Message}";
    }

    private sealed class Ids(Func<long> next) : IdSource
    {
        public override SessionId NewSession() => new(next().ToString("x32"));

        public override string NewKey() => $"auto-{next()}";
    }
}
