using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Tillbridge.Transports;

/// <summary>What a loopback does to the bytes of one direction.</summary>
public sealed record LoopbackFaults
{
    /// <summary>Bytes pass untouched.</summary>
    public static LoopbackFaults None { get; } = new();

    /// <summary>Hands bytes over in pieces of at most this size; 0 leaves them as they come.</summary>
    public int SplitEvery { get; init; }

    /// <summary>Holds bytes back until this long passed without new ones, so that writes are joined; zero passes at once.</summary>
    public TimeSpan JoinFor { get; init; }

    /// <summary>Delays every piece.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Ends the connection in both directions after this many bytes; null never.</summary>
    public long? CutAfter { get; init; }

    internal bool Touches => SplitEvery > 0 || JoinFor > TimeSpan.Zero || Delay > TimeSpan.Zero || CutAfter is not null;
}

/// <summary>A transport in memory that can split, join, delay and cut.</summary>
/// <param name="clock">Measures delays.</param>
public sealed class LoopbackTransport(TimeProvider clock) : ITransport, IAcceptor
{
    private const int MostWaiting = 16;

    private readonly Channel<ITransportConnection> waiting = Channel.CreateBounded<ITransportConnection>(MostWaiting);

    /// <summary>What happens to bytes towards the acceptor's side; read at each connect.</summary>
    public LoopbackFaults TowardsTerminal { get; set; } = LoopbackFaults.None;

    /// <summary>What happens to bytes towards the connecting side; read at each connect.</summary>
    public LoopbackFaults TowardsEcr { get; set; } = LoopbackFaults.None;

    /// <inheritdoc/>
    public string Name => "loopback";

    /// <summary>What it stands for; a stream unless said otherwise.</summary>
    public Carrier Carrier { get; init; }

    /// <inheritdoc/>
    public bool IsOpen { get; set; } = true;

    /// <summary>The faults of the connections after the next one; they take the place of the two above once it is made.</summary>
    public LoopbackFaults? Afterwards { get; set; }

    /// <inheritdoc/>
    public Task<ITransportConnection> Connect(CancellationToken shutdown)
    {
        shutdown.ThrowIfCancellationRequested();
        if (!IsOpen) throw new LinkLostException("The loopback is switched off.");
        var (near, far) = LoopbackConnection.Pair(TowardsTerminal, TowardsEcr, clock);
        if (Afterwards is { } next) (TowardsTerminal, TowardsEcr) = (next, next);
        if (!waiting.Writer.TryWrite(far)) throw new LinkLostException("Too many clients wait at the loopback.");
        return Task.FromResult<ITransportConnection>(near);
    }

    /// <inheritdoc/>
    public async Task<ITransportConnection> Accept(CancellationToken shutdown) => await waiting.Reader.ReadAsync(shutdown);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }
}

/// <summary>One end of an in-memory connection.</summary>
internal sealed class LoopbackConnection : ITransportConnection
{
    private readonly Action cut;

    private LoopbackConnection(PipeReader input, PipeWriter output, Action cut) =>
        (Input, Output, this.cut) = (input, output, cut);

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public static (ITransportConnection Ecr, ITransportConnection Terminal) Pair(
        LoopbackFaults towardsTerminal, LoopbackFaults towardsEcr, TimeProvider clock)
    {
        Pipe[] pipes = [new(), new(), new(), new()];
        var gone = new CancellationTokenSource();
        // Both ends see the same end: nothing more is read or written anywhere once one side hung up.
        void Cut()
        {
            gone.Cancel();
            foreach (var pipe in pipes) pipe.Writer.Complete();
        }

        var toTerminal = Join(pipes[0], pipes[1], towardsTerminal, Cut, clock, gone.Token);
        var toEcr = Join(pipes[2], pipes[3], towardsEcr, Cut, clock, gone.Token);
        return (new LoopbackConnection(toEcr, pipes[0].Writer, Cut), new LoopbackConnection(toTerminal, pipes[2].Writer, Cut));
    }

    public ValueTask DisposeAsync()
    {
        cut();
        return ValueTask.CompletedTask;
    }

    private static PipeReader Join(
        Pipe from, Pipe to, LoopbackFaults faults, Action cut, TimeProvider clock, CancellationToken gone)
    {
        if (!faults.Touches) return from.Reader;
        Pumps.Add(Pump(from.Reader, to.Writer, faults, cut, clock, gone));
        return to.Reader;
    }

    private static async Task Pump(
        PipeReader from, PipeWriter to, LoopbackFaults faults, Action cut, TimeProvider clock, CancellationToken gone)
    {
        var left = faults.CutAfter ?? long.MaxValue;
        try
        {
            while (left > 0)
            {
                var read = await from.ReadAsync(gone);
                if (read.Buffer.IsEmpty && read.IsCompleted) break;
                if (faults.JoinFor > TimeSpan.Zero)
                {
                    from.AdvanceTo(read.Buffer.Start);
                    await Task.Delay(faults.JoinFor, clock, gone);
                    read = await from.ReadAsync(gone);
                }

                left = await Pass(read.Buffer, to, faults, left, clock, gone);
                from.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or InvalidOperationException)
        {
            // The connection was cut while bytes were on their way: they are lost, as on a real line.
        }

        cut();
    }

    private static async Task<long> Pass(
        ReadOnlySequence<byte> bytes, PipeWriter to, LoopbackFaults faults, long left, TimeProvider clock, CancellationToken gone)
    {
        var piece = faults.SplitEvery > 0 ? faults.SplitEvery : int.MaxValue;
        while (!bytes.IsEmpty && left > 0)
        {
            var size = Math.Min(Math.Min(piece, bytes.Length), left);
            if (faults.Delay > TimeSpan.Zero) await Task.Delay(faults.Delay, clock, gone);
            foreach (var segment in bytes.Slice(0, size)) to.Write(segment.Span);
            await to.FlushAsync(gone);
            bytes = bytes.Slice(size);
            left -= size;
        }

        return left;
    }

    // Pumps end with their connection; they are kept here so that none is a task without an owner.
    private static class Pumps
    {
        private static readonly List<Task> Running = [];

        public static void Add(Task pump)
        {
            lock (Running)
            {
                Running.RemoveAll(task => task.IsCompleted);
                Running.Add(pump);
            }
        }
    }
}
