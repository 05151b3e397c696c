using System.Globalization;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>
/// Tells systemd at half of its time limit that the gateway lives, and only if it does: a process that hangs falls silent and is
/// started again. What was open then is recovered from the journal as after any other death.
/// </summary>
/// <param name="period">How long systemd waits between two signs of life.</param>
/// <param name="isAlive">Asks the gateway, within the given limit.</param>
/// <param name="tell">The sign of life.</param>
/// <param name="clock">Time.</param>
internal sealed class Watchdog(TimeSpan period, Func<TimeSpan, Task<bool>> isAlive, Action tell, TimeProvider clock)
{
    // However short the limit: a gateway that only answers its watchdog does nothing else.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan pause = period / 2 < LeastPause ? LeastPause : period / 2;

    /// <summary>The time limit that systemd set for this process; null when it set none.</summary>
    /// <param name="microseconds">WATCHDOG_USEC.</param>
    /// <param name="process">WATCHDOG_PID: for whom it is meant; the variables are inherited.</param>
    /// <param name="own">The number of this process.</param>
    public static TimeSpan? PeriodOf(string? microseconds, string? process, int own)
    {
        if (process is { Length: > 0 } && process != own.ToString(CultureInfo.InvariantCulture)) return null;
        var isPeriod = long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond;
        return isPeriod ? TimeSpan.FromMicroseconds(value) : null;
    }

    /// <summary>Asks and tells until stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                // Pause and limit together stay below the period, so that a slow answer is no false alarm.
                if (await isAlive(period / 4)) tell();
                await Task.Delay(pause, clock, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway was asked to end; from now on the time limit of the stop counts.
        }
    }
}
