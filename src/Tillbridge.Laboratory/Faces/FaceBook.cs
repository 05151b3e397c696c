using System.Text;
using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Journal;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>Knows every command that was sent to the callback face, every message that left it and what became of each.</summary>
internal sealed class FaceBook(World world, Ledger ledger, TrialPlan plan)
{
    private readonly Dictionary<string, FaceCall> calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Telling> tellings = new(StringComparer.Ordinal);
    private readonly Dictionary<SessionId, OrderNote> found = [];
    private readonly HashSet<string> healed = new(StringComparer.Ordinal);
    private int notes;

    public Ledger Ledger => ledger;

    public World World => world;

    public FacePlan Face { get; } = plan.Face ?? new();

    /// <summary>Disks in trouble delay what else has a limit.</summary>
    public bool HasDiskTrouble { get; } = plan.Tills.Any(orders => orders.Any(order => order.Disk is not DiskTrouble.None));

    /// <summary>Bookings are known by a reference of the order; else by their amount.</summary>
    public bool CarriesReference { get; set; } = true;

    /// <summary>A terminal of these can be asked to stop.</summary>
    public bool CanAbort { get; set; } = true;

    public IEnumerable<Telling> Tellings => tellings.Values;

    public IEnumerable<FaceCall> Calls => calls.Values;

    /// <summary>What was met, by name.</summary>
    public SortedDictionary<string, long> Met { get; } = new(StringComparer.Ordinal);

    /// <summary>The receivers of this terminal's client take every message again.</summary>
    public bool IsHealed(string terminal) => healed.Contains(terminal);

    /// <summary>A command is sent for the first time or again.</summary>
    public FaceCall Open(string terminal, string command, string parameter, string? key, TerminalRequest? request, OrderPlan? order)
    {
        var path = $"{terminal}-{++notes}";
        if (CarriesReference) request = request is null ? null : request with { Reference = path };
        var note = request is null ? null : ledger.Open(path, terminal, request, order!);
        return calls[path] = new FaceCall(path, command, parameter, key, note, order?.Receiver);
    }

    public FaceCall CallOf(Uri url) => calls[url.AbsolutePath[1..]];

    public Telling? Of(string id) => tellings.GetValueOrDefault(id);

    /// <summary>The order that a session belongs to, as its own face or the face's own reversal says.</summary>
    public OrderNote NoteOf(Session session)
    {
        if (!found.TryGetValue(session.Id, out var note)) found[session.Id] = note = Find(session);
        return note;
    }

    private OrderNote Find(Session session)
    {
        if (CallbackOrigin.Of(session) is { } origin) return CallOf(new Uri(origin.CallbackUrl)).Note!;
        // What the face takes back by itself is an order of nobody.
        return ledger.Of(session.Key) ?? ledger.Open(
            session.Key!, session.Terminal, session.Request, new OrderPlan(session.Request.Kind) { IsHarmless = false });
    }

    /// <summary>The sessions by which the face took this payment back by itself.</summary>
    public IEnumerable<OrderNote> OwnReversals(string payment) => ledger.Orders.Where(other => IsOwn(other)
        && other.Session!.Request.Original?.Session?.Value == payment);

    /// <summary>The order is no client's: the face gave it by itself.</summary>
    public static bool IsOwn(OrderNote note) =>
        note.Session is { Face: null, Request.Kind: RequestKind.Reversal };

    public void BecameDurable(JournalEntry entry)
    {
        if (entry.Session is { Face.Name: CallbackOrigin.Face } session && !tellings.ContainsKey(session.Id.Value))
        {
            tellings[session.Id.Value] = new Telling(session.Id.Value, NoteOf(session));
            FaceJudge.Taken(this, NoteOf(session), session);
        }

        if (entry.Session is { Outcome: not (null or Outcome.Unknown) } && Of(entry.Id.Value) is { } known) known.KnownAt ??= world.Now;
        if (entry.Note is not { Face: CallbackOrigin.Face } stored || Of(entry.Id.Value) is not { } telling) return;
        var said = CallbackNote.Of(stored);
        telling.IsConfirmedOnDisk = said.IsDelivered;
        if (said.RemovedAt is not null && !telling.IsRemoved) Meet("entries acknowledged");
        telling.IsRemoved |= said.RemovedAt is not null;
        telling.QuietSince = said is { RemovedAt: not null, IsAskedAgain: false } ? telling.QuietSince ?? world.Now : null;
    }

    /// <summary>Counts something that was met.</summary>
    public void Meet(string what) => Met[what] = Met.GetValueOrDefault(what) + 1;

