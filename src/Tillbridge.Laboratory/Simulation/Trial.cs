using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Laboratory.Faces;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>One run: a host, its terminals and tills, everything that was laid out to go wrong, and the ledger that judges.</summary>
internal sealed class Trial : IDisposable
{
    private static readonly TimeSpan MostTime = TimeSpan.FromHours(60);
    private static readonly TimeSpan MostRest = TimeSpan.FromHours(3);

    // The last Sundays of March and October 2026, one o'clock UTC.
    private static readonly DateTimeOffset[] ClockChanges =
        [new(2026, 3, 29, 1, 0, 0, TimeSpan.Zero), new(2026, 10, 25, 1, 0, 0, TimeSpan.Zero)];

    private readonly TrialPlan plan;
    private readonly World world;
    private readonly List<SimTerminal> terminals = [];
    private readonly List<Till> tills = [];
    private readonly List<Programmer> programmers = [];
    private readonly FaceBook? face;
    private readonly RealFile? file;
    private readonly Watcher watcher;
    private readonly TerminalDriver driver; // Only asked what it can say.
    private int amounts;
    private int references;
    private long points;
    private long dieAt = long.MaxValue;
    private long messagePoints;
    private long dieAtMessage = long.MaxValue;
    private HostDeath death;
    private TimeSpan downFor;

    public Trial(TrialPlan plan, bool tells = false)
    {
        this.plan = plan;
        world = new World(plan.Seed, tells);
        Ledger = new Ledger(world, plan);
        var store = new SimStore(world) { At = _ => Count(), BecameDurable = Ledger.BecameDurable };
        if (plan.Face is not null) face = Play(store);
        if (plan.OnRealFile) file = new RealFile(world, store);
        var protocol = plan.Bug?.Plant(plan.Protocol) ?? plan.Protocol;
        var settings = new List<TerminalSettings>();
        var lines = new List<SimLine>();
        for (var number = 0; number < plan.Tills.Count; number++)
        {
            var line = new SimLine(world, $"terminal-{number + 1}", plan.Carrier) { AtHostByte = Count };
            if (plan is { CountWords: true, Carrier: Carrier.Stream })
                line.Tap = (sender, bytes) => Words.Heard(plan.Protocol, sender, bytes.Span);
            lines.Add(line);
            var terminal = new SimTerminal(
                world, plan.Protocol, line, new VirtualTerminalSettings { Name = line.Name, Dialect = plan.Dialect }, number);
            terminals.Add(terminal);
            Ledger.Watch(terminal, line.Name);
            var place = plan.Carrier is Carrier.Serial ? $"serial://{line.Name}" : $"tcp://{line.Name}:1";
            settings.Add(new TerminalSettings(line.Name, TerminalAddress.TryParse($"{protocol.Name}+{place}", out _)!)
            {
                Driver = new DriverSettings { Dialect = plan.Dialect },
                StrictUnknown = plan.StrictUnknown,
            });
        }

        var nobody = new SimProcess(world, "nobody", 0);
        driver = protocol.MakeDriver(settings[0].Driver, lines[0].TransportOf(nobody), nobody.Clock);
        Capabilities = driver.Capabilities;
        if (face is not null) (face.CarriesReference, face.CanAbort) = (Capabilities.CarriesReference, Capabilities.CanAbort);
        var protocols = new Dictionary<string, IProtocol> { [protocol.Name] = protocol };
        var setup = new HostSetup(
            protocols,
            (address, life) =>
            {
                var transport = lines.Single(line => line.Name == address.Host).TransportOf(life);
                return plan.Bug?.Plant(transport) ?? transport;
            },
            settings) { Face = face is null ? null : new SimFace(world, face, protocols, settings, CountMessage, plan.Bug) };
        Host = new Host(world, store, lines, life => OpenJournal(store, life), setup) { Died = face is null ? null : face.HostDied };
        Ledger.Lives = () => Host.Deaths + 1;
        var people = new SimProcess(world, "people", 15);
        watcher = new Watcher(world, this, people);
        world.AfterStep = Ledger.LookAtTerminals;
        Host.Start();
        for (var number = 0; number < plan.Tills.Count; number++)
        {
            People(people, Ledger.AllBooks[number], plan.Tills[number]);
        }

        people.Begin(new Operator(world, this, people).Run);
        people.Begin(watcher.Run);
    }

    public Ledger Ledger { get; }

