using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Transports.Serial;

/// <summary>Our ports over real pseudo-terminals.</summary>
[Trait("Needs", "pty")]
public sealed class SerialPortTests
{
    private const string WhySkipped = "Pseudo-terminals are served on Linux.";
    private static readonly SerialMode Usual = new(9600, 8, SerialParity.None, 2);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(9600, 8, SerialParity.None, 2)]
    [InlineData(115200, 7, SerialParity.Even, 1)]
    [InlineData(1200, 8, SerialParity.Odd, 1)]
    public async Task Every_byte_passes_unchanged_in_both_directions(int baud, int bits, SerialParity parity, int stopBits)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        var mode = new SerialMode(baud, bits, parity, stopBits);
        await using var near = await Connect(cable.First, mode);
        await using var far = await Connect(cable.Second, mode);
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        await near.Output.WriteAsync(all, Stop);
        await far.Output.WriteAsync(all, Stop);

        Assert.Equal(all, await Read(far, all.Length));
        Assert.Equal(all, await Read(near, all.Length));
    }

    [Fact]
    public async Task More_than_the_system_takes_at_once_arrives_all_the_same()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var near = await Connect(cable.First);
        await using var far = await Connect(cable.Second);
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);

        var writing = near.Output.WriteAsync(bytes, Stop).AsTask();
        Assert.Equal(bytes, await Read(far, bytes.Length));
        Assert.False((await writing).IsCanceled);
    }

    [Fact]
    public async Task A_flush_that_nobody_takes_can_be_given_up()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var near = await Connect(cable.First);

        var writing = near.Output.WriteAsync(new byte[8_000_000], Stop).AsTask();
        Assert.False(writing.IsCompleted);
        near.Output.CancelPendingFlush();

        Assert.True((await writing).IsCanceled);
    }

    [Fact]
    public async Task A_pulled_cable_is_an_error_and_no_silence()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var cable = PtyPair.Open();
        await using var near = await Connect(cable.First);
        var reading = near.Input.ReadAsync(Stop).AsTask();

        await cable.DisposeAsync();

        Assert.Contains("hung up", (await Assert.ThrowsAsync<IOException>(() => reading)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => near.Output.WriteAsync(new byte[1], Stop).AsTask());
    }

    [Fact]
    public async Task What_was_said_before_the_port_was_opened_is_not_heard()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var far = await Connect(cable.Second);
        await using (var probe = await Connect(cable.First))
        {
            await far.Output.WriteAsync(new byte[] { 1, 2, 3 }, Stop);
            await Read(probe, 1); // They have come through the cable.
        }

        await using var near = await Connect(cable.First);
        await far.Output.WriteAsync(new byte[] { 9 }, Stop);

        Assert.Equal([9], await Read(near, 1));
    }

    [Fact]
    public async Task A_port_is_never_shared()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using (await Connect(cable.First))
        {
            var busy = await Assert.ThrowsAsync<LinkLostException>(() => Connect(cable.First));
            Assert.Contains("in use by another program", busy.Message, StringComparison.Ordinal);
            Assert.Contains("fuser", busy.Message, StringComparison.Ordinal);
        }

        await using var again = await Connect(cable.First);
    }

    [Fact]
    public async Task A_closed_port_is_free_although_a_starting_program_still_holds_a_copy_of_it()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        // What a program that we start has of ours between its birth and the moment in which it becomes itself.
        Descriptor[] copies;
        await using (await Connect(cable.First)) copies = [.. CopiesOf(cable.First)];
        Assert.NotEmpty(copies);

        await using (var again = await Connect(cable.First)) Assert.NotNull(again);
        foreach (var copy in copies) copy.Dispose();
    }

    [Fact]
    public async Task To_ask_whether_a_port_can_be_opened_changes_nothing_on_it()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var far = await Connect(cable.Second);
        var ports = new SerialPorts();
        Assert.Null(ports.WhyClosed(cable.First));
        await using (var near = await Connect(cable.First, Usual with { Baud = 115200 }))
        {
            await far.Output.WriteAsync("hello"u8.ToArray(), Stop);
            Assert.Equal(ConnectFault.PortBusy, ports.WhyClosed(cable.First)?.Fault);
            Assert.Equal("hello"u8.ToArray(), await Read(near, 5));
        }

        Assert.Null(ports.WhyClosed(cable.First));
    }

    [Theory]
    [InlineData("/dev/tillbridge-none", ConnectFault.PortMissing)]
    [InlineData("/dev/null", ConnectFault.NotAPort)]
    [InlineData("usb:ffff:ffff", ConnectFault.PortMissing)]
    public async Task The_fault_of_a_port_is_a_value_too(string port, ConnectFault fault)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        Assert.Equal(fault, new SerialPorts().WhyClosed(port)?.Fault);
        Assert.Equal(fault, (await Assert.ThrowsAsync<LinkLostException>(() => Connect(port))).Fault);
    }

    [Theory]
    [InlineData("/dev/tillbridge-none", "There is no serial port")]
    [InlineData("/dev/null", "is no serial port")]
    public async Task What_is_no_port_is_told_with_those_that_are(string device, string why)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var wrong = await Assert.ThrowsAsync<LinkLostException>(() => Connect(device));
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
        Assert.Matches("There (is|are) |no serial port", wrong.Message);
    }

    [Fact]
    public void A_missing_permission_names_the_group_and_the_cure()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var text = UnixSerialFault.Forbidden("/dev/ttyUSB0", "dialout");
        Assert.Contains("sudo usermod -aG dialout $USER", text, StringComparison.Ordinal);
        Assert.Contains("log out and in again", text, StringComparison.Ordinal);
        var roots = UnixSerialFault.Explain("/dev/null", UnixNative.AccessDenied); // It belongs to root.
        Assert.Contains("udev", roots, StringComparison.Ordinal);
        Assert.DoesNotContain("-aG root", roots, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_terminals_end_comes_back_after_a_hang_up_and_while_switched_off_nobody_answers()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
#pragma warning disable RS0030 // A real port needs real time.
        await using var acceptor = SerialAcceptor.Open(new SerialSettings(cable.Second, Usual), TimeProvider.System);
#pragma warning restore RS0030
        await using var near = await Connect(cable.First);
        await using (var first = await acceptor.Accept(Stop)) await Pass(near, first);

        var second = await acceptor.Accept(Stop);
        await Pass(near, second);
        acceptor.IsOpen = false;
        await Assert.ThrowsAsync<IOException>(() => second.Input.ReadAsync(Stop).AsTask());
        var waiting = acceptor.Accept(Stop);
        Assert.False(waiting.IsCompleted);

        acceptor.IsOpen = true;
        await using var third = await waiting;
        await Pass(near, third);
        await second.DisposeAsync();
    }

    private static IEnumerable<Descriptor> CopiesOf(string device)
    {
        foreach (var open in new DirectoryInfo("/proc/self/fd").GetFiles().Where(file => file.LinkTarget == device))
            yield return new Descriptor(Duplicate(int.Parse(open.Name, CultureInfo.InvariantCulture)));
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    private static Task<ITransportConnection> Connect(string device, SerialMode? mode = null) =>
        new SerialTransport(new SerialSettings(device, mode ?? Usual)).Connect(Stop);

    private static async Task Pass(ITransportConnection from, ITransportConnection to)
    {
        await from.Output.WriteAsync("hello"u8.ToArray(), Stop);
        Assert.Equal("hello"u8.ToArray(), await Read(to, 5));
    }

    private static async Task<byte[]> Read(ITransportConnection from, int count)
    {
        var read = await from.Input.ReadAtLeastAsync(count, Stop);
        var bytes = read.Buffer.Slice(0, count).ToArray();
        from.Input.AdvanceTo(read.Buffer.GetPosition(count));
        return bytes;
    }
}
