namespace Tillbridge.Cli.Commands;

/// <summary>How far something is, on standard error, about once a second.</summary>
internal sealed class UpkeepProgress(TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long told = clock.GetTimestamp();

    public void Tell(string text)
    {
        if (clock.GetElapsedTime(told) < Pause) return;
        told = clock.GetTimestamp();
        Console.Error.WriteLine($"tillbridge: {text}");
    }

}
