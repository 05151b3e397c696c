using Tillbridge.Cli.Doctor;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>GPE and ČSOB B on serial lines: the same frames without a layer below, 8N1.</summary>
[Trait("Speed", "Slow")]
[Trait("Needs", "pty")]
public sealed class BProtocolLineTests : IDisposable
{
    private const string WhySkipped = "Pseudo-terminals are served on Linux.";
    private const uint Baud38400 = 0xF;     // B38400 of termios.
    private const uint Baud115200 = 0x1002; // B115200
    private static readonly SerialMode Usual = new(9600, 8, SerialParity.None, 1);

    private readonly DoctorBench doctor = new();

    public void Dispose()
    {
        foreach (var said in doctor.Said) BProtocolTests.IsHarmless(said);
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_terminal_at_the_usual_speed_is_well(string protocol)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var terminal = DoctorBench.Serve(
            SerialAcceptor.Open(new SerialSettings(cable.Second, Usual), TimeProvider.System), protocol, new());

        var finding = await doctor.Ask($"{protocol}+serial://{cable.First}");

        Assert.True(finding.Code == FindingCodes.Ok, finding.ToString());
        Assert.NotEmpty(doctor.Said);
    }

    [Fact]
    public async Task An_id_in_the_address_is_no_matter_of_the_line()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();
        await using var terminal = DoctorBench.Serve(
            SerialAcceptor.Open(new SerialSettings(cable.Second, Usual), TimeProvider.System), "gpe", new());

        Assert.Equal(FindingCodes.Ok, (await doctor.Ask($"gpe+serial://{cable.First}?tid=TILLBRDG")).Code);
        Assert.Equal(FindingCodes.WrongSettings, (await doctor.Ask($"gpe+serial://{cable.First}?tid=PAXX2963")).Code);
    }

    [Theory]
    [InlineData("gpe", "", Baud115200, "baud=115200&framing=8n1")]
    [InlineData("csob-b", "?tid=TILLBRDG", Baud38400, "tid=TILLBRDG&baud=38400&framing=8n1")]
    public async Task A_terminal_at_another_speed_is_found_and_its_address_written_down(
        string protocol, string options, uint speed, string right)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var line = new LoopbackTransport(TimeProvider.System) { Carrier = Carrier.Serial };
        await using var terminal = DoctorBench.Serve(line, protocol, new());
        await using var cable = new SpeedyCable(line, speed);

        var finding = await doctor.Ask($"{protocol}+serial://{cable.Ecr}{options}");

        Assert.True(finding.Code == FindingCodes.WrongSpeed, finding.ToString());
        Assert.Equal($"{protocol}+serial://{cable.Ecr}?{right}", finding.Address);
    }

    [Fact]
    public async Task Noise_at_every_speed_is_called_noise_and_says_what_was_tried()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var line = new LoopbackTransport(TimeProvider.System) { Carrier = Carrier.Serial };
        await using var cable = new SpeedyCable(line, speed: 0);

        var finding = await doctor.Ask($"gpe+serial://{cable.Ecr}");

        Assert.True(finding.Code == FindingCodes.Noise, finding.ToString());
        Assert.Contains("Tried: 9600 8n1, 115200 8n1, 57600 8n1, 38400 8n1, 19200 8n1", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_on_which_nobody_answers_is_silent()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        await using var cable = PtyPair.Open();

        Assert.Equal(FindingCodes.NoAnswer, (await doctor.Ask($"csob-b+serial://{cable.First}")).Code);
        Assert.Equal(5, doctor.Said.Count);
    }
}
