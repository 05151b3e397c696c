using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>An order that the engine took, or the known session of a repeat.</summary>
/// <param name="Session">The session.</param>
/// <param name="Origin">What the face keeps of the command.</param>
/// <param name="IsReplay">The session was there before.</param>
internal sealed record CallbackOrder(Session Session, CallbackOrigin Origin, bool IsReplay);

/// <summary>Makes sessions out of the four commands that have one (reference §5.1, §9, §10).</summary>
internal sealed class CallbackOrders(CallbackParts parts, CallbackSettings settings)
{
    private const int MostDigits = 12;
    private const int MostRepeats = 100;

    // Answer and probe are bounded by less; who has not said "go" by then never will.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    /// <summary>Submits the command's session, held until <see cref="ITerminals.Release"/>.</summary>
    public async Task<(CallbackOrder? Order, CallbackRefusal? Refusal)> Place(CallbackCommand command, CancellationToken stop)
    {
        var origin = new CallbackOrigin(
            command.Name.ToString(), command.CallbackUrl.OriginalString, command.Parameter, command.By,
            command.Language ?? settings.Language, command.IdempotencyKey);
        if (command.IdempotencyKey is null && settings.RequireIdempotencyKey && command.Name is not CommandName.DiagnosisSimple)
            return Refuse(422, "invalid-parameter", "IdempotencyKey is required here: send a text of your own per command.");
        var (key, known, conflict) = await KeyOf(command, origin, stop);
        if (conflict is not null) return (null, conflict);
        if (known is not null) return (new(known, CallbackOrigin.Of(known)!, IsReplay: true), null);
        var (request, wrong) = await RequestOf(command, origin, stop);
        if (request is null) return (null, wrong);
        var order = new Order(command.Terminal, request) { Key = key, Face = origin.ToFace(), Hold = Hold };
        var submission = await parts.Terminals.Submit(order, stop);
        if (submission.Session is not { } session)
            return (null, await CallbackCures.Of(submission.Refusal!, command, parts, settings, stop));
        // Two repeats at the same moment: one of them made it.
        return (new(session, CallbackOrigin.Of(session) ?? origin, submission.IsReplay), null);
    }

    /// <summary>Right before a reversal begins: it still means the same payment. Words for the first message name it.</summary>
    public async Task<(HeldBack? Because, string? Words)> LastLook(Session session, CancellationToken stop)
    {
        if (session.Request is not { Kind: RequestKind.Reversal, Original: { Session: { } original } named }) return (null, null);
        var (payment, _) = await PreviousPayment.Find(parts.Journal, session.Terminal, settings.ListAll, stop);
        return payment?.Id == original
            ? (null, $"{named.Amount} ({named.Receipt})")
            : (new(Reason.NotSent, "Another booking came in between; look at the list of sessions."), null);
    }

    // A key whose session ended before a byte left is free again, for the engine under a name with a number.
    private async Task<(string? Key, Session? Known, CallbackRefusal? Conflict)> KeyOf(
        CallbackCommand command, CallbackOrigin origin, CancellationToken stop)
    {
        if (command.IdempotencyKey is not { } wanted) return ("zvtcb-" + parts.Ids.NewKey(), null, null);
        for (var number = 1; number <= MostRepeats; number++)
        {
            var key = number == 1 ? wanted : string.Create(CultureInfo.InvariantCulture, $"{wanted}#{number}");
            if (await parts.Journal.FindByKey(key, stop) is not { } known) return (key, null, null);
            var first = CallbackOrigin.Of(known);
            if (first?.Command != origin.Command || first.Parameter != origin.Parameter || known.Terminal != command.Terminal)
            {
                return (null, null, CallbackCures.Conflict(known.Id));
            }

            if (known is not { Outcome: Outcome.Failed, SentAt: null }) return (null, known, null);
        }

        return (null, null, new(409, "idempotency-conflict", $"This key was used {MostRepeats} times; take another one."));
    }

