using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>
/// The sentences that must be true of the callback face, beside those of the engine under it (reference: zvt callback interface,
/// §3 to §7). Each is judged in the moment in which something leaves the face, arrives or becomes durable.
/// </summary>
internal static class FaceJudge
{
    private const string Unknown = "unknown";
    private const string ReversedUnseen = "reversed-unseen";

    // What was decided a moment before may still leave.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(200);

    // Time enough to ask the terminal to stop, also where the disk is slow.
    private static readonly TimeSpan AbortWithin = TimeSpan.FromSeconds(5);

    // The reference's pauses let no more than three attempts of an end leave within a second.
    private const int MostAttemptsInASecond = 3;

    /// <summary>C6: one session at a time, whatever the face was asked.</summary>
    public static void Taken(FaceBook book, OrderNote note, Session session)
    {
        var other = book.Ledger.Orders.FirstOrDefault(one =>
            one != note && one.Terminal == note.Terminal && one.Session is { Phase: not SessionPhase.Closed });
        if (other is not null) book.Ledger.Break($"C6 {note.Key} was taken while {other.Key} is {other.Session!.Phase}");
        if (session.Phase is not SessionPhase.Prepared) book.Ledger.Break($"C6 {note.Key} begins as {session.Phase}");
    }

    /// <summary>A money command reached the terminal.</summary>
    public static void Sent(FaceBook book, OrderNote note)
    {
        var call = book.Calls.FirstOrDefault(one => one.Note == note);
        if (call is { IsRefused: true }) book.Ledger.Break($"C4 {note.Key} was answered with Proceed false, and its command was sent");
        if (call is { IsGone: true }) book.Ledger.Break($"C4 {note.Key}: its client was gone before the answer, and its command was sent");
        if (call is { Command: "Authorisation" or "Reversal" } && book.Face.Probe
            && book.Of(note.Session!.Id.Value) is { ProbeDelivered: false })
            book.Ledger.Break($"C3 {note.Key}: the terminal was asked although no first message was delivered");
        if (FaceBook.IsOwn(note)) book.Meet("payments taken back unseen");
        if (!FaceBook.IsOwn(note) || note.Session!.Request.Original?.Session is not { } payment) return;
        if (book.Of(payment.Value) is { ApprovalSeen: true })
            book.Ledger.Break($"C3 {note.Key}: a payment is taken back of which the client has seen the approval");
        if (book.OwnReversals(payment.Value).Count(other => other.Takes > 0) > 1)
            book.Ledger.Break($"C3 {payment}: it is taken back more than once");
    }

    /// <summary>A message about a session leaves.</summary>
    public static void Leaves(FaceBook book, FaceCall call, Telling telling, FaceMessage message, ReadOnlyMemory<byte> body)
    {
        if (telling.Note.Plan.Script.LeaksCard) Judge.Secrets(book.Ledger, telling.Note.Key, message.Text);
        if (message.IsIntermediate)
        {
            Progress(book, telling, message, body);
            return;
        }

        var session = telling.Note.Session!;
        End(book, telling, session, message);
        Numbers(book, telling, message);
        if (telling.Repeating > 0 || message.IsLate) return;
        telling.Attempts.Enqueue(book.World.Now);
        while (book.World.Now - telling.Attempts.Peek() > TimeSpan.TicksPerSecond) telling.Attempts.Dequeue();
        if (telling.Attempts.Count > MostAttemptsInASecond)
            book.Ledger.Break($"C2 {call.Path}: {telling.Attempts.Count} attempts of its end within a second");
        if (telling.IsConfirmed) book.Ledger.Break($"C2 {call.Path}: its end is told again although it was delivered");
        if (telling.QuietSince is { } since && book.World.Now - since > Grace.Ticks)
            book.Ledger.Break($"C2 {call.Path}: its end is told although it was acknowledged");
    }

    /// <summary>A message was given up: a payment that the terminal has in hand is asked to stop.</summary>
    public static void Lost(FaceBook book, Telling telling, SimProcess life)
    {
        var session = telling.Note.Session!;
        var matters = book is { CanAbort: true, HasDiskTrouble: false, Face.OnUndeliverable: OnUndeliverable.Abort }
            && session is { Phase: SessionPhase.InFlight, Request.Kind: RequestKind.Sale or RequestKind.Reversal };
        if (!matters) return;
        book.Meet("payments of which nobody hears");
        book.World.After(AbortWithin, () =>
        {
            if (life.IsAlive && telling.Note.Session is { Phase: SessionPhase.InFlight, AbortAsked: false })
                book.Ledger.Break($"C3 {telling.Note.Key}: nobody hears of it, and its terminal is not asked to stop");
        });
    }

