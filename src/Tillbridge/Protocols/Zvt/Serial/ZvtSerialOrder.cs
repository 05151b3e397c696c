using System.IO.Pipelines;

namespace Tillbridge.Protocols.Zvt.Serial;

/// <summary>APDUs of one flush, on their way to the peer; done when the last one was acknowledged.</summary>
/// <param name="apdus">In the order in which they go.</param>
/// <param name="isDribbling">Each byte in a write of its own, as the virtual terminal's script may ask.</param>
internal sealed class ZvtSerialOrder(Queue<byte[]> apdus, bool isDribbling)
{
    private readonly TaskCompletionSource<FlushResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDribbling => isDribbling;

    public Task<FlushResult> Done => done.Task;

    public bool IsOver => done.Task.IsCompleted;

    public bool TryNext(out byte[] apdu) => apdus.TryDequeue(out apdu!);

    public void Finish(bool isCanceled) => done.TrySetResult(new FlushResult(isCanceled, isCompleted: false));

    public void Cancel(CancellationToken token) => done.TrySetCanceled(token);

    public void Fail(string why) => done.TrySetException(new IOException(why));
}
