using System.Buffers;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>Our serial layer at one end of a line in memory, a test with bare bytes at the other, and time that stands still.</summary>
internal sealed class RawLine : IAsyncDisposable
{
    public const byte Ack = 0x06;
    public const byte Nak = 0x15;

    private readonly ITransportConnection far;

    private RawLine(ITransportConnection ours, ITransportConnection far, ManualClock clock) =>
        (Ours, this.far, Clock) = (ours, far, clock);

    public ITransportConnection Ours { get; }

    public ManualClock Clock { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RawLine> Open()
    {
        var clock = new ManualClock();
        var loopback = new LoopbackTransport(clock) { Carrier = Carrier.Serial };
        var near = await loopback.Connect(Stop);
        return new RawLine(new ZvtSerialConnection(near, clock), await loopback.Accept(Stop), clock);
    }

    public static byte[] Frame(string apdu) => ZvtFraming.FrameSerial(Convert.FromHexString(apdu));

    /// <summary>Begins to send APDUs; done when they are all acknowledged.</summary>
    public Task Send(params string[] apdus)
    {
        foreach (var apdu in apdus) Ours.Output.Write(Convert.FromHexString(apdu));
        return Ours.Output.FlushAsync(Stop).AsTask();
    }

    /// <summary>What the peer says.</summary>
    public async Task Say(params byte[] bytes) => await far.Output.WriteAsync(bytes, Stop);

    /// <summary>What the peer hears next.</summary>
    public async Task Hears(params byte[] bytes)
    {
        var read = await far.Input.ReadAtLeastAsync(bytes.Length, Stop);
        Assert.Equal(
            Convert.ToHexString(bytes),
            Convert.ToHexString(read.Buffer.Slice(0, Math.Min(bytes.Length, read.Buffer.Length)).ToArray()));
        far.Input.AdvanceTo(read.Buffer.GetPosition(bytes.Length));
    }

    /// <summary>What is handed up next.</summary>
    public async Task HandsUp(string apdu)
    {
        var read = await Ours.Input.ReadAtLeastAsync(apdu.Length / 2, Stop);
        Assert.Equal(apdu, Convert.ToHexString(read.Buffer.Slice(0, Math.Min(apdu.Length / 2, read.Buffer.Length)).ToArray()));
        Ours.Input.AdvanceTo(read.Buffer.GetPosition(apdu.Length / 2));
    }

    /// <summary>Nothing that was not handed up yet is there.</summary>
    public void HandsUpNothing() => Assert.False(Ours.Input.TryRead(out var read) && !read.Buffer.IsEmpty);

    /// <summary>Lets time pass in small steps until it has happened.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> Until(Task what)
    {
        const int YieldsPerStep = 50;
        var begun = Clock.GetTimestamp();
        while (!what.IsCompleted)
        {
            // While no timer runs somebody has still to take a step; on a busy machine that takes a while.
            await Task.WhenAny(what, Clock.UntilWaiting(1, Stop));
            for (var yields = 0; yields < YieldsPerStep && !what.IsCompleted; yields++) await Task.Yield();
            if (!what.IsCompleted && Clock.Waiting > 0) Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        return Clock.GetElapsedTime(begun);
    }

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await far.DisposeAsync();
    }
}