    public Host Host { get; }

    public Capabilities Capabilities { get; }

    public WordCount Words { get; } = new();

    public bool TillsAreDone => tills.TrueForAll(till => till.IsDone) && programmers.TrueForAll(one => one.IsDone);

    /// <summary>What the callback face told; null where it was not played.</summary>
    public FaceBook? Face => face;

    public bool IsOver { get; private set; }

    public bool LeaksCards => plan.Tills.Any(orders => orders.Any(order => order.Script.LeaksCard));

    /// <summary>How many places there were at which the host could have died since the last order was armed.</summary>
    public long Points => points;

    public static TrialResult Run(TrialPlan plan, bool tells = false)
    {
        using var trial = new Trial(plan, tells);
        return trial.Finish();
    }

    /// <summary>Lays out what goes wrong with an order, at the moment in which it is sent.</summary>
    public void Arm(Books at, OrderPlan order)
    {
        var terminal = at.Terminal;
        at.Armed = order;
        if (world.Tells && order.Faults.Count > 0) world.Tell($"{at.Name}: laid out are {string.Join(", ", order.Faults)}");
        terminal.Line.Faults.Clear();
        terminal.Line.WasCorrupted = false;
        foreach (var fault in order.Link) terminal.Line.Faults.Enqueue(fault);
        terminal.Scripts.Replace([order.Script], TerminalScript.Plain);
        if (order.PowerCutAfter is { } cut)
            world.After(cut, () => terminal.CutPower(order.PowerCutFor, order.PowerCutForgets));
        if (order.HostDiesAfter is { } dies) world.After(dies, () => Host.Die(order.HostDeath, order.HostDownFor));
        points = 0;
        dieAt = order.HostDiesAtPoint ?? long.MaxValue;
        (messagePoints, dieAtMessage) = (0, order.HostDiesAtMessage ?? long.MaxValue);
        (death, downFor) = (order.HostDeath, order.HostDownFor);
        if (order.Disk is not DiskTrouble.None) world.After(order.DiskTroubleAfter, () => TroubleDisk(order));
        if (order.ClockJump != TimeSpan.Zero)
            world.After(TimeSpan.FromMilliseconds(world.Chance.Below(400)), () => Host.SetClock(order.ClockJump));
        if (order.WatcherFails) watcher.Leave();
        if (order.DaylightSaving) SetAllClocks();
        if (order.SecondInstance) TrySecondInstance();
    }

    public int NextAmount() => ++amounts;

    /// <summary>The reference of an order: its key, or a number where the terminal takes nothing but digits.</summary>
    public string ReferenceOf(TerminalRequest request, string key)
    {
        // What it refers to is filled in by the engine.
        var asked = request with { Reference = key, Original = request.Original is null ? null
            : new(Approval: "000001", Amount: request.Amount) };
        return driver.Fault(asked)?.Field == "reference" ? $"{7_000_000 + ++references}" : key;
    }

    /// <summary>An approved booking of this till that an order of the kind can refer to; null when there is none.</summary>
    public OrderNote? ToUndo(Books at, RequestKind kind)
    {
        var wanted = kind is RequestKind.Reversal ? RequestKind.Sale : RequestKind.PreAuthorization;
        return Ledger.Orders.LastOrDefault(note => note.Terminal == at.Name && note.Request.Kind == wanted
            && note.Session is { Outcome: Outcome.Approved, Conclusion.References.Receipt: not null } && at.Standing(note).Any()
            && !Ledger.Orders.Any(later => later.Request.Original?.Session == note.Session.Id));
    }

    public Money? AmountOf(SessionId id) =>
        Ledger.Orders.First(note => note.Session?.Id == id).Session!.Conclusion!.ApprovedAmount;

    /// <summary>Sessions whose outcome nobody knows yet, as the journal lists them.</summary>
    public async Task<IReadOnlyList<Session>> Unknown()
    {
        var listed = await Host.Call(async (engine, stop) =>
        {
            var all = new List<Session>();
            foreach (var note in Ledger.Orders.Where(note => note.Session is { IsUnresolved: true }).ToList())
            {
                if (await engine.Find(note.Session!.Id, stop) is { IsUnresolved: true } session) all.Add(session);
            }

            return all;
        });
        return listed ?? [];
    }

    public Task<IReadOnlyList<JournalRecord>?> Records(long after, int limit) =>
        Host.Call((_, stop) => Host.Journal is { } journal
            ? journal.RecordsAfter(after, null, limit, withFrames: true, stop)
            : throw new JournalException("There is no journal."));

