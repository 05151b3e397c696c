using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Tillbridge.Gateway;

/// <summary>
/// One log file per run: <c>tillbridge-YYYYMMDD-HHMMSS.log</c>, continued in a next file at 20 MB; the last 20 stay.
/// One line per entry: UTC time, level, event id, category, terminal and session where known, message. A line is finished on the
/// caller's thread and written by another one.
/// </summary>
internal sealed class RunLog : ILoggerProvider, ISupportExternalScope
{
    private const int MostLineCharacters = 16 * 1024;

    private readonly ConcurrentDictionary<string, ILogger> loggers = new(StringComparer.Ordinal);
    private readonly TimeProvider clock;
    private readonly LogQueue queue;
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    /// <summary>A log of a run that begins now.</summary>
    /// <param name="directory">Where its files go.</param>
    /// <param name="clock">Time.</param>
    /// <param name="open">Opens a file; null takes the file system's.</param>
    /// <param name="mostWaiting">Most lines that wait for the disk.</param>
    public RunLog(string directory, TimeProvider clock, Func<string, Stream>? open = null, int mostWaiting = LogQueue.MostLines)
    {
        this.clock = clock;
        var run = "tillbridge-" + clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        try
        {
            // Usually inside of the data directory, which is made here first: neither is anybody else's to read.
            PrivateFile.MakeDirectory(Path.GetFullPath(directory));
        }
        catch (UnauthorizedAccessException wrong)
        {
            throw new IOException($"The log directory '{directory}' cannot be made: {wrong.Message} Choose another data directory.", wrong);
        }

        queue = new(new(directory, run, open), TellLost, mostWaiting);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.GetOrAdd(categoryName, name => new Logger(this, name));

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose() => queue.Dispose();

    private string TellLost(long lines) => Format(
        LogLevel.Warning, new(5007), "Tillbridge.Gateway", $"{lines} log lines are missing here: the disk was full or too slow.", null);

    private string Format(LogLevel level, EventId id, string category, string message, Exception? exception)
    {
        var line = new StringBuilder(160);
        line.Append(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        line.Append(' ').Append(level.ToString().ToUpperInvariant()).Append(' ').Append(id.Id).Append(' ').Append(category);
        scopes.ForEachScope(AppendScope, line);
        line.Append(": ").Append(message);
        if (exception is not null) line.Append(" | ").Append(exception.ToString().ReplaceLineEndings(" "));
        if (line.Length > MostLineCharacters) line.Length = MostLineCharacters;
        // One entry is one line, also when a peer's text tries to begin another.
        return VisibleText.Line(line.ToString());
    }

    private static void AppendScope(object? scope, StringBuilder line)
    {
        if (scope is not IEnumerable<KeyValuePair<string, object?>> values) return;
        foreach (var (key, value) in values)
        {
            if (key.Equals("terminal", StringComparison.OrdinalIgnoreCase) || key.Equals("session", StringComparison.OrdinalIgnoreCase))
                line.Append(' ').Append(key.ToLowerInvariant()).Append('=').Append(value);
        }
    }

    private sealed class Logger(RunLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel is not LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.queue.Add(log.Format(logLevel, eventId, category, formatter(state, exception), exception));
    }
}
