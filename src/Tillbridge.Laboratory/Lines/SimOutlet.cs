using System.IO.Pipelines;

namespace Tillbridge.Laboratory.Lines;

/// <summary>Hands over what was written at each flush, as a socket or a port does.</summary>
internal sealed class SimOutlet(Action<byte[]> send) : PipeWriter
{
    private byte[] buffer = new byte[512];
    private int used;

    public override void Advance(int bytes) => used += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (buffer.Length - used < wanted) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, used + wanted));
        return buffer.AsMemory(used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (used == 0) return ValueTask.FromResult(default(FlushResult));
        var bytes = buffer[..used];
        used = 0;
        send(bytes);
        return ValueTask.FromResult(default(FlushResult));
    }

    public override void CancelPendingFlush()
    {
        // A flush never waits here.
    }

    public override void Complete(Exception? exception = null)
    {
        // The connection's end is told by disposing it.
    }
}
