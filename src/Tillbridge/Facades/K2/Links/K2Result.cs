using Tillbridge.Domain;

namespace Tillbridge.Facades.K2.Links;

/// <summary>A session as far as a client object shows it.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Terminal">The terminal's name.</param>
internal sealed record K2Result(string Session, string Terminal)
{
    public bool IsClosed { get; init; }

    public Conclusion? Conclusion { get; init; }

    public Money? Asked { get; init; }

    public string? ReceiptText { get; init; }

    /// <summary>The mark of the client object that ordered it; null for everybody else's sessions.</summary>
    public string? Client { get; init; }

    public static K2Result Of(Session session) => new(session.Id.Value, session.Terminal)
    {
        IsClosed = session.Phase is SessionPhase.Closed,
        Conclusion = session.Conclusion,
        Asked = session.Request.Total,
        ReceiptText = TextOf(Slips.Of(session, ReceiptAudience.Cardholder) is [var slip] ? [slip] : session.Receipts),
        Client = session.Metadata?.GetValueOrDefault(K2Order.Mark),
    };

    private static string? TextOf(IReadOnlyList<Receipt> receipts)
    {
        var shown = receipts.LastOrDefault(receipt => receipt.Audience is ReceiptAudience.Cardholder)
            ?? (receipts.Count == 0 ? null : receipts[^1]);
        return shown is null ? null : string.Join('\n', shown.Lines.Select(line => line.Text));
    }
}
