using System.Buffers;
using System.IO.Pipelines;
using Tillbridge.Transports;

namespace Tillbridge.Cli.Doctor;

/// <summary>A transport of which the first bytes in both directions are kept, so that one can tell whose words they were.</summary>
internal sealed class OverheardTransport(ITransport inner) : ITransport
{
    private const int MostKept = 512;

    private readonly List<byte> said = [];
    private readonly List<byte> heard = [];

    public string Name => inner.Name;

    public Carrier Carrier => inner.Carrier;

    /// <summary>The connection was made.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>The peer ended the connection.</summary>
    public bool HungUp { get; private set; }

    /// <summary>The first bytes that we sent.</summary>
    public byte[] Said => [.. said];

    /// <summary>The first bytes of the peer.</summary>
    public byte[] Heard => [.. heard];

    public async Task<ITransportConnection> Connect(CancellationToken shutdown)
    {
        var connection = await inner.Connect(shutdown);
        IsConnected = true;
        return new Overheard(this, connection);
    }

    private static void Keep(List<byte> kept, ReadOnlySpan<byte> bytes) =>
        kept.AddRange(bytes[..Math.Min(bytes.Length, MostKept - kept.Count)]);

    private sealed class Overheard(OverheardTransport owner, ITransportConnection connection) : ITransportConnection
    {
        public PipeReader Input { get; } = new Ear(owner, connection.Input);

        public PipeWriter Output { get; } = new Mouth(owner, connection.Output);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }

    private sealed class Ear(OverheardTransport owner, PipeReader inner) : PipeReader
    {
        private ReadOnlySequence<byte> current;
        private long alreadyHeard; // Of the current read: what the reader left there was heard before.

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            alreadyHeard = current.Length - current.Slice(0, consumed).Length;
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return Hear(await inner.ReadAsync(cancellationToken));
            }
            catch (IOException)
            {
                owner.HungUp = true;
                throw;
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result)) return false;
            Hear(result);
            return true;
        }

        private ReadResult Hear(ReadResult read)
        {
            current = read.Buffer;
            foreach (var piece in current.Slice(Math.Min(alreadyHeard, current.Length))) Keep(owner.heard, piece.Span);
            // A read that was cancelled brings the same bytes again, and is advanced like any other.
            alreadyHeard = current.Length;
            owner.HungUp |= read.IsCompleted;
            return read;
        }
    }

    private sealed class Mouth(OverheardTransport owner, PipeWriter inner) : PipeWriter
    {
        private Memory<byte> given;

        public override void Advance(int bytes)
        {
            Keep(owner.said, given.Span[..bytes]);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => given = inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
