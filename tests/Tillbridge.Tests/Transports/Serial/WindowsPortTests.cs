using System.Buffers;
using System.IO.Ports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Transports.Serial;

/// <summary>What is ours around the ports of Windows, over what the same package does on Linux: there was no Windows.</summary>
[Trait("Needs", "pty")]
public sealed class WindowsPortTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_in_both_directions_and_a_closed_port_ends_its_input()
    {
        Assert.SkipUnless(PtyPair.IsSupported, "Pseudo-terminals are served on Linux.");
        await using var cable = PtyPair.Open();
        var far = new SerialPort(cable.Second, 9600);
        far.Open();
        var port = new WindowsPort(far, "COM8");
        await using var near = await new SerialTransport(new SerialSettings(cable.First, new(9600, 8, SerialParity.None, 1))).Connect(Stop);

        await near.Output.WriteAsync("hello"u8.ToArray(), Stop);
        var read = await port.Input.ReadAtLeastAsync(5, Stop);
        Assert.Equal("hello"u8.ToArray(), read.Buffer.ToArray());
        port.Input.AdvanceTo(read.Buffer.End);
        await port.Output.WriteAsync("yes"u8.ToArray(), Stop);
        Assert.Equal("yes"u8.ToArray(), (await near.Input.ReadAtLeastAsync(3, Stop)).Buffer.ToArray());

        await port.DisposeAsync();
        var closed = await Assert.ThrowsAsync<IOException>(() => port.Input.ReadAsync(Stop).AsTask());
        Assert.Contains("COM8 was closed", closed.Message, StringComparison.Ordinal);
    }
}