    /// <summary>An end is in the client's hands.</summary>
    public static void Arrived(FaceBook book, Telling telling, FaceMessage message)
    {
        telling.ApprovalSeen |= message.Success;
        if (telling.Seen is { } before && before.Statement != message.Statement && before.Outcome != Unknown)
            book.Ledger.Break($"C1 {telling.Note.Key} has two ends: first {before.Statement}, then {message.Statement}");
        telling.Seen = message;
    }

    /// <summary>A line of the list is in the client's hands.</summary>
    public static void Listed(FaceBook book, FaceEntry entry)
    {
        if (book.Of(entry.Id) is not { } telling)
        {
            book.Ledger.Break($"C5 the list has session {entry.Id}, which no command of this face made");
            return;
        }

        var session = telling.Note.Session!;
        var said = entry.Outcome;
        var durable = session.Outcome is { } outcome ? Words<Outcome>.Of(outcome) : null;
        // What the list left behind on its way may have become known since.
        if (said != durable && said is not (null or Unknown))
            book.Ledger.Break($"C5 {telling.Note.Key} is listed as {said}, durable is {durable ?? "nothing"}");
        if (said == "approved" && entry.Approved != session.Conclusion?.ApprovedAmount?.MinorUnits)
            book.Ledger.Break($"C5 {telling.Note.Key} is listed with {entry.Approved}, approved is {session.Conclusion?.ApprovedAmount}");
        // A reversal that is shown beside it tells the reader that the approval is no lasting one.
        telling.ApprovalSeen |= said == "approved" && !entry.HasReversal;
    }

    private static void Progress(FaceBook book, Telling telling, FaceMessage message, ReadOnlyMemory<byte> body)
    {
        var isRepeat = message.Sequence == telling.Told && telling.ToldBody.Span.SequenceEqual(body.Span);
        if (telling.EndSequence > 0) book.Ledger.Break($"C1 {telling.Note.Key}: message {message.Sequence} follows on its end");
        else if (message.Sequence <= telling.Told && !isRepeat)
            book.Ledger.Break($"C1 {telling.Note.Key}: message {message.Sequence} follows on message {telling.Told}");
        (telling.Told, telling.ToldBody) = (message.Sequence, body);
    }

    private static void Numbers(FaceBook book, Telling telling, FaceMessage message)
    {
        if (message.Sequence <= telling.Told)
            book.Ledger.Break($"C1 {telling.Note.Key}: the end has number {message.Sequence}, {telling.Told} was told before");
        if (message.IsLate)
        {
            if (message.Sequence <= telling.EndSequence)
                book.Ledger.Break($"C1 {telling.Note.Key}: the late end has number {message.Sequence}, the first {telling.EndSequence}");
            return;
        }

        if (telling.EndSequence > 0 && telling.EndSequence != message.Sequence)
            book.Ledger.Break($"C1 {telling.Note.Key}: its end has number {message.Sequence} and had {telling.EndSequence}");
        telling.EndSequence = message.Sequence;
    }

    // C1: the end tells about money what is durable, and "success" only for what was asked.
    private static void End(FaceBook book, Telling telling, Session session, FaceMessage message)
    {
        var ledger = book.Ledger;
        var key = telling.Note.Key;
        var durable = session.Outcome is { } outcome ? Words<Outcome>.Of(outcome) : null;
        if (session.Phase is not SessionPhase.Closed || (message.Outcome != durable && message.Outcome != Unknown))
        {
            ledger.Break($"C1 {key}: the end says {message.Outcome}, durable is {session.Phase} {durable}");
            return;
        }

        var approved = session.Conclusion!.ApprovedAmount?.MinorUnits;
        if (message.Outcome == "approved" && message.Approved != approved)
            ledger.Break($"C1 {key}: the end says {message.Approved} approved, durable is {approved}");
        var isWhole = session.Request.Total is not { } asked || asked == session.Conclusion.ApprovedAmount;
        if (message.Success && (message.Outcome != "approved" || !isWhole))
            ledger.Break($"C1 {key}: success is told for {message.Statement}, asked was {session.Request.Total}");
        if (!message.Success && message.Outcome == "approved" && isWhole
            && message.Code is not (ReversedUnseen or "reversed-other-payment"))
            ledger.Break($"C1 {key}: no success is told for what was approved ({message.Code})");
        TakenBack(book, telling, message);
    }

    private static void TakenBack(FaceBook book, Telling telling, FaceMessage message)
    {
        var own = book.OwnReversals(telling.Id).ToList();
        if (message.Success
            && own.Exists(other => other.Session is { SentAt: not null, Outcome: null or Outcome.Approved or Outcome.Unknown }))
            book.Ledger.Break($"C3 {telling.Note.Key}: success is told while the payment is taken back");
        if (message.Code == ReversedUnseen && !own.Exists(other => other.Session is { Outcome: Outcome.Approved }))
            book.Ledger.Break($"C3 {telling.Note.Key}: it is told to be taken back, and was not");
    }
}
