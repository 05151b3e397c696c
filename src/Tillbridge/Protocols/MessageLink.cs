using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Tillbridge.Domain;
using Tillbridge.Transports;

namespace Tillbridge.Protocols;

/// <summary>What a wait on a link brought.</summary>
internal enum Heard
{
    Message,
    Silence,
    Interrupted,

    /// <summary>The peer hung up between two messages; only where that is a proper end.</summary>
    Closed,
}

/// <summary>
/// Messages over a connection. One conversation owns it: it alone sends and receives. <see cref="Interrupt"/> and
/// <see cref="Break"/> may be called from elsewhere.
/// </summary>
internal sealed class MessageLink<T> : IAsyncDisposable
    where T : class
{
    private static readonly TimeSpan StreamLimit = TimeSpan.FromSeconds(5); // T3: a peer that takes no bytes is gone.

    // Blocks on a serial line are repeated by the layer below, which ends that by itself: three times T2, and their own length.
    private static readonly TimeSpan SerialLimit = TimeSpan.FromSeconds(30);
    private const int MostFirstBytes = 16;

    private readonly ITransportConnection connection;
    private readonly IMessageCodec<T> codec;
    private readonly Sender self;
    private readonly TimeProvider clock;
    private readonly IWireLog? wireLog;
    private readonly bool isSerial;
    private readonly ITimer timer;
    private long deadline = long.MaxValue;
    private bool interrupted;
    private bool sending;
    private bool heardAnything;
    private string? broken;

    public MessageLink(
        ITransportConnection connection, IMessageCodec<T> codec, Sender self, TimeProvider clock, IWireLog? wireLog, Carrier carrier)
    {
        isSerial = carrier is Carrier.Serial;
        (this.connection, this.codec, this.self, this.clock, this.wireLog) = (connection, codec, self, clock, wireLog);
        timer = clock.CreateTimer(static link => ((MessageLink<T>)link!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The message of the last wait that brought one.</summary>
    public T? Message { get; private set; }

    /// <summary>Why the link was broken; null while it stands. The first reason wins.</summary>
    public string? Broken => Volatile.Read(ref broken);

    private Sender Peer => self is Sender.Ecr ? Sender.Terminal : Sender.Ecr;

    public async ValueTask SendAsync(T message, CancellationToken shutdown)
    {
        ThrowIfBroken();
        try
        {
            codec.Encode(message, connection.Output);
            LogSent(message);
            var flush = connection.Output.FlushAsync(shutdown);
            if (!flush.IsCompleted) Arm(isSerial ? SerialLimit : StreamLimit, forSending: true);
            var result = await flush;
            Disarm();
            if (result.IsCanceled) throw Break("The peer takes no more bytes.", away: true);
            if (result.IsCompleted) throw Break("The peer closed the connection.");
        }
        catch (Exception failure) when (IsLineFailure(failure))
        {
            throw Break($"The connection broke while sending: {failure.Message}", failure);
        }
    }

    /// <summary>Several messages in one write.</summary>
    public async ValueTask SendGlued(IReadOnlyList<T> messages, CancellationToken shutdown)
    {
        Invariant.Holds(messages.Count > 0, "a glued write has at least one message");
        for (var index = 0; index < messages.Count - 1; index++)
        {
            codec.Encode(messages[index], connection.Output);
            LogSent(messages[index]);
        }

        await SendAsync(messages[^1], shutdown);
    }

    /// <summary>One message, each byte in a write of its own.</summary>
    public async ValueTask SendDribbling(T message, CancellationToken shutdown)
    {
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(message, bytes);
        LogSent(message);
        try
        {
            for (var index = 0; index < bytes.WrittenCount; index++)
            {
                connection.Output.Write(bytes.WrittenSpan.Slice(index, 1));
                await connection.Output.FlushAsync(shutdown);
            }
        }
        catch (Exception failure) when (IsLineFailure(failure))
        {
            throw Break($"The connection broke while sending: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Waits for one message. Silence and interruption are values; a lost line throws, unless the peer
    /// <paramref name="mayClose"/> here and did so between two messages.
    /// </summary>
    public async ValueTask<Heard> ReceiveAsync(TimeSpan limit, CancellationToken shutdown, bool mayClose = false)
    {
        ThrowIfBroken();
        Message = null;
        Arm(limit, forSending: false);
        while (true)
        {
            ReadResult read;
            try
            {
                if (!connection.Input.TryRead(out read)) read = await connection.Input.ReadAsync(shutdown);
            }
            catch (Exception failure) when (IsLineFailure(failure))
            {
                throw Break($"The connection broke while receiving: {failure.Message}", failure);
            }

            if (TryTake(read.Buffer))
            {
                Disarm();
                return Heard.Message;
            }

            if (read.IsCompleted && read.Buffer.IsEmpty && mayClose) return Heard.Closed;
            if (read.IsCompleted)
            {
                throw Break(read.Buffer.IsEmpty
                    ? "The peer closed the connection."
                    : "The peer closed the connection in the middle of a message.");
            }

            ThrowIfBroken();
            if (Interlocked.Exchange(ref interrupted, false)) return Heard.Interrupted;
            if (clock.GetTimestamp() >= Volatile.Read(ref deadline)) return Heard.Silence;
        }
    }

    /// <summary>Takes a message that has arrived already; false when none has, or the line broke, which the next wait tells.</summary>
    public bool TryReceive()
    {
        Message = null;
        try
        {
            return Broken is null && connection.Input.TryRead(out var read) && TryTake(read.Buffer);
        }
        catch (Exception failure) when (IsLineFailure(failure))
        {
            return false;
        }
    }

    /// <summary>Wakes the conversation out of its wait, or its next wait at once.</summary>
    public void Interrupt()
    {
        Volatile.Write(ref interrupted, true);
        connection.Input.CancelPendingRead();
    }

    /// <summary>The one road to a broken link; the first reason wins.</summary>
    public LinkLostException Break(string reason, Exception? cause = null, bool silence = false, bool away = false)
    {
        var first = Interlocked.CompareExchange(ref broken, reason, null) ?? reason;
        connection.Input.CancelPendingRead();
        // On a serial line nobody sees that the peer was switched off, and a short silence looks like none.
        away |= isSerial;
        return cause is null
            ? new LinkLostException(first) { IsSilence = silence, PeerWasAway = away }
            : new LinkLostException(first, cause) { PeerWasAway = away || WasAway(cause) };
    }

    public async ValueTask DisposeAsync()
    {
        Break("We closed the connection.");
        await timer.DisposeAsync();
        await connection.DisposeAsync();
    }

    private bool TryTake(ReadOnlySequence<byte> buffer)
    {
        if (!heardAnything && !buffer.IsEmpty) CheckFirst(buffer);
        var rest = buffer;
        if (!codec.TryTake(ref rest, out var frame))
        {
            if (buffer.Length > codec.MostFrameBytes) throw new ProtocolViolationException("The peer sends a message without an end.");
            connection.Input.AdvanceTo(buffer.Start, buffer.End);
            return false;
        }

        var bytes = frame.IsSingleSegment ? frame.FirstSpan : frame.ToArray();
        wireLog?.Saw(new SeenFrame<T>(codec, bytes.ToArray(), Peer));
        try
        {
            Message = codec.Decode(bytes, Peer);
        }
        finally
        {
            connection.Input.AdvanceTo(rest.Start);
        }

        return true;
    }

    // A wrong port is told by name instead of by a time-out (zvt.md §1).
    private void CheckFirst(ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[MostFirstBytes];
        var size = (int)Math.Min(buffer.Length, MostFirstBytes);
        buffer.Slice(0, size).CopyTo(first);
        heardAnything = size >= 2;
        if (codec.LooksLikeOther(first[..size]) is not { } other) return;
        throw new ProtocolViolationException(other) { Reason = Domain.Reason.OtherProtocol };
    }

    private void LogSent(T message)
    {
        if (wireLog is null) return;
        var bytes = new ArrayBufferWriter<byte>();
        codec.Encode(message, bytes);
        wireLog.Saw(new SeenFrame<T>(codec, bytes.WrittenSpan.ToArray(), self));
    }

    private void Arm(TimeSpan limit, bool forSending)
    {
        Volatile.Write(ref sending, forSending);
        Volatile.Write(ref deadline, clock.GetTimestamp() + (long)(limit.TotalSeconds * clock.TimestampFrequency));
        timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    // The timer may still fire once for a wait that is over; Wake then sees that no deadline stands.
    private void Disarm() => Volatile.Write(ref deadline, long.MaxValue);

    private void Wake()
    {
        var until = Volatile.Read(ref deadline);
        if (until == long.MaxValue) return;
        var left = clock.GetElapsedTime(clock.GetTimestamp(), until);
        if (left > TimeSpan.Zero)
        {
            // Timers may fire a little before the time by which we measure; that wait is not over.
            timer.Change(left + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            return;
        }

        if (Volatile.Read(ref sending)) connection.Output.CancelPendingFlush();
        else connection.Input.CancelPendingRead();
    }

    private void ThrowIfBroken()
    {
        if (Broken is { } reason) throw new LinkLostException(reason) { PeerWasAway = isSerial };
    }

    // A reset out of nowhere, or probes without an answer: the device may have been switched off in between.
    private static bool WasAway(Exception cause) =>
        (cause as SocketException ?? cause.InnerException as SocketException) is not null;

    private static bool IsLineFailure(Exception failure) =>
        failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException;
}
