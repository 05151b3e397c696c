using System.Diagnostics.Metrics;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Telemetry;

/// <summary>How the terminals stand together, for whoever listens; asked only then.</summary>
internal sealed class TerminalGauges : IAsyncDisposable
{
    public const string MeterName = "Tillbridge.Gateway";

    private readonly Meter meter = new(MeterName, typeof(TerminalGauges).Assembly.GetName().Version?.ToString(3));

    public TerminalGauges(ITerminals terminals)
    {
        meter.CreateObservableGauge(
            "tillbridge.terminals", () => terminals.States.Count, "{terminal}", "Terminals that are configured.");
        meter.CreateObservableGauge(
            "tillbridge.sessions.open", () => terminals.States.Count(state => state.Current is not null), "{session}",
            "Sessions that have not ended.");
        meter.CreateObservableGauge(
            "tillbridge.sessions.unresolved", () => terminals.States.Sum(state => state.Unresolved), "{session}",
            "Sessions with an unknown outcome; a person has to look at them.");
        meter.CreateObservableGauge(
            "tillbridge.terminals.journal_failed", () => terminals.States.Count(state => state.JournalFailed), "{terminal}",
            "Terminals for which the journal cannot write.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        meter.Dispose();
        return ValueTask.CompletedTask;
    }
}
