using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Reading;
using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>What must be true of the face when everything has come to rest, by the list that a client is given at the end.</summary>
internal static class FaceClosing
{
    // As long as the pause between two attempts, and some more.
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(150);

    /// <summary>Holds the list against what is durable.</summary>
    /// <param name="book">Everything that the face said and what is true.</param>
    /// <param name="list">The last list; null when nobody told one.</param>
    /// <param name="askedAt">When it was asked for: what became known later may stand in it as unknown.</param>
    public static void Check(FaceBook book, IReadOnlyList<FaceEntry>? list, long askedAt)
    {
        if (list is null)
        {
            book.Ledger.Break("C5 nobody tells the list when everything is over");
            return;
        }

        var listed = list.ToDictionary(entry => entry.Id, StringComparer.Ordinal);
        foreach (var telling in book.Tellings)
        {
            if (telling.Note.Session is not { Phase: SessionPhase.Closed } session || !session.Request.Kind.NeedsProof()) continue;
            var entry = listed.GetValueOrDefault(telling.Id);
            Listed(book, telling, session, entry);
            Told(book, telling, session);
            if (entry is not null && !(telling.KnownAt > askedAt)) Agrees(book, telling, session, entry);
        }

        foreach (var call in book.Calls.Where(call => call is { IsRefused: true, Note.Session: { SentAt: not null } }))
            book.Ledger.Break($"C4 {call.Path} was answered with Proceed false, and its command was sent");
    }

    // C5: nothing that somebody has to look at is missing, and no money is in neither an end nor the list.
    private static void Listed(FaceBook book, Telling telling, Session session, FaceEntry? entry)
    {
        if (entry is not null || telling.IsRemoved) return;
        var why = session switch
        {
            { Outcome: Outcome.Unknown } => "its outcome is unknown",
            { Outcome: Outcome.Cancelled } => "it was cancelled",
            { Outcome: Outcome.Failed } => "it failed",
            { AbortAsked: true } => "it was asked to stop",
            _ when EntryKind.Differs(session) => "another amount was approved",
            _ when !telling.WasDelivered => "its end was never delivered",
            _ => null,
        };
        if (why is not null)
            book.Ledger.Break($"C5 {telling.Note.Key} is {session.Outcome} and not in the list although {why}");
    }

    // C7: where the receiver takes messages again its end gets there, and what became known is told where that is wanted.
    private static void Told(FaceBook book, Telling telling, Session session)
    {
        // Refused, or gone before the answer: nobody waits. A final answer of the receiver is none to repeat.
        var call = book.Calls.First(one => one.Note == telling.Note);
        var isWaiting = call is { IsRefused: false, IsGone: false } && book.IsHealed(telling.Note.Terminal) && !telling.IsRemoved
            && !book.Calls.Any(one => one.Fault is { Trouble: ReceiverTrouble.NotFound or ReceiverTrouble.Redirects } && one.Key == call.Key
                && (one == call || one.Key is not null));
        var isTakenBack = book.OwnReversals(telling.Id).Any(other => other.Session is { Outcome: null or Outcome.Unknown });
        if (isWaiting && !isTakenBack && !telling.WasDelivered)
            book.Ledger.Break($"C7 {telling.Note.Key} is {session.Outcome} and its end is never told");
        var isLong = telling.KnownAt is { } known && book.World.Now - known > KnownFor.Ticks;
        if (isWaiting && isLong && book.Face.LateResult && telling.Seen is { Outcome: "unknown" } && telling.WasDelivered)
            book.Ledger.Break($"C7 {telling.Note.Key} was told unknown, is {session.Outcome}, and that is not told");
    }

    private static void Agrees(FaceBook book, Telling telling, Session session, FaceEntry entry)
    {
        var durable = Words<Outcome>.Of(session.Outcome!.Value);
        if (entry.Outcome != durable) book.Ledger.Break($"C5 {telling.Note.Key} is listed as {entry.Outcome} and is {durable}");
        var kind = session.IsUnresolved ? "unfinished" : session.Outcome is Outcome.Cancelled ? "aborted" : null;
        if (kind is not null && entry.Kind != kind && entry.Kind is not ("unfinished" or "invalid"))
            book.Ledger.Break($"C5 {telling.Note.Key} is listed as {entry.Kind}, it is {kind}");
        var own = book.OwnReversals(telling.Id).FirstOrDefault(other => other.Session is { Outcome: Outcome.Approved });
        if (own is not null && entry.ReversalOutcome != "approved")
            book.Ledger.Break($"C3 {telling.Note.Key} was taken back, and its entry does not say so ({entry.ReversalOutcome})");
    }
}
