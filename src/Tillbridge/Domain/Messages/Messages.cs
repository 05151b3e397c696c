using System.Collections.Frozen;
using System.Text.Json;

namespace Tillbridge.Domain.Messages;

/// <summary>What a cashier reads: one short sentence per reason and language, saying what is known about the money.</summary>
public static class Messages
{
    private const string Fallback = "en";
    private const string UnknownOutcome = "unknown";

    private static readonly string[] Languages = ["en", "de", "cs", "sk", "fr", "uk", "ru"];

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Texts =
        Languages.ToFrozenDictionary(language => language, Load, StringComparer.Ordinal);

    /// <summary>The sentence for a reason; English where the language is not spoken here, the code where the reason is not known.</summary>
    public static string ForReason(string reason, string? language)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var texts = Texts[language is not null && Primary(language) is var tongue && Knows(tongue) ? tongue : Fallback];
        return texts.GetValueOrDefault(reason, reason);
    }

    /// <summary>
    /// The sentence for a session that has ended. A close whose sums differ says so although it is done: who reads only this sentence must
    /// not take the day for settled.
    /// </summary>
    public static string ForSession(Session session, string? language)
    {
        ArgumentNullException.ThrowIfNull(session);
        var end = session.Conclusion ?? throw new ArgumentException("The session has not ended.", nameof(session));
        var differs = session.Request.Kind is RequestKind.Reconciliation && end is { Outcome: Outcome.Approved, PeriodClosed: not false }
            && session.Incidents.Any(noted => noted.Code is Reason.TotalsDiffer);
        return differs ? ForReason(Reason.TotalsDiffer, language) : ForConclusion(end, session.Request.Kind, language);
    }

    /// <summary>
    /// The sentence for an end. An unknown outcome has one sentence whatever its reason, so that no other words can
    /// be taken for a statement about the money. Where a reversal, refund, capture or close was not carried out, an
    /// earlier booking still stands: "nothing was charged" would be untrue.
    /// </summary>
    public static string ForConclusion(Conclusion conclusion, RequestKind kind, string? language)
    {
        ArgumentNullException.ThrowIfNull(conclusion);
        var charges = kind is RequestKind.Sale or RequestKind.SaleWithCashback or RequestKind.PreAuthorization;
        var key = (conclusion.Outcome, charges) switch
        {
            (Outcome.Unknown, true) => UnknownOutcome,
            (Outcome.Unknown, false) => "unknown-operation",
            (Outcome.Approved, false) when conclusion.Reason is Reason.Recovered =>
                kind.MovesMoney() ? Reason.Approved : Reason.Done,
            // Goods are handed over for a payment only.
            (Outcome.Approved, false) when conclusion.Reason is Reason.ApprovedOtherAmount => "approved-other-amount-operation",
            // These sentences are about the booking, the reversal or the close itself and say nothing of a charge.
            (_, false) when conclusion.Reason is Reason.ReversalRefused or Reason.BookedAlready or Reason.NotTheLast => conclusion.Reason,
            (_, false) when kind is RequestKind.Reconciliation
                && conclusion.Reason is Reason.TotalsDifferClosed or Reason.TotalsDifferOpen => conclusion.Reason,
            (Outcome.Declined or Outcome.Cancelled or Outcome.Failed, false) when kind.NeedsProof() => "not-carried-out",
            // Where no card was asked for, another one is no cure.
            (Outcome.Declined, false) when kind is not (RequestKind.Balance or RequestKind.ReadCard) && conclusion.Reason
                is Reason.DeclinedByIssuer or Reason.DeclinedByTerminal or Reason.DeclinedByCard => "not-carried-out",
            _ => conclusion.Reason,
        };
        return ForReason(key, language);
    }

    /// <summary>True for a language that has texts: en, de, cs, sk, fr, uk, ru.</summary>
    public static bool Knows(string language) => Texts.ContainsKey(language);

    // "de-AT" is served with the words of "de".
    private static string Primary(string language)
    {
        var cut = language.IndexOf('-', StringComparison.Ordinal);
        return (cut < 0 ? language : language[..cut]).ToLowerInvariant();
    }

    private static FrozenDictionary<string, string> Load(string language)
    {
        using var stream = typeof(Messages).Assembly.GetManifestResourceStream($"Tillbridge.Domain.Messages.{language}.json");
        Invariant.Holds(stream is not null, $"the texts of '{language}' are embedded");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.EnumerateObject()
            .ToFrozenDictionary(text => text.Name, text => text.Value.GetString()!, StringComparer.Ordinal);
    }
}
