using System.Net;
using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Cli.Doctor;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Transports;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>Terminals and what is taken for them on a network, each with a finding and a cure of its own.</summary>
[Trait("Speed", "Slow")]
public sealed class NetworkTests
{
    private const string Enquiry = "050100";
    private const string TlsHello = "1603";

    private readonly DoctorBench doctor = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_terminal_that_is_well_is_well()
    {
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door);
        var finding = await doctor.Ask($"zvt+tcp://{door.Name}");

        Assert.Equal((FindingCodes.Ok, Severity.Well), (finding.Code, finding.Severity));
        Assert.Single(doctor.Said);
    }

    [Fact]
    public async Task A_wrong_password_is_no_silence()
    {
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, "123456");

        Is(FindingCodes.WrongPassword, await doctor.Ask($"zvt+tcp://{door.Name}", "654321"), "TILLBRIDGE_TERMINAL_PASSWORD");
        Is(FindingCodes.Ok, await doctor.Ask($"zvt+tcp://{door.Name}", "123456"));
    }

    [Fact]
    public async Task A_closed_port_and_an_unknown_name_are_told_apart()
    {
        var port = await TestGateway.DeadPort();
        Is(FindingCodes.ConnectionRefused, await doctor.Ask($"zvt+tcp://127.0.0.1:{port}"), "who listens where");
        Is(FindingCodes.NameUnknown, await doctor.Ask("zvt+tcp://terminal.invalid:20007"), "spelling");
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_asked_and_registered_once_in_its_protocol_once_in_TLS_and_once_as_a_web_server()
    {
        await using var peer = new TalkingPeer(_ => []).Start();

        Is(FindingCodes.NoAnswer, await doctor.Ask(peer.Address), "(ECR)");

        var poke = Convert.ToHexString("HEAD / HTTP/1.0\r\n\r\n"u8);
        // Some terminals know no 05 01 and take the registration all the same.
        var asked = peer.Heard.Select(heard => heard.StartsWith(TlsHello, StringComparison.Ordinal) ? TlsHello : heard);
        Assert.Equal([Enquiry, "06000E000000BE0978060626040A0206D3", TlsHello, poke], asked);
    }

    [Fact]
    public async Task A_web_server_is_called_one()
    {
        await using var gateway = await TestGateway.Start();
        var finding = await doctor.Ask($"zvt+tcp://127.0.0.1:{gateway.Address.Port}");
        Is(FindingCodes.OtherProtocol, finding, "not the terminal's interface");
        Assert.Contains("HTTP", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_banner_tells_who_it_is()
    {
        await using var peer = new TalkingPeer(_ => [], "SSH-2.0-OpenSSH_9.6\r\n"u8.ToArray()).Start();
        var finding = await doctor.Ask(peer.Address);
        Is(FindingCodes.OtherProtocol, finding, "Check host and port");
        Assert.Contains("SSH", finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_echo_is_called_one()
    {
        await using var peer = new TalkingPeer(heard => heard).Start();
        Is(FindingCodes.Echo, await doctor.Ask(peer.Address), "echo");
    }

    [Fact]
    public async Task Who_hangs_up_at_once_may_serve_somebody_else()
    {
        await using var peer = new TalkingPeer(_ => null).Start();
        Is(FindingCodes.HangsUp, await doctor.Ask(peer.Address), "other till");
    }

    [Theory]
    [InlineData("\u0002B201PAXX2963261121040058800300A5A5\u0003", "B-protocol")]
    [InlineData("{\"method\":\"ServiceMessage\"}\0", "PrivatBank")]
    [InlineData("\u0002\u0000\u0004PING\u0000", "B-POS")]
    [InlineData("\u0015", "Concert")]
    [InlineData("CZ0040300AE00201", "Caisse-AP")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0046", "TLS")]
    [InlineData("\u0010\u0002\u0080\u0000\u0000\u0010\u0003\u00F5\u001F", "serial frames")]
    [InlineData("\u00FE\u0081\u0077", "FE 81 77")]
    public async Task Another_protocol_is_named(string answer, string name)
    {
        await using var peer = new TalkingPeer(_ => Encoding.Latin1.GetBytes(answer)).Start();
        var finding = await doctor.Ask(peer.Address);
        Is(FindingCodes.OtherProtocol, finding, "");
        Assert.Contains(name, finding.Text, StringComparison.Ordinal);
        Assert.All(peer.Heard, heard => Assert.StartsWith(
            name == "TLS" && heard != peer.Heard[0] ? TlsHello : Enquiry, heard, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_tells_which_protocol_answers_where_and_keeps_its_registration()
    {
        // An address of this machine alone, so that the usual ports are free.
        var door = TcpAcceptor.Open(IPAddress.Parse("127.83.7.1"), 20007);
        await using var terminal = DoctorBench.Serve(door, "123456");

        var findings = await Survey("127.83.7.1");

        var good = Assert.Single(findings, finding => finding.Severity is Severity.Well);
        Assert.Equal("zvt+tcp://127.83.7.1:20007", good.Address);
        Assert.Contains(good.Address!, good.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(findings, finding => finding.Severity is Severity.Wrong);
        Assert.DoesNotContain(doctor.Said, said => said.Contains("0600", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_without_a_terminal_is_wrong()
    {
        var findings = await Survey("127.83.7.2");
        Is(FindingCodes.NoAnswer, findings[^1], "--terminal");
        Assert.All(findings.SkipLast(1), finding => Assert.Equal(Severity.Note, finding.Severity));
    }

    [Theory]
    [InlineData("203.0.113.7")]
    [InlineData("10.0.0.5:20007")]
    [InlineData("")]
    public async Task A_host_outside_of_our_networks_is_not_looked_through(string host) =>
        Assert.Equal(64, (await Assert.ThrowsAsync<Tillbridge.Cli.CliException>(() => HostSurvey.Resolve(host, Stop))).ExitCode);

    private async Task<List<Finding>> Survey(string host)
    {
        var findings = new List<Finding>();
        var survey = new HostSurvey(ProtocolCatalog.All, doctor.Examination);
        await foreach (var finding in survey.Look((await HostSurvey.Resolve(host, Stop))!, Stop)) findings.Add(finding);
        return findings;
    }

    private static void Is(string code, Finding finding, string cure = "")
    {
        Assert.Equal(code, finding.Code);
        if (cure.Length > 0) Assert.Contains(cure, finding.Cure, StringComparison.Ordinal);
        if (code != FindingCodes.Ok) Assert.False(string.IsNullOrEmpty(finding.Cure));
    }
}
