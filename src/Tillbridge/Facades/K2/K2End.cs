using Tillbridge.Domain;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Facades.K2.Texts;

namespace Tillbridge.Facades.K2;

/// <summary>How a client object's request stands when Execute returns.</summary>
/// <param name="Outcome">The statement about money.</param>
/// <param name="Reason">The face's own reason.</param>
internal sealed record K2End(Outcome Outcome, string Reason)
{
    /// <summary>The session's id; null when there is none.</summary>
    public string? Session { get; init; }

    /// <summary>The closed session; null while it is open or when there is none.</summary>
    public K2Result? Result { get; init; }

    /// <summary>Seconds that were waited, for the sentence that names them.</summary>
    public int Seconds { get; init; }

    /// <summary>What a refusal said.</summary>
    public string? Text { get; init; }

    /// <summary>A session that is closed.</summary>
    public static K2End Of(K2Result result) =>
        new(result.Conclusion?.Outcome ?? Outcome.Unknown, K2Reasons.Of(result)) { Session = result.Session, Result = result };

    /// <summary>Nothing was sent to any terminal.</summary>
    public static K2End NotSent(string reason, string? text = null) => new(Outcome.Failed, reason) { Text = text };

    /// <summary>Stopped at the till before it was handed over.</summary>
    public static K2End Stopped() => new(Outcome.Cancelled, K2Reasons.CancelledAtTill);

    /// <summary>The order may have been taken, and nobody says what became of it.</summary>
    public static K2End Lost(string? text = null) => new(Outcome.Unknown, K2Reasons.Unknown) { Text = text };

    /// <summary>The caller stopped waiting; the session goes on.</summary>
    public static K2End Open(string reason, string session, int seconds = 0) =>
        new(Outcome.Unknown, reason) { Session = session, Seconds = seconds };
}
