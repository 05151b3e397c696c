using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>
/// Knows everything at once — what is durable, what the virtual acquirers booked, what the tills were told — and looks after every
/// step whether the invariants of the product still hold.
/// </summary>
internal sealed class Ledger(World world, TrialPlan plan)
{
    private const int MostBroken = 20;
    private const int MostReceipts = 50;

    // What one life of the host may keep of a session beside what decides it; each further life may keep as much again.
    private const int MostKept = 4_000 + 2;
    private const long MostBytes = 1_000_000 + 200_000;

    // Half an hour is the longest limit of a wire, and it waits for a last word beyond that.
    private static readonly TimeSpan LongestConversation = TimeSpan.FromMinutes(70);

    private readonly Dictionary<string, OrderNote> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<SessionId, OrderNote> bySession = [];
    private readonly List<string> broken = [];
    private readonly List<Books> books = [];

    /// <summary>Sentences about what must not be, each beginning with its invariant.</summary>
    public IReadOnlyList<string> Broken => broken;

    /// <summary>Sentences about money that were wrong where the line had changed bytes and the protocol has no check of its own.</summary>
    public int WrongBehindTheWire { get; private set; }

    public IEnumerable<OrderNote> Orders => byKey.Values;

    public IReadOnlyList<Books> AllBooks => books;

    /// <summary>Finds the order of a session where its key does not name it.</summary>
    public Func<Session, OrderNote?>? Finder { get; set; }

    /// <summary>How many lives the host has had.</summary>
    public Func<int> Lives { get; set; } = static () => 1;

    /// <summary>Told of each order whose command that can move money arrived.</summary>
    public Action<OrderNote>? CommandArrived { get; set; }

    public Books Watch(SimTerminal terminal, string name)
    {
        var mine = new Books(terminal, name);
        books.Add(mine);
        return mine;
    }

    public OrderNote Open(string key, string terminal, TerminalRequest request, OrderPlan order)
    {
        var note = new OrderNote(key, terminal, request, order);
        byKey[key] = note;
        // A booking under a reference that nobody used yet: the line had changed it.
        note.MetChangedBytes = books.First(one => one.Name == terminal).Standing(note).Any();
        return note;
    }

    public OrderNote? Of(string? key) => key is null ? null : byKey.GetValueOrDefault(key);

    /// <summary>The order that a session carries out.</summary>
    public OrderNote? OrderOf(Session session) => Finder is null ? Of(session.Key) : Finder(session);

    /// <summary>A statement about money is wrong.</summary>
    public void Misstated(OrderNote? note, string what)
    {
        // Where nothing on the wire can find out a changed byte, neither side can; that is counted, not hidden.
        var behindTheWire = (note?.MetChangedBytes ?? byKey.Values.Any(other => other.MetChangedBytes))
            && !plan.ChecksFrames;
        if (!behindTheWire)
        {
            Break(what);
            return;
        }

        if (world.Tells) world.Tell($"WRONG BEHIND THE WIRE {what}");
        WrongBehindTheWire++;
    }

    public void Break(string what)
    {
        if (world.Tells) world.Tell($"BROKEN {what}");
        if (broken.Count < MostBroken) broken.Add(what);
    }

    /// <summary>A record became durable.</summary>
    public void BecameDurable(JournalEntry entry)
    {
        Keep(entry);
        if (entry.Session is not { } session) return;
        if (!bySession.TryGetValue(session.Id, out var note))
        {
            if (OrderOf(session) is not { } mine) return;
            bySession[session.Id] = note = mine;
            if (note.Session is { } other && other.Id != session.Id)
                Break($"I1 key {note.Key} has two sessions, {other.Id} and {session.Id}");
        }

        var before = note.Session;
        note.Session = session;
        if (world.Tells && before?.Phase != session.Phase)
        {
            var end = session.Conclusion;
            world.Tell($"{note.Key} {session.Request.Kind}: {session.Phase} {end?.Outcome} {end?.Reason} {end?.ApprovedAmount}");
        }

        Limit(note, session);
        note.MetChangedBytes |= session.Phase is not SessionPhase.Prepared
            && books.Exists(one => one.Name == note.Terminal && one.Terminal.Line.WasCorrupted);
        note.WasRecovering |= session.Phase is SessionPhase.Recovering;
        if (session.Conclusion is { } conclusion && !ReferenceEquals(conclusion, before?.Conclusion)
            && before?.Conclusion?.Outcome != conclusion.Outcome)
            Concluded(note, session, conclusion, before);
    }

