using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Domain.Keys;
using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>What can be said of an order without asking its terminal. Pure.</summary>
internal static class OrderRules
{
    /// <summary>Why an order cannot be taken, whatever the terminal is doing; null when it can.</summary>
    public static Refusal? Check(Order order, Capabilities capabilities, TerminalSettings terminal)
    {
        var request = order.Request;
        if (RequestRules.Fault(request) is { } fault) return new(RefusalCode.InvalidRequest, fault.Text, fault.Field);
        if (CallerWords.Fault(request, order.Key, order.Metadata, order.Face) is { } card)
            return new(RefusalCode.InvalidRequest, card.Text, card.Field);
        if (order.Key is null && request.Kind.MovesMoney())
            return new(RefusalCode.InvalidRequest, "An idempotency key is required for everything that moves money.", "Idempotency-Key");
        if (order.Key is { } key && OrderKey.Fault(key) is { } wrong)
            return new(RefusalCode.InvalidRequest, $"The idempotency key {wrong}", "Idempotency-Key");

        if (!capabilities.Kinds.Contains(request.Kind))
            return new(RefusalCode.UnsupportedByTerminal, $"{order.Terminal} cannot do {request.Kind}.", "kind");
        if (request.Total is { } total && capabilities.Currencies.Count > 0 && !capabilities.Currencies.Contains(total.Currency.Code))
            return new(RefusalCode.UnsupportedByTerminal, $"{order.Terminal} does not take {total.Currency.Code}.", "currency");
        if (terminal.OnlyOwnCurrency && request.Total is { Currency.Code: var asked } && asked != terminal.Driver.Currency)
        {
            return new(
                RefusalCode.UnsupportedByTerminal,
                $"{order.Terminal} counts in {terminal.Driver.Currency}, and the amount is in {asked}; nothing was sent.", "currency");
        }

        if (request.Total is { } most && most.MinorUnits > capabilities.MostMinorUnits)
            return new(RefusalCode.InvalidRequest, $"The amount is over what {order.Terminal} can take.", "amount");
        if (request.Confirm && !capabilities.CanConfirm)
            return new(RefusalCode.UnsupportedByTerminal, $"{order.Terminal} knows no confirmation step.", "confirm");
        if (request.Merchant is not null && !capabilities.HasMerchants)
            return new(RefusalCode.UnsupportedByTerminal, $"{order.Terminal} knows no merchant index.", "merchant");
        return null;
    }

    /// <summary>The answer to a key that is known: its session, or a conflict when the content is another.</summary>
    public static Submission Replay(Session known, string fingerprint)
    {
        if (known.Fingerprint == fingerprint) return new Submission(known, IsReplay: true, Refusal: null);
        var state = known.Outcome?.ToString().ToLowerInvariant() ?? "still open";
        return new(null, IsReplay: false, new(
            RefusalCode.IdempotencyConflict,
            $"This key belongs to session {known.Id} ({state}) with other content. Look at that session first; a new key is a new charge.",
            "Idempotency-Key") { Session = known.Id });
    }
}
