using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Tillbridge.Gateway;

/// <summary>
/// One log file per run: <c>tillbridge-YYYYMMDD-HHMMSS.log</c>, continued in a next file at 20 MB; the last 20 stay.
/// One line per entry: UTC time, level, event id, category, terminal and session where known, message.
/// </summary>
internal sealed class RunLog : ILoggerProvider, ISupportExternalScope
{
    private const long MostFileBytes = 20 * 1024 * 1024;
    private const int MostFiles = 20;
    private const int MostLineCharacters = 16 * 1024;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, ILogger> loggers = new(StringComparer.Ordinal);
    private readonly string directory;
    private readonly TimeProvider clock;
    private readonly string run;
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();
    private StreamWriter? file;
    private int part;

    /// <summary>A log of a run that begins now.</summary>
    public RunLog(string directory, TimeProvider clock)
    {
        this.directory = directory;
        this.clock = clock;
        run = "tillbridge-" + clock.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        try
        {
            MakePrivate(Path.GetDirectoryName(Path.GetFullPath(directory)));
            MakePrivate(directory);
        }
        catch (UnauthorizedAccessException wrong)
        {
            throw new IOException($"The log directory '{directory}' cannot be made: {wrong.Message} Choose another data directory.", wrong);
        }
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.GetOrAdd(categoryName, name => new Logger(this, name));

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            file = null;
        }
    }

    // Usually inside of the data directory, which is made here first: neither is anybody else's to read.
    private static void MakePrivate(string? place)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (place is null) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(place);
        else Directory.CreateDirectory(place, Private);
    }

    private void Write(string line)
    {
        lock (gate)
        {
            try
            {
                if (file is null || file.BaseStream.Length > MostFileBytes) Roll_NeedsLock();
                file!.WriteLine(line);
            }
            catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
            {
                // A full disk stops the journal, which says so; the log must not stop the gateway besides.
            }
        }
    }

    private void Roll_NeedsLock()
    {
        file?.Dispose();
        part++;
        var path = Path.Combine(directory, part == 1 ? $"{run}.log" : $"{run}-{part}.log");
        file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var old = new DirectoryInfo(directory).GetFiles("tillbridge-*.log").OrderByDescending(log => log.LastWriteTimeUtc);
        foreach (var log in old.Skip(MostFiles)) log.Delete();
    }

    private string Format(LogLevel level, EventId id, string category, string message, Exception? exception)
    {
        var line = new StringBuilder(160);
        line.Append(clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        line.Append(' ').Append(level.ToString().ToUpperInvariant()).Append(' ').Append(id.Id).Append(' ').Append(category);
        scopes.ForEachScope(AppendScope, line);
        line.Append(": ").Append(message);
        if (exception is not null) line.Append(" | ").Append(exception);
        if (line.Length > MostLineCharacters) line.Length = MostLineCharacters;
        // One entry is one line, also when a peer's text tries to begin another.
        for (var index = 0; index < line.Length; index++)
        {
            if (char.IsControl(line[index])) line[index] = ' ';
        }

        return line.ToString();
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
            log.Write(log.Format(logLevel, eventId, category, formatter(state, exception), exception));
    }
}