    // L: whatever a terminal sends, a session keeps a bounded part of the journal.
    private void Keep(JournalEntry entry)
    {
        var steps = entry.Frames.Count + (entry.Kind is RecordKind.Progress ? 1 : 0);
        if (steps == 0 || !bySession.TryGetValue(entry.Id, out var note)) return;
        var size = entry.Frames.Sum(frame => (long)frame.Bytes.Length) + (entry.Kind is RecordKind.Progress ? entry.Body.Length : 0);
        var before = note.Kept;
        note.Kept = (before.Records + steps, before.Bytes + size);
        var (most, mostBytes) = (MostKept * Lives(), MostBytes * Lives());
        if (before.Records <= most && note.Kept.Records > most)
            Break($"L {note.Key} keeps {note.Kept.Records} frames and steps, more than {most}");
        if (before.Bytes <= mostBytes && note.Kept.Bytes > mostBytes)
            Break($"L {note.Key} keeps {note.Kept.Bytes} bytes of frames and steps, more than {mostBytes}");
    }

    // L: and its conversation comes to an end.
    private void Limit(OrderNote note, Session session)
    {
        var talks = session.Phase is SessionPhase.Prepared or SessionPhase.InFlight or SessionPhase.AwaitingConfirmation;
        note.TalksSince = talks ? note.TalksSince ?? world.Now : note.TalksSince;
        if (session.Receipts.Count > MostReceipts) Break($"L {note.Key} has {session.Receipts.Count} receipts");
        if (talks || note.TalksSince is not { } since) return;
        note.TalksSince = null;
        if (TimeSpan.FromTicks(world.Now - since) is var lasted && lasted > LongestConversation && Lives() == 1)
            Break($"L the conversation of {note.Key} lasted {lasted.TotalMinutes:0} minutes");
    }

    /// <summary>What the terminals did since the last look.</summary>
    public void LookAtTerminals()
    {
        foreach (var one in books) one.Look(this);
    }

    /// <summary>A command that can move money arrived at a terminal.</summary>
    public void Taken(Books at)
    {
        var open = byKey.Values.FirstOrDefault(note =>
            note.Terminal == at.Name && note.Session is { SentAt: not null, Phase: not SessionPhase.Closed });
        if (open is null)
        {
            // A command without money may outlive its session, which ends with the line.
            var last = byKey.Values.Where(note => note.Terminal == at.Name && note.Session is { SentAt: not null })
                .MaxBy(note => note.Session!.Id.Value, StringComparer.Ordinal);
            if (last?.Request.Kind.NeedsProof() != false
                && (plan.ChecksFrames || !at.Terminal.Line.WasCorrupted))
                Break($"I6 {at.Name}: a command arrived whose intent is not durable");
            return;
        }

        if (world.Tells) world.Tell($"{at.Name}: command of {open.Key} arrives");
        open.Takes++;
        open.MetChangedBytes |= at.Terminal.Line.WasCorrupted;
        open.MetItsScript = at.Armed == open.Plan;
        at.Armed = null;
        open.TargetStoodAtTake = open.Session!.Request.Original?.Receipt is { } receipt && at.Stands(receipt);
        CommandArrived?.Invoke(open);
        // On a serial line a block without an acknowledge is sent again; a terminal that had dropped the first has only this one.
        var isOnlyOne = plan.Carrier is Carrier.Serial && open.Plan.Script.Cut is ScriptCut.BeforeAcknowledge && open.Takes == 2;
        if (open.Takes > 1 && !isOnlyOne) Misstated(open, $"I5 {open.Key}: its command arrived {open.Takes} times");
        if (!plan.StrictUnknown || !open.Request.Kind.NeedsProof()) return;
        var other = byKey.Values.FirstOrDefault(note => note != open && note.Terminal == at.Name && note.Session is { } left
            && left.NeedsProof && (left.IsUnresolved || left is { SentAt: not null, Phase: not SessionPhase.Closed }));
        if (other is not null)
            Break($"I8 {at.Name}: a new amount was sent while {other.Key} is {other.Session!.Outcome?.ToString() ?? "open"}");
    }

