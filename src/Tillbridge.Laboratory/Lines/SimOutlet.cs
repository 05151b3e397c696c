using System.Buffers;
using System.IO.Pipelines;

namespace Tillbridge.Laboratory.Lines;

/// <summary>Hands over what was written at each flush, as a socket or a port does.</summary>
internal sealed class SimOutlet(Action<byte[]> send) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (buffer.WrittenCount == 0) return ValueTask.FromResult(default(FlushResult));
        var bytes = buffer.WrittenMemory.ToArray();
        buffer.Clear();
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
