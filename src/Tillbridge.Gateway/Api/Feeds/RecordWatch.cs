namespace Tillbridge.Gateway.Api.Feeds;

/// <summary>Somebody's eye on new records.</summary>
internal sealed class RecordWatch(Signal signal, Action over) : IDisposable
{
    private int isOver;

    /// <summary>How often there were new ones; to be read before looking into the journal.</summary>
    public long Times => signal.Times;

    /// <summary>Completes when there were new ones more often than <paramref name="seen"/> times.</summary>
    public Task Beyond(long seen, CancellationToken stop) => signal.Beyond(seen, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isOver, 1) == 0) over();
    }
}
