using Microsoft.Extensions.Logging;

namespace Tillbridge.Cli;

/// <summary>What a command says of its journal: only that it is moved to a new form, which can take a minute, and how far.</summary>
internal sealed class MoveWords : ILogger
{
    private const int First = 3013, Last = 3015;

    public static MoveWords OnError { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id is >= First and <= Last) Console.Error.WriteLine($"tillbridge: {formatter(state, exception)}");
    }
}
