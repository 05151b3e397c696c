namespace Tillbridge.Domain;

/// <summary>Stable codes that say why a session ended as it did. Callers may compare them; texts stand in Messages.</summary>
public static class Reason
{
    /// <summary>Approved for the amount asked.</summary>
    public const string Approved = "approved";

    /// <summary>Approved for another amount than asked.</summary>
    public const string ApprovedOtherAmount = "approved-other-amount";

    /// <summary>An operation without money succeeded.</summary>
    public const string Done = "done";

    /// <summary>Recovery found the booking at the terminal.</summary>
    public const string Recovered = "recovered";

    /// <summary>The issuer or its host refused.</summary>
    public const string DeclinedByIssuer = "declined-by-issuer";

    /// <summary>The terminal or the card refused.</summary>
    public const string DeclinedByTerminal = "declined-by-terminal";

    /// <summary>The terminal booked and took it back.</summary>
    public const string ReversedByTerminal = "reversed-by-terminal";

    /// <summary>Customer, cashier or the terminal's own time-out stopped it.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The caller stopped it before a byte left.</summary>
    public const string CancelledBeforeSend = "cancelled-before-send";

    /// <summary>The caller did not confirm the second step in time, so the terminal was told to undo.</summary>
    public const string NotConfirmed = "not-confirmed";

    /// <summary>Tillbridge ended after the intent was written and before a byte left.</summary>
    public const string NotSent = "not-sent";

    /// <summary>The caller's callback address took no message, so nothing was sent to the terminal.</summary>
    public const string CallbackUndeliverable = "callback-undeliverable";

    /// <summary>The caller was gone before it could be told that the command was taken, so nothing was sent.</summary>
    public const string ClientGone = "client-gone";

    /// <summary>The terminal could not be reached; not one byte left.</summary>
    public const string TerminalUnreachable = "terminal-unreachable";

    /// <summary>The terminal is busy with something else and did not start.</summary>
    public const string TerminalBusy = "terminal-busy";

    /// <summary>The terminal refused the command before it started.</summary>
    public const string TerminalRefused = "terminal-refused";

    /// <summary>The terminal's last booking has this number and amount already; nothing was sent.</summary>
    public const string BookedAlready = "booked-already";

    /// <summary>The terminal undoes its last transaction only, and that is another one; nothing was sent.</summary>
    public const string NotTheLast = "not-the-last-transaction";

    /// <summary>The terminal named a technical failure.</summary>
    public const string TerminalFailed = "terminal-failed";

    /// <summary>The terminal wants maintenance (initialisation, diagnosis, paper, closing) first.</summary>
    public const string TerminalNotReady = "terminal-not-ready";

    /// <summary>The terminal cannot do this.</summary>
    public const string Unsupported = "unsupported-by-terminal";

    /// <summary>The customer stopped it.</summary>
    public const string CancelledByCustomer = "cancelled-by-customer";

    /// <summary>The cashier stopped it.</summary>
    public const string CancelledByOperator = "cancelled-by-operator";

    /// <summary>Nobody acted within the terminal's own time; it gave up.</summary>
    public const string TerminalTimeOut = "terminal-time-out";

    /// <summary>The card refused.</summary>
    public const string DeclinedByCard = "declined-by-card";

    /// <summary>The terminal could not reach its host.</summary>
    public const string HostUnreachable = "host-unreachable";

    /// <summary>The host's answer did not reach the terminal, which takes the booking back.</summary>
    public const string HostAnswerLost = "host-answer-lost";

    /// <summary>The terminal does not take this currency.</summary>
    public const string CurrencyRefused = "currency-not-accepted";

    /// <summary>The terminal does not take this amount.</summary>
    public const string AmountRefused = "amount-not-allowed";

    /// <summary>The terminal has no paper.</summary>
    public const string NoPaper = "no-paper";

    /// <summary>The terminal did not undo the booking.</summary>
    public const string ReversalRefused = "reversal-refused";

    /// <summary>The period is closed although the totals differ.</summary>
    public const string TotalsDifferClosed = "totals-differ-closed";

    /// <summary>The sum that a terminal named at a close is not that of our books; an incident of the close.</summary>
    public const string TotalsDiffer = "totals-differ";

    /// <summary>The totals differ and the period is not closed.</summary>
    public const string TotalsDifferOpen = "totals-differ-open";

    /// <summary>Another protocol answers at this address.</summary>
    public const string OtherProtocol = "other-protocol";

    /// <summary>The peer broke the protocol's rules.</summary>
    public const string ProtocolViolation = "protocol-violation";

    /// <summary>A newer client took the terminal over.</summary>
    public const string Displaced = "displaced";

    /// <summary>The connection broke.</summary>
    public const string LinkLost = "link-lost";

    /// <summary>The terminal said nothing for too long.</summary>
    public const string Silence = "silence";

    /// <summary>Recovery proved that the terminal did not book.</summary>
    public const string NotBooked = "not-booked";

    /// <summary>Recovery asked until its limit and got no answer.</summary>
    public const string RecoveryExhausted = "recovery-exhausted";

    /// <summary>The terminal does not remember, or remembers something that may or may not be ours.</summary>
    public const string CannotTell = "terminal-cannot-tell";

    /// <summary>The terminal has a booking that nobody of us asked for.</summary>
    public const string ForeignBooking = "foreign-booking";

    /// <summary>The terminal undid another booking than the one that was named.</summary>
    public const string OtherBookingReversed = "other-booking-reversed";

    /// <summary>The terminal has closed a period that no reconciliation of ours closed.</summary>
    public const string ClosedByTerminal = "period-closed-by-terminal";

    /// <summary>The terminal changed its word after the session was closed.</summary>
    public const string LateContradiction = "late-contradiction";

    /// <summary>The terminal took back what it had announced as approved.</summary>
    public const string Withdrawn = "announcement-withdrawn";

    /// <summary>A named person concluded it.</summary>
    public const string ResolvedByPerson = "resolved-by-person";

    /// <summary>The journal could not write.</summary>
    public const string JournalFailed = "journal-failed";

    /// <summary>A defect of Tillbridge.</summary>
    public const string InternalError = "internal-error";
}
