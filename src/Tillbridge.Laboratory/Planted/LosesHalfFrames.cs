using System.IO.Pipelines;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Planted;

/// <summary>The frame buffer lives for one read: what did not make a whole frame yet is gone.</summary>
internal sealed class LosesHalfFrames() : Bug("frame buffer that lives for one read")
{
    public override ITransport Plant(ITransport transport) => new Transport(transport);

    private sealed class Transport(ITransport inner) : ITransport
    {
        public string Name => inner.Name;

        public Carrier Carrier => inner.Carrier;

        public async Task<ITransportConnection> Connect(CancellationToken shutdown) => new Connection(await inner.Connect(shutdown));
    }

    private sealed class Connection(ITransportConnection inner) : ITransportConnection
    {
        public PipeReader Input { get; } = new Forgetful(inner.Input);

        public PipeWriter Output => inner.Output;

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Forgetful(PipeReader inner) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
    }
}
