using System.Buffers;
using System.Runtime.InteropServices;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>
/// A serial line whose far end hears only one speed. A pty passes every byte at any speed, but it keeps the speed that was set:
/// the cable reads it, and where it is another one both sides get noise, as from a UART.
/// </summary>
internal sealed class SpeedyCable : IAsyncDisposable
{
    private const int TermiosBytes = 128;
    private static readonly byte[] Noise = [0xFE, 0x80, 0xF8, 0x00];

    private readonly PtyPair cable = PtyPair.Open();
    private readonly CancellationTokenSource stop = new();
    private readonly Descriptor watch;
    private readonly uint speed;
    private readonly Task serving;

    /// <param name="line">Where the terminal is.</param>
    /// <param name="speed">The speed code of termios that it hears.</param>
    public SpeedyCable(LoopbackTransport line, uint speed)
    {
        this.speed = speed;
        // A program that another test starts would have it, and hold the port.
        const int Alone = UnixNative.ReadWrite | UnixNative.NoControllingTerminal | UnixNative.CloseOnExec;
        watch = new Descriptor(UnixNative.Open(cable.First, Alone));
        serving = Serve(line);
    }

    public string Ecr => cable.First;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await serving;
        watch.Dispose();
        await cable.DisposeAsync();
        stop.Dispose();
    }

    private async Task Serve(LoopbackTransport line)
    {
        var mode = new SerialMode(9600, 8, SerialParity.None, 2);
        await using var near = await new SerialTransport(new SerialSettings(cable.Second, mode)).Connect(stop.Token);
        await using var far = await line.Connect(stop.Token);
        await Task.WhenAll(Pump(near, far, back: near), Pump(far, near, back: null));
    }

    private async Task Pump(ITransportConnection from, ITransportConnection to, ITransportConnection? back)
    {
        try
        {
            while (true)
            {
                var read = await from.Input.ReadAsync(stop.Token);
                var bytes = read.Buffer.ToArray();
                from.Input.AdvanceTo(read.Buffer.End);
                if (back is null || IsRightSpeed()) await to.Output.WriteAsync(bytes, stop.Token);
                else await back.Output.WriteAsync(Noise, stop.Token);
                if (read.IsCompleted) return;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // The test is over.
        }
    }

    private bool IsRightSpeed()
    {
        Span<byte> termios = stackalloc byte[TermiosBytes];
        Assert.True(UnixNative.GetAttributes(watch, termios) == 0, $"tcgetattr: {Marshal.GetLastPInvokeError()}");
        return UnixNative.GetOutputSpeed(termios) == speed;
    }
}
