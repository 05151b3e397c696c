using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Api;

/// <summary>What a refusal is called outside.</summary>
public static class RefusalWords
{
    /// <summary>Status and code of a refusal; the code is the same on the command line.</summary>
    public static (int Status, string Code) Of(RefusalCode code) => code switch
    {
        RefusalCode.InvalidRequest => (400, "invalid-request"),
        RefusalCode.NotFound => (404, "not-found"),
        RefusalCode.IdempotencyConflict => (409, "idempotency-conflict"),
        RefusalCode.TerminalBusy => (409, "terminal-busy"),
        RefusalCode.UnresolvedSession => (409, "unresolved-session"),
        RefusalCode.NotTheLastBooking => (409, "not-the-last-transaction"),
        RefusalCode.WrongState => (409, "wrong-state"),
        RefusalCode.UnsupportedByTerminal => (422, "unsupported-by-terminal"),
        RefusalCode.TooMany => (429, "too-many-requests"),
        RefusalCode.JournalFull => (507, "journal-full"),
        _ => (500, "internal-error"),
    };
}