    /// <summary>The host died: of what it knew only the disk's part is left.</summary>
    public void HostDied()
    {
        foreach (var telling in tellings.Values)
        {
            telling.IsConfirmed = telling.IsConfirmedOnDisk;
            telling.Attempts.Clear();
        }
    }

    /// <summary>A terminal's client repairs its receiver.</summary>
    public void Heal(string terminal) => healed.Add(terminal);

    /// <summary>What the receiver of this call does to the next message.</summary>
    public ReceiverTrouble TroubleOf(FaceCall call, bool isEnd)
    {
        var fault = call.Fault;
        if (fault is null || call.Note is null || healed.Contains(call.Note.Terminal)) return ReceiverTrouble.None;
        var strikes = fault.From switch
        {
            TroubleFrom.AfterFirst => call.Delivered > 0,
            TroubleFrom.End => isEnd,
            _ => true,
        };
        if (!strikes) return ReceiverTrouble.None;
        call.StruckAt ??= world.Now;
        if (fault.For is { } time && world.Now - call.StruckAt > time.Ticks) return ReceiverTrouble.None;
        return fault.IsFitful && world.Chance.OneIn(2) ? ReceiverTrouble.None : fault.Trouble;
    }

    /// <summary>A message leaves the face.</summary>
    public void Leaves(FaceCall call, CallbackEnvelope envelope, FaceMessage message)
    {
        Meet(message.IsIntermediate ? "progress messages" : message.IsLate ? "late ends" : "attempts of an end");
        if (world.Tells)
        {
            world.Tell($"message to {call.Path}: {message.Command} {message.Sequence} {message.Code} "
                + $"{(message.IsIntermediate ? "" : $"END {message.Statement} ")}{(message.IsLate ? "late" : "")}");
        }

        if (envelope.SessionId != message.SessionId || envelope.Sequence != message.Sequence)
            ledger.Break($"C1 {call.Path}: the message says {message.SessionId} {message.Sequence}, its envelope another");
        // An intent whose write was reported as failed may stand all the same; its end says that nothing was sent (docs/decisions.md).
        var stoodInDoubt = message is { IsIntermediate: false, Success: false, Outcome: "failed" }
            && call.Note?.Session is { Outcome: Outcome.Failed, SentAt: null };
        if (call.IsRefused && !stoodInDoubt) ledger.Break($"C4 {call.Path}: a message follows on an answer that said that none will");
        if (!call.IsAnswered && call is { TakenBy.IsAlive: true, Note.Session: not null })
            ledger.Break($"C7 {call.Path}: a message comes before the answer");
        if (Of(message.SessionId) is { } telling) FaceJudge.Leaves(this, call, telling, message, envelope.Body);
    }

    /// <summary>A message is in the client's hands.</summary>
    public void Arrived(FaceCall call, FaceMessage message)
    {
        if (message.IsIntermediate) return;
        Meet("ends that arrived");
        if (Of(message.SessionId) is { } telling) FaceJudge.Arrived(this, telling, message);
        else call.Result = message;
    }

    /// <summary>The face that sent it knows what became of it.</summary>
    public void Known(FaceCall call, FaceMessage message, int round, int attempt, Attempt result, SimProcess life)
    {
        if (!result.IsDelivered)
        {
            var isGivenUp = message.IsIntermediate && (!result.MayRetry || attempt >= Face.Settings.IntermediateAttempts);
            if (isGivenUp && Of(message.SessionId) is { } lost) FaceJudge.Lost(this, lost, life);
            return;
        }

        call.Delivered++;
        if (Of(message.SessionId) is not { } telling) return;
        telling.ProbeDelivered = true;
        if (message.IsIntermediate) return;
        telling.WasDelivered = true;
        telling.IsConfirmed |= telling.Round == round && !message.IsLate;
    }

    /// <summary>A text that the client was given as the list.</summary>
    public IReadOnlyList<FaceEntry> Listed(string json)
    {
        var entries = FaceEntry.Read(json);
        foreach (var entry in entries) FaceJudge.Listed(this, entry);
        return entries;
    }

    /// <summary>The bytes of a command, as a program writes them.</summary>
    public static ReadOnlyMemory<byte> Write(FaceCall call)
    {
        var fields = new Dictionary<string, string?>
        {
            ["Command"] = call.Command, ["CallbackUrl"] = call.Url, ["Parameter"] = call.Parameter, ["IdempotencyKey"] = call.Key,
            ["Reference"] = call.Path, ["Language"] = "en",
        };
        return Encoding.UTF8.GetBytes(System.Text.Json.JsonSerializer.Serialize(fields));
    }
}
