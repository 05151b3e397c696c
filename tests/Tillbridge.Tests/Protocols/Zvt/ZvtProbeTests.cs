using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>The probe against terminals, with every byte that it sends written down.</summary>
public sealed class ZvtProbeTests
{
    private const string Enquiry = "050100";
    private const string Acknowledge = "800000";

    private static readonly IProtocolProbe Probe = ProtocolCatalog.ByName["zvt"].Probe!;

#pragma warning disable RS0030 // Real sockets need real time.
    private static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_terminal_that_is_well_hears_05_01_and_the_drivers_own_registration()
    {
        await using var bench = await TestBench.Start();
        var (answer, said) = await Ask(bench.Address.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
        Assert.Equal(Enquiry + Acknowledge + Registration("000000") + Acknowledge + "0620050000000303" + Acknowledge, said);
    }

    [Fact]
    public async Task Without_settings_the_registration_is_left_as_it_is()
    {
        await using var bench = await TestBench.Start();
        var (answer, said) = await Ask(bench.Address.Port, settings: null);

        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
        Assert.Equal(Enquiry + Acknowledge, said);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_tried_in_one_registration_only()
    {
        await using var bench = await TestBench.Start(settings: new VirtualTerminalSettings { Password = "123456" });
        var (answer, said) = await Ask(bench.Address.Port, new DriverSettings { Password = "111111" });

        Assert.Equal(ProbeVerdict.WrongPassword, answer.Verdict);
        Assert.Equal(Enquiry + Acknowledge + Registration("111111") + "050103111111", said);
        Assert.DoesNotContain("111111", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_right_password_is_taken()
    {
        await using var bench = await TestBench.Start(settings: new VirtualTerminalSettings { Password = "012345" });
        var (answer, _) = await Ask(bench.Address.Port, new DriverSettings { Password = "12345" });
        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
    }

    [Fact]
    public async Task A_terminal_with_a_password_serves_no_command_that_brings_another()
    {
        await using var bench = await TestBench.Start(settings: new VirtualTerminalSettings { Password = "123456" });
        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal((Tillbridge.Domain.Outcome.Failed, "6B"), (session.Outcome, session.Conclusion!.ResponseCode));
        Assert.Equal(0, bench.Virtual.Acquirer.Net);
    }

    [Fact]
    public async Task A_wrong_currency_is_no_wrong_password()
    {
        await using var bench = await TestBench.Start(settings: new VirtualTerminalSettings { Currency = "CHF" });
        var (answer, _) = await Ask(bench.Address.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.WrongSettings, answer.Verdict);
        Assert.Contains("currency", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("849C00")]
    [InlineData("84A000")]
    public async Task A_busy_terminal_is_left_alone(string refusal)
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { StatusRefusal = refusal };
        var (answer, said) = await Ask(terminal.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.Busy, answer.Verdict);
        Assert.Equal(Enquiry, said);
    }

    [Fact]
    public async Task A_terminal_that_wants_its_period_closed_says_so()
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { Status = "060F01F0" };
        var (answer, _) = await Ask(terminal.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.NotReady, answer.Verdict);
        Assert.Contains("tillbridge reconcile", answer.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_answers_nothing_before_a_registration_is_registered()
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { StatusRefusal = "846B00" };
        var (answer, said) = await Ask(terminal.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
        Assert.Equal(Enquiry + Registration("000000") + Acknowledge + "0620050000000303" + Acknowledge, said);
    }

    [Fact]
    public async Task The_result_of_somebodys_payment_is_neither_committed_nor_taken_back()
    {
        // 04 0F, approved: 80 00 00 would commit it and 84 66 would undo it.
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { Status = "040F092700" + "04000000001250" };
        var (answer, said) = await Ask(terminal.Port, new DriverSettings());

        Assert.Equal(ProbeVerdict.Busy, answer.Verdict);
        Assert.Equal(Enquiry, said);
    }

    [Fact]
    public async Task A_terminal_that_falls_silent_after_its_acknowledge_is_zvt_all_the_same()
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { Status = "" };
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        giveUp.CancelAfter(TimeSpan.FromSeconds(1));

        var (answer, _) = await Ask(terminal.Port, new DriverSettings(), giveUp.Token);

        Assert.Equal(ProbeVerdict.Busy, answer.Verdict);
    }

    [Fact]
    public async Task Our_own_words_are_no_terminals()
    {
        var line = new LoopbackTransport(Clock);
        var asking = Probe.Ask(line, new DriverSettings(), Clock, Stop);
        await using var far = await line.Accept(Stop);
        var read = await far.Input.ReadAtLeastAsync(3, Stop);
        await far.Output.WriteAsync(System.Buffers.BuffersExtensions.ToArray(read.Buffer), Stop);

        await Assert.ThrowsAsync<ProtocolViolationException>(() => asking);
    }

    [Fact]
    public void The_other_framing_is_recognised()
    {
        Assert.Contains("serial frames", Probe.Recognise(Convert.FromHexString("1002800000"), Carrier.Stream), StringComparison.Ordinal);
        Assert.Contains("over TCP", Probe.Recognise(Convert.FromHexString("800000060F0100"), Carrier.Serial), StringComparison.Ordinal);
        Assert.Null(Probe.Recognise("HTTP/1.1"u8, Carrier.Stream));
        Assert.Null(Probe.Recognise(Convert.FromHexString("FF00FE"), Carrier.Serial));
        Assert.Null(Probe.Recognise([], Carrier.Serial));
    }

    private static async Task<(ProbeAnswer Answer, string Said)> Ask(int port, DriverSettings? settings, CancellationToken? stop = null)
    {
        await using var proxy = new RecordingProxy(port);
        var way = new TcpTransport(new TransportSettings("127.0.0.1", proxy.Port), Clock);
        var answer = await Probe.Ask(way, settings, Clock, stop ?? Stop);
        await proxy.Ended().WaitAsync(TimeSpan.FromSeconds(20), Stop);
        var said = proxy.Pieces.Where(piece => piece.From is Sender.Ecr).SelectMany(piece => piece.Bytes).ToArray();
        return (answer, Convert.ToHexString(said));
    }

    // What the driver of the general dialect sends, too.
    private static string Registration(string password) => $"06000E{password}BE0978060626040A0206D3";
}
