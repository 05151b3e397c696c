using Microsoft.Extensions.Logging;

namespace Tillbridge;

/// <summary>What the library logs. Event ids never change meaning: 1xxx transport, 2xxx protocols, 3xxx journal, 4xxx sessions.</summary>
/// <remarks>
/// No value may be null, or the line would say <c>(null)</c> where a person looks for a word; what is absent is told as <c>-</c>.
/// </remarks>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Information, "virtual terminal {Name} took a client at {Place}")]
    public static partial void ClientTaken(this ILogger logger, string name, string place);

    [LoggerMessage(1002, LogLevel.Information, "virtual terminal {Name} lost its client: {Why}")]
    public static partial void ClientLost(this ILogger logger, string name, string why);

    [LoggerMessage(2001, LogLevel.Debug, "terminal {Terminal} session {Session} {From} {Dump}")]
    public static partial void Wire(this ILogger logger, string terminal, string session, string from, string dump);

    [LoggerMessage(4001, LogLevel.Information, "terminal {Terminal} session {Session} accepted: {Kind} {Amount} key {Key}")]
    public static partial void SessionAccepted(
        this ILogger logger, string terminal, string session, string kind, string amount, string key);

    [LoggerMessage(4002, LogLevel.Information, "terminal {Terminal} session {Session} {Input}: {Before} -> {After}")]
    public static partial void SessionMoved(
        this ILogger logger, string terminal, string session, string input, string before, string after);

    [LoggerMessage(
        4003,
        LogLevel.Information,
        "terminal {Terminal} session {Session} concluded {Outcome} ({Reason}) {Amount} receipt {Receipt}")]
    public static partial void SessionConcluded(
        this ILogger logger, string terminal, string session, string outcome, string reason, string amount, string receipt);

    [LoggerMessage(4004, LogLevel.Warning, "terminal {Terminal} session {Session} incident {Code}: {Text}")]
    public static partial void SessionIncident(this ILogger logger, string terminal, string session, string code, string text);

    [LoggerMessage(4005, LogLevel.Warning, "terminal {Terminal} session {Session} conversation broke: {Reason} {Text}")]
    public static partial void ConversationBroke(this ILogger logger, string terminal, string session, string reason, string text);

    [LoggerMessage(4006, LogLevel.Information, "terminal {Terminal} session {Session} recovery attempt {Attempt}: {Result}")]
    public static partial void RecoveryAsked(this ILogger logger, string terminal, string session, int attempt, string result);

    [LoggerMessage(4007, LogLevel.Error, "terminal {Terminal} session {Session} journal failed, the session waits: {Text}")]
    public static partial void JournalFailed(this ILogger logger, string terminal, string session, string text);

    [LoggerMessage(4008, LogLevel.Error, "terminal {Terminal} session {Session} met a defect of Tillbridge")]
    public static partial void Defect(this ILogger logger, string terminal, string session, Exception defect);

    [LoggerMessage(4009, LogLevel.Information, "terminal {Terminal} session {Session} step {Step} {Text}")]
    public static partial void SessionStep(this ILogger logger, string terminal, string session, string step, string text);

    [LoggerMessage(
        4010,
        LogLevel.Error,
        "terminal {Terminal} session {Session} is UNKNOWN: {Kind} of {Amount} ({Reason}). Nobody knows how it ended: charge nothing again, "
        + "compare receipt and totals at the terminal, then: tillbridge journal resolve {Session} OUTCOME --by NAME")]
    public static partial void SessionUnknown(
        this ILogger logger, string terminal, string session, string kind, string amount, string reason);
}
