using Microsoft.Extensions.Logging;

namespace Tillbridge.Gateway;

/// <summary>What the gateway logs; event ids 5000 to 5999.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "Listening on {Address}, data in {Data}, {Terminals} terminals.")]
    public static partial void Listening(ILogger logger, string address, string data, int terminals);

    [LoggerMessage(5002, LogLevel.Information, "Stopping; open sessions are in the journal and go on at the next start.")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(5003, LogLevel.Error, "A request failed.")]
    public static partial void RequestFailed(ILogger logger, Exception exception);

    [LoggerMessage(5004, LogLevel.Error, "The journal could not write: {Why}")]
    public static partial void JournalFailed(ILogger logger, string why);

    [LoggerMessage(5005, LogLevel.Error, "No answer within {Seconds} s from: {Silent}. The watchdog is not told that we live.")]
    public static partial void DoesNotAnswer(ILogger logger, double seconds, string silent);

    [LoggerMessage(5006, LogLevel.Warning, "A wrong API key from {Address}; {More} more were not told since the last one.")]
    public static partial void WrongKey(ILogger logger, string address, long more);

    [LoggerMessage(5008, LogLevel.Error, "New records could not be read for listeners; they look by themselves every second.")]
    public static partial void FeedFailed(ILogger logger, Exception exception);

    [LoggerMessage(5009, LogLevel.Warning, "{What} from {Caller} was answered {Status} {Code}: {Text}{More}")]
    public static partial void Refused(ILogger logger, string what, string caller, int status, string code, string text, string more);

    [LoggerMessage(5010, LogLevel.Information, "Callback face on {Address}.")]
    public static partial void CallbackListening(ILogger logger, string address);

    [LoggerMessage(5011, LogLevel.Warning, "{Terminal} {Session}: attempt {Attempt} of the end message failed: {Why}")]
    public static partial void CallbackFailed(ILogger logger, string terminal, string session, int attempt, string why);

    [LoggerMessage(5012, LogLevel.Warning, "{Terminal} {Session}: the terminal was not asked to stop although nobody hears of it: {Why}")]
    public static partial void AbortRefused(ILogger logger, string terminal, string session, string why);

    [LoggerMessage(5013, LogLevel.Warning, "{Terminal} {Session}: approved unseen, and the reversal was refused: {Why}")]
    public static partial void ReversalRefused(ILogger logger, string terminal, string session, string why);

    [LoggerMessage(5014, LogLevel.Warning, "{Terminal} {Session}: approved unseen; reversal {Reversal} ended {Outcome}.")]
    public static partial void OrphanReversed(ILogger logger, string terminal, string session, string reversal, string outcome);

    [LoggerMessage(
        5016, LogLevel.Error,
        "Sessions with an unknown outcome: {Count}. The oldest {Named} follow; all are told by: tillbridge journal list --outcome unknown")]
    public static partial void UnknownsOpen(ILogger logger, int count, int named);

    [LoggerMessage(
        5017, LogLevel.Error,
        "terminal {Terminal} session {Session} is UNKNOWN: {Kind} of {Amount}, begun {Begun} ({Reason}). Compare receipt and totals at the "
        + "terminal, then: tillbridge journal resolve {Session} OUTCOME --by NAME")]
    public static partial void UnknownOpen(
        ILogger logger, string terminal, string session, string kind, string amount, string begun, string reason);

    [LoggerMessage(5015, LogLevel.Error, "{Terminal} {Session}: a defect in the callback face.")]
    public static partial void CallbackDefect(ILogger logger, string terminal, string session, Exception exception);

    [LoggerMessage(5018, LogLevel.Information, "{Records} records have lost their frames, which were older than {Before:yyyy-MM-dd}.")]
    public static partial void FramesPruned(ILogger logger, long records, DateTime before);

    [LoggerMessage(5019, LogLevel.Warning, "Old frames were not dropped: {Why}")]
    public static partial void FramesNotPruned(ILogger logger, string why);
}
