using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Tillbridge.Transports.Serial;

/// <summary>
/// An open serial port or pty as a pair of pipes. One thread of its own waits for bytes and for room; it ends before
/// <see cref="DisposeAsync"/> does. A hang-up ends the input with an error, for silence is something else.
/// </summary>
internal sealed class UnixPort : ITransportConnection
{
    private const int PieceBytes = 4096;
    private const int MostUnread = 1 << 20; // Nobody reads: bytes then wait where they are.

    private readonly Lock gate = new();
    private readonly Descriptor port;
    private readonly Descriptor wake;
    private readonly string name;
    private readonly Action? closing;
    private readonly Pipe inbound = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2));
    private readonly Outlet outlet;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> leaving;
    private TaskCompletionSource<FlushResult>? flushed;
    private IOException? broken;
    private bool isClosing;

    public UnixPort(Descriptor port, string name, Action? closing = null)
    {
        (this.port, this.name, this.closing) = (port, name, closing);
        outlet = new Outlet(this);
        wake = new Descriptor(UnixNative.EventDescriptor(0, UnixNative.NonBlocking | UnixNative.CloseOnExec));
        if (wake.IsInvalid)
            throw new LinkLostException($"{name}: the system gives no event descriptor (error {Marshal.GetLastPInvokeError()}).");
        new Thread(Run) { IsBackground = true, Name = $"serial {name}" }.Start();
    }

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output => outlet;

    /// <summary>Completes when the port hung up or was closed.</summary>
    public Task Ended => ended.Task;

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isClosing) return;
            isClosing = true;
        }

        Wake();
        await ended.Task;
        closing?.Invoke();
        port.Dispose();
        wake.Dispose();
    }

    private void Run()
    {
        IOException? failure = null;
        Task<FlushResult>? crowded = null;
        while (failure is null)
        {
            bool wantsRoom;
            lock (gate)
            {
                if (isClosing) break;
                wantsRoom = !leaving.IsEmpty;
            }

            if (crowded is { IsCompleted: true }) crowded = null;
            Span<UnixNative.Watched> watched =
            [
                new() { Descriptor = port.Number, Wanted = Wanted(reads: crowded is null, wantsRoom) },
                new() { Descriptor = wake.Number, Wanted = UnixNative.PollIn },
            ];
            if (UnixNative.Poll(watched, 2, Timeout.Infinite) < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error and not UnixNative.Interrupted) failure = Failure(error);
                continue;
            }

            if (watched[1].Happened != 0) Calm();
            const short Over = UnixNative.PollError | UnixNative.PollHangUp | UnixNative.PollInvalid;
            if ((watched[0].Happened & UnixNative.PollOut) != 0) failure = Leave();
            if ((watched[0].Happened & (UnixNative.PollIn | Over)) != 0) failure ??= Take(ref crowded);
        }

        End(failure ?? new IOException($"The port {name} was closed."));
    }

    private static short Wanted(bool reads, bool wantsRoom) =>
        (short)((reads ? UnixNative.PollIn : 0) | (wantsRoom ? UnixNative.PollOut : 0));

    private IOException? Take(ref Task<FlushResult>? crowded)
    {
        var bytes = inbound.Writer.GetSpan(PieceBytes);
        var read = UnixNative.Read(port, bytes, (nuint)bytes.Length);
        if (read < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is UnixNative.TryAgain or UnixNative.Interrupted ? null : Failure(error);
        }

        // A terminal without a peer gives the end of a file at once, and again and again.
        if (read == 0) return Failure(UnixNative.InputOutput);
        inbound.Writer.Advance((int)read);
        var flush = inbound.Writer.FlushAsync();
        if (flush.IsCompleted) return null;
        crowded = flush.AsTask();
        crowded.ContinueWith(
            static (_, self) => ((UnixPort)self!).Wake(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return null;
    }

    private IOException? Leave()
    {
        lock (gate)
        {
            var failure = Push_NeedsLock();
            if (failure is null && leaving.IsEmpty) Flushed_NeedsLock(isCanceled: false);
            return failure;
        }
    }

    // As much as the system takes now.
    private IOException? Push_NeedsLock()
    {
        while (!leaving.IsEmpty)
        {
            var written = UnixNative.Write(port, leaving.Span, (nuint)leaving.Length);
            if (written >= 0)
            {
                leaving = leaving[(int)written..];
                continue;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == UnixNative.Interrupted) continue;
            return error == UnixNative.TryAgain ? null : Failure(error);
        }

        return null;
    }

    private void Flushed_NeedsLock(bool isCanceled)
    {
        leaving = default;
        var waiting = flushed;
        flushed = null;
        waiting?.TrySetResult(new FlushResult(isCanceled, isCompleted: false));
    }

    private void End(IOException failure)
    {
        TaskCompletionSource<FlushResult>? waiting;
        lock (gate)
        {
            broken = failure;
            (waiting, flushed, leaving) = (flushed, null, default);
        }

        waiting?.TrySetException(failure);
        inbound.Writer.Complete(failure);
        ended.TrySetResult();
    }

    private IOException Failure(int error) => new(error is UnixNative.InputOutput or UnixNative.NoSuchDevice or UnixNative.NoDevice
        ? $"The serial port {name} hung up: the cable was pulled, or what is behind it went away."
        : $"The serial port {name} failed (error {error}).");

    private void Wake()
    {
        if (wake.IsClosed) return;
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        try
        {
            UnixNative.Write(wake, one, (nuint)one.Length);
        }
        catch (ObjectDisposedException)
        {
            // The port was closed meanwhile: nobody is left to be woken.
        }
    }

    private void Calm()
    {
        Span<byte> count = stackalloc byte[8];
        UnixNative.Read(wake, count, 8);
    }

    /// <summary>What the system does not take at once the port's thread hands over when there is room.</summary>
    private sealed class Outlet(UnixPort owner) : PipeWriter
    {
        private readonly ArrayBufferWriter<byte> buffer = new();

        public override void Advance(int bytes) => buffer.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => buffer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => buffer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = buffer.WrittenMemory.ToArray();
            buffer.Clear();
            Task<FlushResult> waiting;
            lock (owner.gate)
            {
                if (owner.broken is { } failure) return ValueTask.FromException<FlushResult>(new IOException(failure.Message));
                if (owner.isClosing) return ValueTask.FromException<FlushResult>(new IOException($"The port {owner.name} was closed."));
                Invariant.Holds(owner.flushed is null, "one flush at a time");
                owner.leaving = bytes;
                if (owner.Push_NeedsLock() is { } broke) return ValueTask.FromException<FlushResult>(broke);
                if (owner.leaving.IsEmpty) return ValueTask.FromResult(default(FlushResult));
                owner.flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = owner.flushed.Task;
            }

            owner.Wake();
            return new ValueTask<FlushResult>(waiting);
        }

        public override void CancelPendingFlush()
        {
            lock (owner.gate) owner.Flushed_NeedsLock(isCanceled: true);
        }

        public override void Complete(Exception? exception = null)
        {
            // The port's end is told by disposing it.
        }
    }
}
