using System.Buffers;
using System.IO.Pipelines;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.Zvt.Serial;

/// <summary>
/// Bare APDUs over a serial line, the same on both sides (zvt.md §4, §5): blocks with a check, each acknowledged with one byte,
/// repeated up to two times. One pump owns the line; it alone reads, writes and acknowledges.
/// </summary>
internal sealed class ZvtSerialConnection : ITransportConnection
{
    private const int MostSends = 3;
    private const int MostUnread = 1 << 20;

    private static readonly TimeSpan T1 = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan T2 = TimeSpan.FromSeconds(5);

    // T2 runs from the end of a block, and the system takes a block long before its end has left the port: 11 bits at 9600 baud.
    private static readonly TimeSpan PerByte = TimeSpan.FromMilliseconds(1.15);

    // A peer that answers without having acknowledged has our block. Its acknowledge may still be behind its answer.
    private static readonly TimeSpan ImpliedAfter = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ITransportConnection line;
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly Pipe inbound = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2));
    private readonly ZvtSerialReceiver receiver = new();
    private readonly Task pump;
    private ZvtSerialOrder? order;
    private string? broken;
    private bool isClosing;
    private bool isWriting;
    private long writeUntil;

    // Of the pump alone.
    private ZvtSerialOrder? sender;
    private byte[]? pending;
    private byte[]? answered;
    private byte[]? last;
    private bool wasRefused;
    private bool isImplied;
    private int sends;
    private int brokenBlocks;
    private int goodBlocks;
    private long deadline;
    private long heardAt;

    public ZvtSerialConnection(ITransportConnection line, TimeProvider clock)
    {
        (this.line, this.clock) = (line, clock);
        Output = new ZvtSerialOutlet(Take, GiveUp);
        timer = clock.CreateTimer(
            static self => ((ZvtSerialConnection)self!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        pump = Pump();
    }

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref isClosing, true);
        Wake();
        line.Output.CancelPendingFlush();
        await pump;
        await timer.DisposeAsync();
        await line.DisposeAsync();
    }

    private void Take(ZvtSerialOrder handed)
    {
        lock (gate)
        {
            if (broken is { } why)
            {
                handed.Fail(why);
                return;
            }

            Invariant.Holds(order is null || order.IsOver, "one flush at a time");
            order = handed;
        }

        line.Input.CancelPendingRead();
    }

    private void GiveUp()
    {
        lock (gate) order?.Finish(isCanceled: true);
    }

    private void Wake()
    {
        if (!Volatile.Read(ref isWriting)) line.Input.CancelPendingRead();
        else if (Volatile.Read(ref isClosing) || clock.GetTimestamp() >= Volatile.Read(ref writeUntil)) line.Output.CancelPendingFlush();
    }

    // Owns the line until it ends, whyever.
    private async Task Pump()
    {
        string? why;
        try
        {
            why = await Run();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            why = failure.Message;
        }

        lock (gate)
        {
            broken = why ?? "The peer closed the line.";
            order?.Fail(broken);
        }

        inbound.Writer.Complete(why is null ? null : new IOException(why));
    }

    // Null when the line itself came to a proper end.
    private async Task<string?> Run()
    {
        while (true)
        {
            if (!line.Input.TryRead(out var read)) read = await line.Input.ReadAsync();
            if (Volatile.Read(ref isClosing)) return "We closed the line.";
            if (!read.Buffer.IsEmpty) heardAt = clock.GetTimestamp();
            foreach (var piece in read.Buffer)
            {
                for (var index = 0; index < piece.Length; index++)
                {
                    if (await Hear(piece.Span[index]) is { } fault) return fault;
                }
            }

            line.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return null;
            if (await Continue() is { } error) return error;
            Arm();
        }
    }

    private async Task<string?> Hear(byte octet)
    {
        switch (receiver.Take(octet))
        {
            case ZvtSerialHeard.Acknowledge when pending is not null:
                Acknowledged();
                return null;
            case ZvtSerialHeard.Refusal:
                wasRefused = true; // Several in a row are about the same block: it is repeated once they are all read.
                return null;
            case ZvtSerialHeard.BrokenBlock:
                brokenBlocks++;
                await Write(ZvtFraming.SerialRefuse);
                return null;
            case ZvtSerialHeard.Block:
                goodBlocks++;
                await Write(ZvtFraming.SerialAcknowledge); // At once, before it is dealt with.
                return await HandUp(receiver.Apdu);
            default:
                return null;
        }
    }

    private async Task<string?> HandUp(byte[] apdu)
    {
        // The same block again before ours went through: our acknowledge was lost. To do it twice could charge twice.
        if (last is not null && last.AsSpan().SequenceEqual(apdu)) return null;
        last = apdu;
        if (pending is not null && IsAnswer(apdu) != IsAnswer(pending) && !isImplied)
        {
            isImplied = true;
            deadline = Math.Min(deadline, After(ImpliedAfter));
        }

        inbound.Writer.Write(apdu);
        var flush = inbound.Writer.FlushAsync();
        if (!flush.IsCompleted) return "The peer sends more than anybody reads.";
        await flush;
        return null;
    }

    // What is due after everything that came was read.
    private async Task<string?> Continue()
    {
        if (receiver.IsInside && clock.GetElapsedTime(heardAt) >= T1)
        {
            receiver.GiveUp();
            brokenBlocks++;
            await Write(ZvtFraming.SerialRefuse);
        }

        // A block that is coming in is heard to its end first: not every terminal can do both at a time.
        if (receiver.IsInside) return null;
        var refused = wasRefused;
        wasRefused = false;
        if (sender is { IsOver: true }) pending = null; // It was given up.
        if (pending is not null)
        {
            var isLate = clock.GetTimestamp() >= deadline;
            if (isLate && isImplied && !refused) Acknowledged();
            else if (isLate || refused) return await Send();
        }

        while (pending is null && Current() is { } next)
        {
            if (!next.TryNext(out pending!))
            {
                pending = null;
                next.Finish(isCanceled: false);
                break;
            }

            // Every positive answer has the same bytes: the next one after a command of ours is the answer to that.
            if (last is not null && IsAnswer(last) && !IsAnswer(pending)) last = null;
            (sender, sends, isImplied, answered) = (next, 0, false, last);
            if (await Send() is { } error) return error;
        }

        return null;
    }

    private ZvtSerialOrder? Current()
    {
        lock (gate) return order is { IsOver: false } open ? open : null;
    }

    private async Task<string?> Send()
    {
        if (sends == MostSends) return TransmissionError();
        sends++;
        isImplied = false;
        var frame = ZvtFraming.FrameSerial(pending);
        if (sender!.IsDribbling)
        {
            foreach (var octet in frame) await Write(octet);
        }
        else
        {
            line.Output.Write(frame);
            await Flush();
        }

        deadline = After(T2 + frame.Length * PerByte);
        return null;
    }

    private void Acknowledged()
    {
        // What we answered is done with: the same bytes again are a new message (a terminal often shows a text twice).
        if (ReferenceEquals(last, answered)) last = null;
        (pending, answered) = (null, null);
        wasRefused = false;
    }

    private ValueTask Write(byte octet)
    {
        line.Output.Write([octet]);
        return Flush();
    }

    private async ValueTask Flush()
    {
        var flush = line.Output.FlushAsync();
        if (!flush.IsCompleted)
        {
            Volatile.Write(ref writeUntil, After(T2));
            Volatile.Write(ref isWriting, true);
            timer.Change(T2 + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }

        var result = await flush;
        Volatile.Write(ref isWriting, false);
        if (result.IsCanceled) throw new IOException("The serial port takes no bytes.");
        if (result.IsCompleted) throw new IOException("The peer closed the line.");
    }

    private void Arm()
    {
        var until = pending is null ? long.MaxValue : deadline;
        if (receiver.IsInside) until = Math.Min(until, heardAt + Ticks(T1));
        if (until == long.MaxValue) return;
        var left = clock.GetElapsedTime(clock.GetTimestamp(), until);
        // Timers may fire a little before the time by which we measure.
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private long After(TimeSpan time) => clock.GetTimestamp() + Ticks(time);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    private static bool IsAnswer(byte[] apdu) => apdu[0] is 0x80 or 0x84;

    private string TransmissionError()
    {
        var hint = goodBlocks > 0 ? "the line is bad, or the device went away"
            : brokenBlocks > 0 || receiver.Noise > 0 ? "only noise came back: are baud and framing those of the device"
            : "nothing came back: is the device on, the cable a crossed one, and its ZVT interface set to this port and speed";
        return $"Transmission error: a block was not acknowledged although it was sent {MostSends} times; {hint}.";
    }
}