    /// <summary>The acquirer booked or took back.</summary>
    public void Moved(Books at, BooksLine line)
    {
        if (world.Tells) world.Tell($"{at.Name}: {line.State} {line.Kind} {line.MinorUnits} receipt {line.Receipt} for {line.Reference}");
        if (NoteOf(at, line) is not { } note) return;
        // The line of another terminal turned that order's reference into this one's.
        note.MetChangedBytes |= note.Terminal != at.Name && at.Terminal.Line.WasCorrupted;
        if (line.State == "booked")
        {
            if (at.Standing(note).Count() > 1) Misstated(note, $"I1 {note.Key} has {at.Standing(note).Count()} bookings that stand");
            if (note.Session is { Phase: SessionPhase.Closed, Outcome: Outcome.Declined or Outcome.Cancelled or Outcome.Failed })
                Misstated(note, $"I4 {note.Key} is {note.Session.Outcome} and was booked after it");
            return;
        }

        if (note.Session is { Phase: SessionPhase.Closed, Outcome: Outcome.Approved } && !at.IsBeingUndone(this, line))
            Misstated(note, $"I3 {note.Key} is approved and its booking was taken back without an order");
    }

    public OrderNote? NoteOf(Books at, BooksLine line) =>
        byKey.Values.FirstOrDefault(note => line.Reference is not null
            && note.Request.Reference == line.Reference) ?? byKey.Values.FirstOrDefault(note =>
            note.Terminal == at.Name && note.Request.Reference is null && note.MayBook(line.Kind, line.MinorUnits));

    /// <summary>A till was told how an order ended.</summary>
    public void Told(OrderNote note, Session session)
    {
        if (session.Outcome is not { } outcome) return;
        if (world.Tells) world.Tell($"till of {note.Key} is told {outcome} {session.Conclusion!.ApprovedAmount}");
        var durable = note.Session;
        var same = durable is { Phase: SessionPhase.Closed } && durable.Outcome == outcome;
        if (!same && !(outcome is Outcome.Unknown && durable is { Phase: SessionPhase.Closed }))
            Break($"I6 {note.Key}: the till was told {outcome}, durable is {durable?.Phase} {durable?.Outcome}");
        if (note.Told is { } earlier && earlier is not Outcome.Unknown && earlier != outcome)
            Break($"I4 {note.Key}: the till was told {earlier} and then {outcome}");
        note.Told = outcome;
    }

    private void Concluded(OrderNote note, Session session, Conclusion conclusion, Session? before)
    {
        if (before?.Outcome is { } earlier && earlier is not Outcome.Unknown)
            Break($"I4 {note.Key} was {earlier} and became {conclusion.Outcome}");
        if (before is { IsUnresolved: true })
            note.SettledBy = conclusion.Reason is Reason.ResolvedByPerson ? "a person" : "the terminal, asked later";
        var at = books.First(one => one.Name == note.Terminal);
        Judge.Rests(this, note, conclusion);
        if (note.Request.Kind.MovesMoney()) Judge.Money(this, at, note, session, conclusion);
        if (conclusion.Outcome is Outcome.Approved && note.Request.Kind.MovesMoney() && session.Receipts.Count == 0
            && conclusion.Reason is not Reason.ResolvedByPerson)
        {
            Break($"I9 {note.Key} is approved without a receipt");
        }

        if (plan.IsHarmless) Judge.Harmless(this, note, session);
        if (note.Plan.Script.LeaksCard) Judge.Secrets(this, note.Key, JournalJson.Write(session));
    }
}
