using System.Net;
using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Cli.Doctor;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>GPE and ČSOB B terminals on a network. In every test all that was said is read again: T80 and B0, nothing else.</summary>
[Trait("Speed", "Slow")]
public sealed class BProtocolTests : IDisposable
{
    private static readonly string Poke = Convert.ToHexString("HEAD / HTTP/1.0\r\n\r\n"u8);

    private readonly DoctorBench doctor = new();
    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-doctor").FullName;

    public static TheoryData<string, string> Codes => new()
    {
        // What a peer answers in R, and what is found.
        { "000", FindingCodes.Ok },
        { "108", FindingCodes.TerminalBusy },
        { "103", FindingCodes.WrongSettings },
        { "106", FindingCodes.WrongSettings },
        { "107", FindingCodes.WrongSettings },
        { "100", FindingCodes.Ok },
        { "500", FindingCodes.NotReady },
        { "-02", FindingCodes.WrongSettings },
        { "777", FindingCodes.NotReady },
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var said in doctor.Said) IsHarmless(said.Replace(Poke, "", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_terminal_that_is_well_is_well(string protocol)
    {
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, protocol, new());

        var finding = await doctor.Ask($"{protocol}+tcp://{door.Name}");

        Is(FindingCodes.Ok, finding, "TILLBRDG");
        Assert.Single(doctor.Said);
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Every_refusal_is_told_by_its_code(string code, string finding)
    {
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Answer(code) : []).Start();

        var found = await doctor.Ask(peer.AddressIn("gpe"));

        Is(finding, found, code == "000" ? "PAXX2963" : code);
        AllHarmless(peer);
    }

    [Theory]
    [InlineData("-02", FindingCodes.TerminalBusy)]
    [InlineData("108", FindingCodes.WrongSettings)]
    [InlineData("-99", FindingCodes.WrongSettings)]
    public async Task The_sister_has_codes_of_its_own(string code, string finding)
    {
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Answer(code) : []).Start();

        Is(finding, await doctor.Ask(peer.AddressIn("csob-b")), code);
        AllHarmless(peer);
    }

    [Fact]
    public async Task A_code_of_the_sister_names_the_protocol_to_write()
    {
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Answer("-02") : []).Start();
        Assert.Contains("csob-b+", (await doctor.Ask(peer.AddressIn("gpe"))).Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("crc16-ccitt-false", "header32+data")]
    [InlineData("crc16-modbus", "data")]
    public async Task A_terminal_that_wants_a_check_tells_which(string algorithm, string range)
    {
        var file = Dialect($$"""
            {
              "extends": "gpe-1", "id": "mine",
              "crc": { "mode": "crc16", "algorithm": "{{algorithm}}", "range": "{{range}}", "acceptConstant": false }
            }
            """);
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, "gpe", new VirtualTerminalSettings { Dialect = file });

        var finding = await doctor.Ask($"gpe+tcp://{door.Name}");

