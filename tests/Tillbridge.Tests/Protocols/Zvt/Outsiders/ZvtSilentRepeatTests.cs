using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Terminals that take the registration and stay silent on 06 20 or 05 01 (two of six foreign ones did).</summary>
public sealed class ZvtSilentRepeatTests
{
    private const string Approved = "040F1A270004000000001250490978" + "0B000101" + "0C101500" + "0D0301" + "870101";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

#pragma warning disable RS0030 // Real sockets need real time.
    private static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_terminal_that_does_not_know_06_20_is_paid_at_without_it_and_is_not_asked_again()
    {
        await using var terminal = Terminal("0620");
        var driver = Driver(terminal);

        var first = await Pay(driver);
        var second = await Pay(driver);

        Assert.Equal((Outcome.Approved, Outcome.Approved), (End(first).Outcome, End(second).Outcome));
        Assert.Contains(first, said => said is Progress { Key: "zvt.repeat-unknown" });
        Assert.DoesNotContain(second, said => said is Progress { Key: "zvt.repeat-unknown" });
        Assert.Null(first.OfType<AboutToSend>().Single().Baseline);
        Assert.Equal((1, 2), (Heard(terminal, "0620"), terminal.Payments));
        var text = ProtocolCatalog.ByName["zvt"].ProgressText("zvt.repeat-unknown", "en");
        Assert.StartsWith("The terminal does not say", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dialect_switches_the_question_off_for_good()
    {
        await using var terminal = Terminal("0620");
        var driver = Driver(terminal, "no-repeat");

        Assert.Equal(Outcome.Approved, End(await Pay(driver)).Outcome);
        Assert.Equal(0, Heard(terminal, "0620"));
    }

    [Fact]
    public async Task A_terminal_that_has_answered_06_20_before_knows_it()
    {
        await using var terminal = Terminal();
        var driver = Driver(terminal);
        Assert.Equal(Outcome.Approved, End(await Pay(driver)).Outcome);
        terminal.Ignored = ["0620"];

        await Assert.ThrowsAsync<LinkLostException>(() => Pay(driver));

        Assert.Equal(1, terminal.Payments);
    }

    [Fact]
    public async Task A_terminal_that_falls_silent_altogether_is_not_taken_for_one_that_does_not_know_the_question()
    {
        await using var terminal = Terminal("0620");
        terminal.OnIgnored = () => terminal.Ignored = ["0620", "0600"];
        var driver = Driver(terminal);

        await Assert.ThrowsAsync<LinkLostException>(() => Pay(driver));

        Assert.Equal(0, terminal.Payments);
    }

    [Fact]
    public async Task The_doctor_names_a_terminal_that_is_silent_on_06_20()
    {
        await using var terminal = Terminal("0620");

        var answer = await Ask(terminal);

        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
        Assert.Contains("silent on 06 20", answer.Text, StringComparison.Ordinal);
        Assert.Contains("no-repeat", answer.Cure, StringComparison.Ordinal);
        Assert.Equal(0, terminal.Payments);
    }

    [Fact]
    public async Task The_doctor_tries_the_registration_where_the_enquiry_is_met_with_silence()
    {
        await using var terminal = Terminal("0501");

        var answer = await Ask(terminal);

        Assert.Equal(ProbeVerdict.Ready, answer.Verdict);
        Assert.Contains("silent on the status enquiry (05 01), and took our registration", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_silent_on_both_is_no_terminal_of_this_protocol()
    {
        await using var terminal = Terminal("0501", "0600");

        await Assert.ThrowsAsync<LinkLostException>(() => Ask(terminal));
        Assert.Equal(["0501", "0600"], terminal.Commands);
    }

    private static RawTerminal Terminal(params string[] ignored) => new(async line =>
    {
        await line.Send("800000");
        await line.Ask(Approved);
        await line.Ask("060F00");
    }) { Ignored = ignored };

    private static TerminalDriver Driver(RawTerminal terminal, string? dialect = null) => ProtocolCatalog.ByName["zvt"].MakeDriver(
        new DriverSettings { AnswerLimit = Patience, Dialect = dialect }, Way(terminal), Clock);

    private static Task<ProbeAnswer> Ask(RawTerminal terminal) =>
        ProtocolCatalog.ByName["zvt"].Probe!.Ask(Way(terminal), new DriverSettings { AnswerLimit = Patience }, Clock, Stop);

    private static TcpTransport Way(RawTerminal terminal) => new(new TransportSettings("127.0.0.1", terminal.Port), Clock);

    private static async Task<List<TerminalEvent>> Pay(TerminalDriver driver)
    {
        var said = new List<TerminalEvent>();
        await foreach (var one in driver.Converse(TestBench.Sale(1250), null, Stop)) said.Add(one);
        return said;
    }

    private static Conclusion End(List<TerminalEvent> said) => Assert.IsType<Concluded>(said[^1]).Conclusion;

    private static int Heard(RawTerminal terminal, string command)
    {
        lock (terminal.Commands) return terminal.Commands.Count(one => one == command);
    }
}
