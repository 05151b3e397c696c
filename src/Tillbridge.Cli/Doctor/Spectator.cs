namespace Tillbridge.Cli.Doctor;

/// <summary>Says on standard error what is being waited for, so that nobody wonders whether the program still lives.</summary>
/// <param name="to">Where; null says nothing.</param>
/// <param name="clock">Measures the waits.</param>
internal sealed class Spectator(TextWriter? to, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    public async Task<T> Watch<T>(string what, Task<T> work, CancellationToken stop)
    {
        if (to is null) return await work;
        var since = clock.GetTimestamp();
        var wait = Patience;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        while (await Task.WhenAny(work, Task.Delay(wait, clock, over.Token)) != work)
        {
            if (stop.IsCancellationRequested) break; // The work hears it, too, and ends.
            to.WriteLine($"tillbridge: {what}, {clock.GetElapsedTime(since).TotalSeconds:0} s");
            wait = SignOfLife;
        }

        over.Cancel();
        return await work;
    }
}
