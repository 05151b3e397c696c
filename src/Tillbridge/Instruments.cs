using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tillbridge;

/// <summary>
/// What the library measures, for whoever listens to the meter and the activity source <c>Tillbridge</c>; nothing is done while
/// nobody does. Tags hold words of ours and the configured name of a terminal: no card data, no key and no reference of a caller.
/// </summary>
internal static class Instruments
{
    private const string Name = "Tillbridge";

    private static readonly string? Version = typeof(Instruments).Assembly.GetName().Version?.ToString(3);
    private static readonly ActivitySource Source = new(Name, Version);
    private static readonly Meter Meter = new(Name, Version);

    // A question to a terminal takes milliseconds, a customer half a minute, a recovery minutes.
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "tillbridge.session.duration", "s", "From the durable intent to the outcome.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 300, 600] });

    private static readonly Histogram<double> Writes = Meter.CreateHistogram(
        "tillbridge.journal.write.duration", "s", "A durable step of a session, with the wait for the disk.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5] });

    private static readonly Counter<long> Recoveries =
        Meter.CreateCounter<long>("tillbridge.session.recoveries", "{session}", "Sessions whose conversation broke.");

    private static readonly Counter<long> Incidents =
        Meter.CreateCounter<long>("tillbridge.session.incidents", "{incident}", "What a person has to look at.");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("tillbridge.session.refused", "{order}", "Orders that were not taken.");

    // Only of sessions that are open, so at most one for each terminal.
    private static readonly ConcurrentDictionary<string, ActivityContext> Callers = new(StringComparer.Ordinal);

    /// <summary>Where the caller stands in his own trace; null when nobody traces.</summary>
    public static ActivityContext? Caller => Source.HasListeners() ? Activity.Current?.Context : null;

    /// <summary>A session was begun for this caller.</summary>
    public static void Began(string session, ActivityContext? caller)
    {
        if (caller is { } known) Callers[session] = known;
    }

    /// <summary>A session has its first outcome.</summary>
    public static void Ended(string session, string terminal, string kind, string outcome, DateTimeOffset began, DateTimeOffset ended)
    {
        var took = ended > began ? ended - began : TimeSpan.Zero; // A clock may be set back.
        Durations.Record(took.TotalSeconds, new("tillbridge.kind", kind), new("tillbridge.outcome", outcome));
        Callers.TryRemove(session, out var caller);
        using var span = Source.StartActivity("tillbridge.session", ActivityKind.Client, caller, startTime: began);
        if (span is null) return;
        span.SetTag("tillbridge.session", session).SetTag("tillbridge.terminal", terminal)
            .SetTag("tillbridge.kind", kind).SetTag("tillbridge.outcome", outcome);
        if (outcome is "unknown") span.SetStatus(ActivityStatusCode.Error, "The outcome is unknown.");
        span.SetEndTime((began + took).UtcDateTime);
    }

    /// <summary>A session's conversation broke, and the terminal is asked.</summary>
    public static void Recovers(string kind) => Recoveries.Add(1, new KeyValuePair<string, object?>("tillbridge.kind", kind));

    /// <summary>A session has an incident.</summary>
    public static void Incident(string code) => Incidents.Add(1, new KeyValuePair<string, object?>("tillbridge.code", code));

    /// <summary>An order was refused.</summary>
    public static void Refused(string code) => Refusals.Add(1, new KeyValuePair<string, object?>("tillbridge.code", code));

    /// <summary>The same write, measured when somebody listens.</summary>
    public static Task Timed(this Task write, TimeProvider clock) => Writes.Enabled ? Measure(write, clock, clock.GetTimestamp()) : write;

    private static async Task Measure(Task write, TimeProvider clock, long began)
    {
        await write;
        Writes.Record(clock.GetElapsedTime(began).TotalSeconds);
    }
}
