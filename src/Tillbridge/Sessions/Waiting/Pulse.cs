namespace Tillbridge.Sessions.Waiting;

/// <summary>
/// Asks every owner of a terminal something trivial. One that is busy, or whose journal fails, comes to the question in its turn;
/// one that hangs never does.
/// </summary>
internal sealed class Pulse
{
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);
    private static readonly Pulse Felt = new();

    private Pulse()
    {
    }

    /// <summary>The names of the terminals whose owner did not answer in time.</summary>
    /// <param name="loops">The owners.</param>
    /// <param name="limit">How long to wait for all of them together.</param>
    /// <param name="clock">Time.</param>
    /// <param name="stop">Ends the wait; whoever has not answered by then counts as missing.</param>
    public static async Task<IReadOnlyList<string>> Missing(
        IEnumerable<TerminalLoop> loops, TimeSpan limit, TimeProvider clock, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var asked = loops.Select(loop => (loop.Settings.Name, Answer: Feel(loop, clock, patience.Token))).ToList();
        await Task.WhenAny(Task.WhenAll(asked.Select(one => one.Answer)), Task.Delay(limit, clock, patience.Token));
        var missing = asked.Where(one => !one.Answer.IsCompleted).Select(one => one.Name).Order(StringComparer.Ordinal).ToList();
        patience.Cancel();
        return missing;
    }

    private static async Task Feel(TerminalLoop loop, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            // A full inbox takes no question; if its owner works it off, there is soon a place.
            while (await loop.Ask(() => Task.FromResult(Felt)) is null) await Task.Delay(TryAgain, clock, stop);
        }
        catch (OperationCanceledException)
        {
            // The terminal was taken away or the process goes down: nobody hangs.
        }
    }
}
