using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Tillbridge.Gateway;

/// <summary>
/// Warnings and errors on standard error, one line each, for a screen or for systemd's journal: nothing in them is an order to the screen,
/// and nobody's text begins a line of its own.
/// </summary>
/// <param name="forSystemd">True to put systemd's level before each line.</param>
internal sealed class PlainLines(bool forSystemd) : ConsoleFormatter(Name)
{
    /// <summary>The name by which the console finds it.</summary>
    public new const string Name = "tillbridge";

    /// <inheritdoc/>
    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var text = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (logEntry.Exception is { } wrong) text = $"{text} | {wrong}".ReplaceLineEndings(" ");
        var level = forSystemd ? $"<{Severity(logEntry.LogLevel)}>" : $"{Word(logEntry.LogLevel)}: ";
        textWriter.Write(string.Create(
            CultureInfo.InvariantCulture, $"{level}{logEntry.Category}[{logEntry.EventId.Id}] {VisibleText.Line(text)}\n"));
    }

    // As in syslog(3).
    private static int Severity(LogLevel level) => level switch
    {
        LogLevel.Critical => 2, LogLevel.Error => 3, LogLevel.Warning => 4, LogLevel.Information => 6, _ => 7,
    };

    private static string Word(LogLevel level) => level.ToString().ToLowerInvariant();
}
