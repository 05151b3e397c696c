using Tillbridge.Domain;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>The sentences that must be true of a conclusion, beside the books of the acquirer.</summary>
internal static class Judge
{
    // Enough to see which field it is; the numbers are those of test cards.
    private const int Around = 80;

    // The test numbers that a leaking virtual terminal prints.
    private static readonly string[] FullNumbers = ["4111111111111111", "5555555555554444"];

    public static void Money(Ledger ledger, Books at, OrderNote note, Session session, Conclusion conclusion)
    {
        if (note.Request.Kind is RequestKind.Reversal or RequestKind.CancelPreAuthorization) Undone(ledger, at, note, session, conclusion);
        else Booked(ledger, at, note, conclusion);
    }

    /// <summary>Who says something for certain says on what it rests, and who knows nothing names nothing.</summary>
    public static void Rests(Ledger ledger, OrderNote note, Conclusion conclusion)
    {
        if (conclusion.Outcome is Outcome.Unknown ? conclusion.Grounds.Count > 0 : conclusion.Grounds.Count == 0)
            ledger.Break($"G {note.Key} is {conclusion.Outcome} ({conclusion.Reason}) and rests on [{conclusion.Grounds}]");
    }

    private static void Booked(Ledger ledger, Books at, OrderNote note, Conclusion conclusion)
    {
        var standing = at.Standing(note).ToList();
        switch (conclusion.Outcome)
        {
            case Outcome.Approved when standing.Count != 1:
                ledger.Misstated(note, $"I3 {note.Key} is approved, {standing.Count} bookings stand");
                break;
            case Outcome.Approved when conclusion.ApprovedAmount is not { } amount
                || amount.MinorUnits != standing[0].MinorUnits || amount.Currency.Code != standing[0].Currency:
                ledger.Misstated(
                    note,
                    $"I3 {note.Key} is approved for {conclusion.ApprovedAmount}, booked is {standing[0].MinorUnits}");
                break;
            case Outcome.Declined or Outcome.Cancelled or Outcome.Failed when standing.Count > 0:
                ledger.Misstated(note, $"I4 {note.Key} is {conclusion.Outcome} ({conclusion.Reason}) and booked");
                break;
        }
    }

    private static void Undone(Ledger ledger, Books at, OrderNote note, Session session, Conclusion conclusion)
    {
        if (session.Request.Original?.Receipt is not { } receipt) return;
        var stands = at.Stands(receipt);
        if (conclusion.Outcome is Outcome.Approved && stands)
            ledger.Misstated(note, $"I3 {note.Key} says that receipt {receipt} was undone, and it stands");
        if (conclusion.Outcome is Outcome.Declined or Outcome.Cancelled or Outcome.Failed && note.TargetStoodAtTake && !stands)
            ledger.Misstated(note, $"I4 {note.Key} is {conclusion.Outcome} and receipt {receipt} was undone");
    }

    /// <summary>Where nothing happened that anybody may notice, an order ends as its script says, without a question asked.</summary>
    public static void Harmless(Ledger ledger, OrderNote note, Session session)
    {
        // What was told as final together with the result cannot be held back.
        var contradicts = note.Plan.Confirm && (note.Plan.Script.Glue || !note.MetItsScript);
        if (note.WasRecovering && !contradicts)
            ledger.Break($"B {note.Key} had to be recovered although the line lost nothing ({session.BrokenBy})");
        if (!note.MetItsScript || !note.Request.Kind.NeedsAmount() || note.Plan.AbortAfter is not null || note.Plan.Confirm) return;
        var script = note.Plan.Script;
        Outcome? expected = script.ResponseCode is not null || script.Withdraw ? null : script.Outcome switch
        {
            ScriptOutcome.Approve or ScriptOutcome.Partial => Outcome.Approved,
            ScriptOutcome.Decline => Outcome.Declined,
            ScriptOutcome.Cancel or ScriptOutcome.TimeOut => Outcome.Cancelled,
            _ => null,
        };
        // A partial approval is a decline where the protocol cannot say it (contract §5).
        if (script.Outcome is ScriptOutcome.Partial && session.Outcome is Outcome.Declined) return;
        if (expected is { } wanted && session.Outcome != wanted && note.Request.Kind is RequestKind.Sale)
            ledger.Break($"B {note.Key} ended {session.Outcome} ({session.Conclusion!.Reason}), its script says {wanted}");
    }

    public static void Secrets(Ledger ledger, string key, string output)
    {
        var digits = output.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        if (FullNumbers.FirstOrDefault(number => digits.Contains(number, StringComparison.Ordinal)) is not { } leaked) return;
        var at = digits.IndexOf(leaked, StringComparison.Ordinal);
        var around = digits[Math.Max(0, at - Around)..Math.Min(digits.Length, at + leaked.Length + Around)];
        ledger.Break($"I10 {key}: a full card number stands in an output: {around}");
    }
}