    private async Task<(TerminalRequest? Request, CallbackRefusal? Refusal)> RequestOf(
        CallbackCommand command, CallbackOrigin origin, CancellationToken stop)
    {
        var terminal = parts.Find(command.Terminal);
        if (terminal is null) return (null, CallbackCures.NoTerminal(command.Terminal));
        if (command.Currency is { } asked && asked != terminal.Driver.Currency)
        {
            return (null, new(422, "invalid-parameter", $"{terminal.Name} takes {terminal.Driver.Currency}, not {Shorten(asked)}; "
                + "leave Currency out or send the terminal's own."));
        }

        var empty = new TerminalRequest(RequestKind.Status) { Language = origin.Language, Reference = command.Reference };
        return command.Name switch
        {
            CommandName.Authorisation => SaleOf(command, empty, terminal),
            CommandName.Reversal => await ReversalOf(command, empty, stop),
            CommandName.EndOfDay => await CloseOf(empty, terminal, stop),
            _ => (empty with { Reference = null }, null),
        };
    }

    private (TerminalRequest?, CallbackRefusal?) SaleOf(CallbackCommand command, TerminalRequest empty, TerminalSettings terminal)
    {
        var text = command.Parameter;
        var isDigits = text.Length is > 0 and <= MostDigits && text.All(char.IsAsciiDigit);
        if (!isDigits)
        {
            return Refused($"Parameter must be the amount in minor units, 1 to {MostDigits} digits and nothing else: "
                + $"write 1250 for 12.50, not '{Shorten(text)}'.");
        }

        var minor = long.Parse(text, CultureInfo.InvariantCulture);
        if (minor == 0) return Refused("Parameter must be an amount above zero.");
        if (minor > settings.MaxAmount)
            return Refused($"Parameter is over the largest amount of {settings.MaxAmount} minor units (facades.zvtCallback.maxAmount).");
        var currency = Currency.TryFind(terminal.Driver.Currency, out var known) ? known : throw new InvariantException("a known currency");
        return (empty with { Kind = RequestKind.Sale, Amount = new Money(minor, currency) }, null);
    }

    private async Task<(TerminalRequest?, CallbackRefusal?)> ReversalOf(
        CallbackCommand command, TerminalRequest empty, CancellationToken stop)
    {
        var (payment, refusal) = await PreviousPayment.Find(parts.Journal, command.Terminal, settings.ListAll, stop);
        if (payment is null) return (null, refusal);
        if (command.Parameter.Length > 0 && command.Parameter != payment.Id.Value)
        {
            return (null, new(422, "invalid-parameter", $"Reversal takes back the previous payment only, and that is session {payment.Id}; "
                + "leave Parameter empty for that one. An earlier one is taken back at the terminal.") { Session = payment.Id });
        }

        return (empty with { Kind = RequestKind.Reversal, Original = new Original(payment.Id) }, null);
    }

    private async Task<(TerminalRequest?, CallbackRefusal?)> CloseOf(
        TerminalRequest empty, TerminalSettings terminal, CancellationToken stop)
    {
        // A close over a payment of which nobody knows makes it harder to find out.
        var unresolved = parts.Terminals.States.FirstOrDefault(state => state.Name == terminal.Name)?.Unresolved ?? 0;
        if (unresolved == 0) return (empty with { Kind = RequestKind.Reconciliation, Reference = null }, null);
        var oldest = (await parts.Journal.Unsettled(terminal.Name, stop)).FirstOrDefault(session => session.IsUnresolved);
        return (null, oldest is not null
            ? CallbackCures.Unresolved(oldest, settings.ListAll)
            : new(409, "unresolved-session", $"{terminal.Name} had a session with an unknown outcome a moment ago; send EndOfDay again."));
    }

    private static (TerminalRequest?, CallbackRefusal?) Refused(string message) => (null, new(422, "invalid-parameter", message));

    private static (CallbackOrder?, CallbackRefusal?) Refuse(int status, string code, string message) => (null, new(status, code, message));

    private static string Shorten(string text) => text.Length > 20 ? text[..20] + "…" : text;
}
