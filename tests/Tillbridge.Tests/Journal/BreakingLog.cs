using Microsoft.Extensions.Logging;

namespace Tillbridge.Tests.Journal;

/// <summary>A log that breaks at one event, and with it who writes it.</summary>
internal sealed class BreakingLog(int at) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel level) => true;

    public void Log<TState>(
        LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (id.Id == at) throw new InvalidOperationException("broken on purpose");
    }
}