        Is(FindingCodes.WrongSettings, finding, "106");
        Assert.Contains(
            $"crc.mode to crc16, crc.algorithm to {algorithm} and crc.range to {range}", finding.Cure, StringComparison.Ordinal);
        Assert.Contains("tillbridge decode gpe --lint", finding.Cure, StringComparison.Ordinal);
        Is(FindingCodes.Ok, await doctor.Ask($"gpe+tcp://{door.Name}", dialect: file), "mine");
    }

    [Fact]
    public async Task An_answer_that_was_sent_twice_names_no_wrong_check()
    {
        var asked = 0;
        // The third question is right, and is answered behind a second answer to the one before.
        await using var peer = new TalkingPeer(heard => !IsQuestion(heard) ? [] : ++asked switch
        {
            2 => [.. Answer("106"), .. Answer("106")],
            3 => Answer("000"),
            _ => Answer("106"),
        }).Start();

        var finding = await doctor.Ask(peer.AddressIn("gpe"));

        Is(FindingCodes.WrongSettings, finding, "106");
        Assert.DoesNotContain("it takes", finding.Text, StringComparison.Ordinal);
        AllHarmless(peer);
    }

    [Fact]
    public async Task A_terminal_without_a_check_before_a_dialect_with_one_is_told()
    {
        var file = Dialect("""{"extends":"gpe-1","id":"mine","crc":{"mode":"crc16","acceptConstant":false}}""");
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, "gpe", new());

        var finding = await doctor.Ask($"gpe+tcp://{door.Name}", dialect: file);

        Is(FindingCodes.WrongSettings, finding, "A5A5");
        Assert.Contains("crc.acceptConstant", finding.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_length_is_mentioned_and_is_wrong_where_the_dialect_is_strict()
    {
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Answer("000", length: "0011") : []).Start();

        Is(FindingCodes.Ok, await doctor.Ask(peer.AddressIn("gpe")), "LENGTH is 0011");
        var strict = Dialect("""{"extends":"gpe-1","id":"mine","frame":{"lengthCheck":"strict"}}""");
        var finding = await doctor.Ask(peer.AddressIn("gpe"), dialect: strict);
        Is(FindingCodes.WrongSettings, finding, "0011");
        Assert.Contains("frame.lengthCheck to lenient", finding.Cure, StringComparison.Ordinal);
        AllHarmless(peer);
    }

    [Theory]
    [InlineData("gpe", "100")]
    [InlineData("csob-b", "-02")]
    public async Task A_terminal_that_insists_on_its_id_is_no_busy_one(string protocol, string code)
    {
        var file = Dialect($$$"""{"extends":"{{{(protocol == "gpe" ? "gpe-1" : protocol)}}}","id":"mine","tid":{"check":"reject"}}""");
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, protocol, new VirtualTerminalSettings { Dialect = file });

        var finding = await doctor.Ask($"{protocol}+tcp://{door.Name}");

        Is(FindingCodes.WrongSettings, finding, code);
        Assert.Contains("tid=TILLBRDG", finding.Cure, StringComparison.Ordinal);
        Is(FindingCodes.Ok, await doctor.Ask($"{protocol}+tcp://{door.Name}?tid=TILLBRDG"), "ready");
    }

    [Fact]
    public async Task A_refusal_stands_when_the_second_question_finds_nobody()
    {
        var asked = 0;
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) && asked++ == 0 ? Answer("108") : asked > 1 ? null : []).Start();

        Is(FindingCodes.TerminalBusy, await doctor.Ask(peer.AddressIn("gpe")), "108");
        AllHarmless(peer);
    }

    [Fact]
    public async Task Another_terminal_than_the_address_names_is_told()
    {
        var door = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await using var terminal = DoctorBench.Serve(door, "csob-b", new());

        Is(FindingCodes.WrongSettings, await doctor.Ask($"csob-b+tcp://{door.Name}?tid=PAXX2963"), "TILLBRDG");
    }

    [Fact]
    public async Task The_answer_to_somebody_else_is_not_confirmed()
    {
        // B2 T00 R000: a payment that another till asked for. Our B0 could end it.
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Frame("B2", "\u001CT00\u001CR000\u001CB1250") : []).Start();

        Is(FindingCodes.TerminalBusy, await doctor.Ask(peer.AddressIn("gpe")), "somebody else's");
        Assert.All(peer.Heard, heard => Assert.True(IsQuestion(Convert.FromHexString(heard))));
    }

    [Fact]
    public async Task Who_works_and_never_answers_speaks_it_all_the_same()
    {
        await using var peer = new TalkingPeer(heard => IsQuestion(heard) ? Frame("B0", "") : []).Start();
        Is(FindingCodes.TerminalBusy, await doctor.Ask(peer.AddressIn("gpe")), "silent");
        AllHarmless(peer);
    }

    [Theory]
    [InlineData("\u0002B201PAXX29632611210400588000000CA5A5T80\u0003", FindingCodes.WrongSettings, "cannot be read")]
    [InlineData("\u0002B201PAXX2963261121040058800000", FindingCodes.OtherProtocol, "not whole")]
    [InlineData("\u0084\u0083\u0000", FindingCodes.OtherProtocol, "ZVT")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", FindingCodes.OtherProtocol, "HTTP")]
    [InlineData("{\"method\":\"ServiceMessage\"}\0", FindingCodes.OtherProtocol, "PrivatBank")]
    public async Task What_is_not_whole_or_not_ours_is_named(string answer, string code, string name)
    {
        await using var peer = new TalkingPeer(_ => Encoding.Latin1.GetBytes(answer)).Start();
        Is(code, await doctor.Ask(peer.AddressIn("gpe")), name);
        AllHarmless(peer);
    }

    [Fact]
    public async Task An_echo_is_called_one()
    {
        await using var peer = new TalkingPeer(heard => heard).Start();
        Is(FindingCodes.Echo, await doctor.Ask(peer.AddressIn("csob-b")), "");
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_asked_once_in_its_protocol_once_in_TLS_and_once_as_a_web_server()
    {
        await using var peer = new TalkingPeer(_ => []).Start();

        Is(FindingCodes.NoAnswer, await doctor.Ask(peer.AddressIn("gpe")), "");

        Assert.Equal(3, peer.Heard.Count);
        Assert.True(IsQuestion(Convert.FromHexString(peer.Heard[0])));
        Assert.StartsWith("1603", peer.Heard[1], StringComparison.Ordinal);
        Assert.Equal(Poke, peer.Heard[2]);
    }

    [Fact]
    public async Task A_web_server_is_called_one()
    {
        await using var gateway = await TestGateway.Start();
        Is(FindingCodes.OtherProtocol, await doctor.Ask($"gpe+tcp://127.0.0.1:{gateway.Address.Port}"), "HTTP");
    }

    [Theory]
    [InlineData("127.83.7.3", "gpe", 2050)]
    [InlineData("127.83.7.4", "csob-b", 33333)]
    public async Task A_host_is_asked_at_the_usual_ports_of_both(string host, string protocol, int port)
    {
        var door = TcpAcceptor.Open(IPAddress.Parse(host), port);
        await using var terminal = DoctorBench.Serve(door, protocol, new());
        var findings = new List<Finding>();
        await foreach (var finding in new HostSurvey(ProtocolCatalog.All, doctor.Examination).Look(IPAddress.Parse(host), Stop))
            findings.Add(finding);

        var good = Assert.Single(findings, finding => finding.Severity is Severity.Well);
        Assert.Equal($"{protocol}+tcp://{host}:{port}", good.Address);
        Assert.Contains("alike", good.Text, StringComparison.Ordinal);
    }

    /// <summary>Fails unless the bytes are frames of B1 T80 and B0 alone.</summary>
    internal static void IsHarmless(string hex)
    {
        var left = Encoding.ASCII.GetString(Convert.FromHexString(hex));
        while (left.Length > 0)
        {
            var end = left.IndexOf('\u0003', StringComparison.Ordinal) + 1;
            Assert.True(end >= BFraming.LeastFrame, $"no frame: {hex}");
            var (head, data) = (left[..3], left[37..(end - 1)]);
            Assert.True((head, data) is ("\u0002B1", "\u001CT80") or ("\u0002B0", ""), $"more than a question was sent: {left[..end]}");
            left = left[end..];
        }
    }

    private static void AllHarmless(TalkingPeer peer)
    {
        foreach (var heard in peer.Heard.Where(heard => heard != Poke)) IsHarmless(heard);
    }

    private string Dialect(string json)
    {
        var file = Path.Combine(folder, "mine.json");
        File.WriteAllText(file, json);
        return file;
    }

    // A question may come behind the B0 of the one before.
    private static bool IsQuestion(byte[] heard) => heard.AsSpan().IndexOf("\u0002B1"u8) >= 0;

    private static byte[] Answer(string code, string? length = null) =>
        [.. Frame("B0", ""), .. Frame("B2", $"\u001CT80\u001CR{code}", length)];

    // csob-b.md §2.1, written by hand: nothing of our own encoder.
    private static byte[] Frame(string type, string data, string? length = null) =>
        Encoding.ASCII.GetBytes($"\u0002{type}01PAXX29632611210400580000{length ?? data.Length.ToString("X4")}A5A5{data}\u0003");

    private static void Is(string code, Finding finding, string text)
    {
        Assert.True(finding.Code == code, finding.ToString());
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Equal(code == FindingCodes.Ok, string.IsNullOrEmpty(finding.Cure));
    }
}
