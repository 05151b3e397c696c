using System.Diagnostics;
using Tillbridge.Cli.Doctor;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>Serial lines on pseudo-terminals: a terminal at the right and the wrong speed, noise, echo, ports that are not free.</summary>
[Trait("Speed", "Slow")]
[Trait("Needs", "pty")]
public sealed class SerialLineTests
{
    private const string WhySkipped = "Pseudo-terminals are served on Linux.";
    private const uint Baud9600 = 0xD;      // B9600 of termios.
    private const uint Baud115200 = 0x1002; // B115200
    private static readonly SerialMode Usual = new(9600, 8, SerialParity.None, 2);

    private readonly DoctorBench doctor = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_terminal_at_the_configured_speed_hears_allowed_messages_only()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var terminal = DoctorBench.Serve(
            SerialAcceptor.Open(new SerialSettings(cable.Second, Usual), TimeProvider.System));

        var finding = await doctor.Ask($"zvt+serial://{cable.First}");

        Assert.True(finding.Code == FindingCodes.Ok, finding.ToString());
        string[] allowed = ["050100", "800000", "06000E000000BE0978060626040A0206D3"];
        var left = string.Concat(doctor.Said);
        foreach (var message in allowed) left = left.Replace(Framed(message), "", StringComparison.Ordinal);
        Assert.Equal("", left.Replace("06", "", StringComparison.Ordinal)); // Acknowledged blocks.
    }

    [Fact]
    public async Task A_wrong_password_is_told_on_a_line_too()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var terminal = DoctorBench.Serve(
            SerialAcceptor.Open(new SerialSettings(cable.Second, Usual), TimeProvider.System), "123456");

        Assert.Equal(FindingCodes.WrongPassword, (await doctor.Ask($"zvt+serial://{cable.First}", "654321")).Code);
        Assert.Equal(FindingCodes.Ok, (await doctor.Ask($"zvt+serial://{cable.First}", "123456")).Code);
    }

    [Theory]
    [InlineData("", Baud115200, "baud=115200&framing=8n2")]
    [InlineData("?baud=115200&framing=8n1", Baud9600, "baud=9600&framing=8n2")]
    public async Task A_terminal_at_another_speed_is_found_and_its_address_written_down(string options, uint speed, string right)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var line = new LoopbackTransport(TimeProvider.System) { Carrier = Carrier.Serial };
        await using var terminal = DoctorBench.Serve(line);
        await using var cable = new SpeedyCable(line, speed);

        var finding = await doctor.Ask($"zvt+serial://{cable.Ecr}{options}");

        Assert.Equal((FindingCodes.WrongSpeed, Severity.Wrong), (finding.Code, finding.Severity));
        Assert.Equal($"zvt+serial://{cable.Ecr}?{right}", finding.Address);
        Assert.Contains(finding.Address!, finding.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Noise_at_every_speed_is_called_noise_and_says_what_was_tried()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var line = new LoopbackTransport(TimeProvider.System) { Carrier = Carrier.Serial };
        await using var cable = new SpeedyCable(line, speed: 0);

        var finding = await doctor.Ask($"zvt+serial://{cable.Ecr}");

        Assert.Equal(FindingCodes.Noise, finding.Code);
        Assert.Contains("Tried: 9600 8n2, 9600 8n1, 115200 8n2", finding.Text, StringComparison.Ordinal);
        Assert.Contains("speed or framing", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_on_which_nobody_answers_is_silent()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();

        var finding = await doctor.Ask($"zvt+serial://{cable.First}");

        Assert.Equal(FindingCodes.NoAnswer, finding.Code);
        Assert.Contains("null modem", finding.Cure, StringComparison.Ordinal);
        Assert.All(doctor.Said, said => Assert.Equal("", said.Replace(Framed("050100"), "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_loopback_plug_is_an_echo()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var plug = await Connect(cable.Second);
        var echoing = plug.Input.CopyToAsync(plug.Output, Stop);

        Assert.Equal(FindingCodes.Echo, (await doctor.Ask($"zvt+serial://{cable.First}")).Code);

        plug.Input.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => echoing);
    }

    [Theory]
    [InlineData("\u0080\u0000\u0000", "without serial frames")]
    [InlineData("\u0015", "refused")]
    [InlineData("\r\nERROR\r\n", "modem")]
    public async Task Another_device_on_the_line_is_named(string answer, string name)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var device = await Connect(cable.Second);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var answering = Answer(device, answer, over.Token);

        var finding = await doctor.Ask($"zvt+serial://{cable.First}");

        Assert.Equal(FindingCodes.OtherProtocol, finding.Code);
        Assert.Contains(name, finding.Text, StringComparison.Ordinal);
        await over.CancelAsync();
        await answering;
    }

    [Fact]
    public async Task A_port_that_is_held_is_busy_and_nothing_is_sent()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var holder = await Connect(cable.First);

        var finding = await doctor.Ask($"zvt+serial://{cable.First}");

        Assert.Equal(FindingCodes.PortBusy, finding.Code);
        Assert.Contains("fuser", finding.Cure, StringComparison.Ordinal);
        Assert.Empty(doctor.Said);
    }

    [Fact]
    public async Task A_program_that_has_the_port_open_without_locking_others_out_is_named()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        using var other = Process.Start(new ProcessStartInfo("sh", ["-c", $"exec 3<>{cable.First}; echo open; exec sleep 60"])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            Assert.Equal("open", await other.StandardOutput.Line());
            var finding = await doctor.Ask($"zvt+serial://{cable.First}");

            Assert.Equal(FindingCodes.PortBusy, finding.Code);
            Assert.Contains($"(process {other.Id})", finding.Text, StringComparison.Ordinal);
            Assert.Empty(doctor.Said);
        }
        finally
        {
            other.Kill();
            await other.Gone();
        }
    }

    [Theory]
    [InlineData("/dev/tillbridge-none", FindingCodes.PortMissing)]
    [InlineData("/dev/null", FindingCodes.NotAPort)]
    [InlineData("usb:ffff:ffff", FindingCodes.PortMissing)]
    public async Task A_port_that_is_none_is_told(string port, string code)
    {
        var finding = await doctor.Ask($"zvt+serial://{port}");
        Assert.Equal(code, finding.Code);
        Assert.False(string.IsNullOrEmpty(finding.Cure));
    }

    private static string Framed(string apdu) => Convert.ToHexString(ZvtFraming.FrameSerial(Convert.FromHexString(apdu)));

    private static Task<ITransportConnection> Connect(string port) =>
        new SerialTransport(new SerialSettings(port, Usual)).Connect(Stop);

    private static async Task Answer(ITransportConnection device, string answer, CancellationToken over)
    {
        try
        {
            while (true)
            {
                var read = await device.Input.ReadAsync(over);
                device.Input.AdvanceTo(read.Buffer.End);
                await device.Output.WriteAsync(System.Text.Encoding.Latin1.GetBytes(answer), over);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