    public void Dispose() => file?.Dispose();

    private async Task<IJournal> OpenJournal(SimStore store, SimProcess life)
    {
        var journal = file is null ? store.Open(life) : await file.Open(life);
        return plan.Bug?.Plant(journal) ?? journal;
    }

    /// <summary>Lets everything happen, and judges what is left.</summary>
    public TrialResult Finish()
    {
        var ended = world.Run(() => TillsAreDone, MostTime);
        if (!ended) Ledger.Break("I7 the tills do not come to an end");
        world.Run(() => AllAreClosed(), MostRest);
        if (face is not null) CloseFace(face);
        IsOver = true;
        var read = false;
        new SimProcess(world, "last look", 14).Begin(async () =>
        {
            for (var pages = 0; pages < 50; pages++) await watcher.Read();
            read = true;
        });
        world.Run(() => read, MostRest);
        Closing.Check(Ledger, Host, world);
        return new TrialResult(plan, world, this, terminals.Sum(terminal => terminal.Cuts), watcher.Seen);
    }

    // The face knows its orders by what they carry, and the ledger hears of every record first.
    private FaceBook Play(SimStore store)
    {
        var book = new FaceBook(world, Ledger, plan);
        Ledger.Finder = book.NoteOf;
        Ledger.CommandArrived = note => FaceJudge.Sent(book, note);
        store.BecameDurable = entry =>
        {
            Ledger.BecameDurable(entry);
            book.BecameDurable(entry);
        };
        return book;
    }

    private void People(SimProcess people, Books at, IReadOnlyList<OrderPlan> orders)
    {
        if (face is null)
        {
            var till = new Till(world, this, at, people, orders);
            tills.Add(till);
            people.Begin(till.Run);
            return;
        }

        var programmer = new Programmer(world, this, face, at, people, orders);
        programmers.Add(programmer);
        people.Begin(programmer.Run);
    }

    private void CloseFace(FaceBook book)
    {
        IReadOnlyList<FaceEntry>? list = null;
        var (isRead, askedAt) = (false, world.Now);
        new SimProcess(world, "last list", 12).Begin(async () => (list, isRead) = (await programmers[0].LastLook(), true));
        world.Run(() => isRead, MostRest);
        // A payment that nobody saw may be taken back meanwhile.
        world.Run(() => AllAreClosed(), MostRest);
        FaceClosing.Check(book, list, askedAt);
    }

    private bool AllAreClosed() =>
        Host.Engine is not null && Ledger.Orders.All(note => note.Session is null or { Phase: SessionPhase.Closed })
        && Host.Engine.States.All(state => state.Current is null);

    private bool Count()
    {
        if (++points != dieAt) return false;
        dieAt = long.MaxValue;
        Host.Die(death, downFor);
        return true;
    }

    private bool CountMessage()
    {
        if (++messagePoints != dieAtMessage) return Count();
        dieAtMessage = long.MaxValue;
        Host.Die(death, downFor);
        return true;
    }

    private void TroubleDisk(OrderPlan order)
    {
        Host.Store.Trouble = order.Disk;
        if (world.Tells) world.Tell($"DISK {order.Disk}");
        if (order.Disk is DiskTrouble.Corrupt) Host.Die(HostDeath.Killed, TimeSpan.FromSeconds(1));
        world.After(order.DiskTroubleFor, () => Host.Store.Trouble = DiskTrouble.None);
    }

    private void SetAllClocks()
    {
        var now = world.Start + TimeSpan.FromTicks(world.Now);
        var change = ClockChanges[world.Chance.Below(ClockChanges.Length)];
        var off = change - now - TimeSpan.FromMilliseconds(world.Chance.Below(3000));
        Host.SetClock(off);
        foreach (var terminal in terminals) terminal.SetClock(off);
    }

    private void TrySecondInstance()
    {
        if (Host.Engine is null) return;
        try
        {
            if (file is null) Host.Store.Open(new SimProcess(world, "second", 13));
            else file.TrySecond();
            Ledger.Break("I6 a second instance got the same data directory");
        }
        catch (JournalException refused) when (refused.Fault is JournalFault.InUse)
        {
            // As it must be.
        }
        catch (JournalException)
        {
            // The disk is in trouble, which refuses it as well.
        }
    }
}
