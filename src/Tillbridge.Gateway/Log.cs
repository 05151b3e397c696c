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
}
