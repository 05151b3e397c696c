using System.Buffers;
using System.IO.Pipelines;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt.Serial;

/// <summary>Takes bare APDUs as a stream would; a flush is over when the peer acknowledged them all.</summary>
/// <param name="send">Hands an order to the line.</param>
/// <param name="giveUp">Gives the order up that is on its way.</param>
internal sealed class ZvtSerialOutlet(Action<ZvtSerialOrder> send, Action giveUp) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private bool isDribbling;

    public override void Advance(int bytes) => buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rest = new ReadOnlySequence<byte>(buffer.WrittenMemory.ToArray());
        var apdus = new Queue<byte[]>();
        while (ZvtFraming.TryTake(ref rest, out var apdu)) apdus.Enqueue(apdu.ToArray());
        if (apdus.Count == 0)
        {
            // A part of an APDU waits for the others.
            isDribbling |= !rest.IsEmpty;
            return default;
        }

        buffer.Clear();
        foreach (var piece in rest) buffer.Write(piece.Span);
        var order = new ZvtSerialOrder(apdus, isDribbling);
        isDribbling = false;
        send(order);
        // Who gives up waits no longer for an acknowledge; whether the block was taken is then not known.
        using var givenUp = cancellationToken.UnsafeRegister(
            static (state, token) => ((ZvtSerialOrder)state!).Cancel(token), order);
        return await order.Done;
    }

    public override void CancelPendingFlush() => giveUp();

    public override void Complete(Exception? exception = null)
    {
        // The line's end is told by disposing the connection.
    }
}
