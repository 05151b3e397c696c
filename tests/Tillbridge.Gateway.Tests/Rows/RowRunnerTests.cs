using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Facades.Rows;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Connectors = Tillbridge.Facades.Rows.Rows;

namespace Tillbridge.Gateway.Tests.Rows;

/// <summary>When a row is tried again, and when not.</summary>
public sealed class RowRunnerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(30, 4, RowOutcome.Approved, null)]
    [InlineData(0, 60, RowOutcome.Failed, "terminal-busy")]
    public async Task A_terminal_that_is_busy_before_anything_was_sent_is_waited_for(
        int busyWait, int busyFor, RowOutcome outcome, string? code)
    {
        await using var gateway = await TestGateway.Start(protocol: "gpe");
        gateway.Scripts().Replace([new TerminalScript { SlowSeconds = busyFor }], TerminalScript.Plain);
        await gateway.Post("/v1/sessions", TestGateway.SaleOf(100).Replace("EUR", "CZK", StringComparison.Ordinal), key: "other-till");
        await gateway.UntilInFlight();
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System) { BusyWait = TimeSpan.FromSeconds(busyWait) };

        var end = await runner.Run("till-1", Row(), "a", Stop);
        // The other till, whose line we took, may come back just while ours asks: two clients meet, and the newer one has the terminal.
        for (var met = 0; met < 10 && end.ErrorCode == "terminal-unreachable"; met++) end = await runner.Run("till-1", Row(), "a", Stop);

        // Its recovery stops what it finds waiting for a card. Between our question and our order that is what ours was sent into.
        if (end.Outcome is RowOutcome.Cancelled && code is not null)
        {
            Assert.Equal(0, gateway.Acquirer.Net);
            return;
        }

        Assert.Equal((outcome, code), (end.Outcome, end.ErrorCode));
        if (outcome is RowOutcome.Approved) Assert.Matches("#[0-9]+$", end.Session!.Key!); // It had met the other till.
    }

    [Theory]
    [InlineData("zvt")]
    [InlineData("gpe")]
    public async Task A_terminal_that_refuses_as_busy_what_was_sent_is_told_as_busy_and_not_asked_again(string protocol)
    {
        await using var gateway = await TestGateway.Start(protocol: protocol);
        gateway.Scripts().Replace([new TerminalScript { Outcome = ScriptOutcome.Busy }], TerminalScript.Plain);
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);

        var end = await runner.Run("till-1", Row(protocol == "gpe" ? "CZK" : "EUR"), "a", Stop);

        Assert.Equal((RowOutcome.Failed, "terminal-busy"), (end.Outcome, end.ErrorCode));
        Assert.NotNull(end.Session!.SentAt);
        Assert.Equal(1, gateway.Scripts().Taken);
    }

    [Theory]
    [InlineData("zvt", false)]
    [InlineData("gpe", false)]
    [InlineData("gpe", true)]
    [InlineData("csob-b", true)]
    public async Task A_row_that_was_under_way_at_a_kill_and_left_nothing_is_paid_by_the_next_run_and_once_by_all_after_it(
        string protocol, bool customerAtTerminal)
    {
        await using var gateway = await TestGateway.Start(protocol: protocol);
        var script = customerAtTerminal ? new TerminalScript { SlowSeconds = 600 } : new TerminalScript { Silent = true };
        gateway.Scripts().Replace([script], TerminalScript.Plain);
        await using var journal = new MemoryJournal(TimeProvider.System);
        var row = Row(protocol == "zvt" ? "EUR" : "CZK");
        var first = await Start(journal, gateway);
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = new RowRunner(first, Connectors.Payment, TimeProvider.System).Run("till-1", row, "a", killed.Token);
        await Wait.Until(() => gateway.Scripts().Taken == 1); // The request has arrived; its intent says less.
        await killed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await first.DisposeAsync();

        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);
        var (resumed, again) = (await runner.Run("till-1", row, "a", Stop), await runner.Run("till-1", row, "a", Stop));

        Assert.True(resumed.Outcome is RowOutcome.Approved, $"{resumed} {resumed.Session!.Conclusion} {resumed.Session.BrokenBy}");
        Assert.Equal(resumed.Session.Id, again.Session!.Id);
        Assert.EndsWith("#2", resumed.Session.Key, StringComparison.Ordinal);
        // Our own question what became of it stopped the first; nobody at the till or the terminal did.
        var stopped = (await journal.Query(new SessionQuery(), Stop)).Sessions.Single(session => session.Key == "rows:gpe-payment:a");
        if (customerAtTerminal) Assert.Equal((Outcome.Cancelled, Reason.Cancelled), (stopped.Outcome, stopped.Conclusion!.Reason));
        Assert.Equal(200, gateway.Acquirer.Net);
    }

    [Fact]
    public async Task A_row_that_failed_while_its_run_lived_is_told_the_same_by_every_later_run()
    {
        await using var gateway = await TestGateway.Start(protocol: "gpe");
        gateway.Scripts().Replace([new TerminalScript { Cut = ScriptCut.AfterAcknowledge }], TerminalScript.Plain);
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);

        var (broken, again) = (await runner.Run("till-1", Row(), "a", Stop), await runner.Run("till-1", Row(), "a", Stop));

        Assert.Equal((RowOutcome.Failed, "not-booked", broken.Session!.Id), (again.Outcome, again.ErrorCode, again.Session!.Id));
    }

    [Fact]
    public async Task A_row_that_the_terminal_has_booked_already_is_not_paid_by_a_later_run_either()
    {
        await using var gateway = await TestGateway.Start(protocol: "gpe");
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);
        await runner.Run("till-1", Row(reference: "77"), "first-run/1", Stop);

        var twice = await runner.Run("till-1", Row(reference: "77"), "second-run/1", Stop);
        await runner.Run("till-1", Row(reference: "78"), "second-run/2", Stop);
        var again = await runner.Run("till-1", Row(reference: "77"), "second-run/1", Stop);

        Assert.Equal((RowOutcome.Failed, Reason.BookedAlready), (twice.Outcome, twice.ErrorCode));
        Assert.Equal((twice.Session!.Id, 400), (again.Session!.Id, gateway.Acquirer.Net));
    }

    [Fact]
    public async Task A_row_that_a_person_resolved_is_not_tried_again()
    {
        await using var gateway = await TestGateway.Start(protocol: "gpe");
        gateway.Scripts().Replace([new TerminalScript { Cut = ScriptCut.BeforeResult, Forget = true }], TerminalScript.Plain);
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);
        var unknown = await runner.Run("till-1", Row(), "a", Stop);
        Assert.Equal(RowOutcome.Unknown, unknown.Outcome);
        Assert.Null(await engine.Resolve(unknown.Session!.Id, Outcome.Failed, "Anna", "seen", Stop));

        var again = await runner.Run("till-1", Row(), "a", Stop);

        Assert.Equal((RowOutcome.Failed, unknown.Session.Id), (again.Outcome, again.Session!.Id));
    }

    [Theory]
    [InlineData("gpe", null, "REF-1234567890", null, "REF-1234567890")]
    [InlineData("gpe", "77", null, "77", "[0-9]{12}")]
    [InlineData("csob-b", "77", "REF-1234567890", "77", null)]
    [InlineData("csob-b", null, "REF-1234567890", "REF-1234567890", null)]
    [InlineData("csob-b", null, null, "[0-9]{9}", null)]
    public async Task What_an_output_says_was_sent_was_sent(
        string protocol, string? invoice, string? reference, string? sentInvoice, string? sentReference)
    {
        await using var gateway = await TestGateway.Start(protocol: protocol);
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var rules = new RowRules { HasReferenceNumber = protocol == "gpe" };
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);
        var reading = Connectors.Payment.Read(
            new Dictionary<string, string?> { ["Amount"] = "200", ["InvoiceNumber"] = invoice, ["ReferenceNumber"] = reference }, rules);

        var end = await runner.Run("till-1", reading, "a", Stop);

        string? Told(string name) =>
            (string?)Connectors.Payment.Write(end, rules)[Connectors.Payment.Output.ToList().FindIndex(column => column.Name == name)];
        foreach (var (column, sent) in new[] { ("InvoiceNumber", sentInvoice), ("ReferenceNumber", sentReference) })
        {
            Assert.True(sent is null ? Told(column) is null : Regex.IsMatch(Told(column) ?? "", $"^{sent}$"), $"{column} {Told(column)}");
        }

        // What the terminal heard: the invoice, else the reference.
        Assert.Equal(gateway.Acquirer.Lines.Single().Reference, Told("InvoiceNumber") ?? Told("ReferenceNumber"));
    }

    [Theory]
    [InlineData("Amount", "Žluť")]
    [InlineData("ReferenceNumber", "Žluť")]
    public async Task An_invalid_row_names_its_column(string column, string value)
    {
        await using var gateway = await TestGateway.Start(protocol: "gpe");
        await using var journal = new MemoryJournal(TimeProvider.System);
        await using var engine = await Start(journal, gateway);
        var values = new Dictionary<string, string?> { ["Amount"] = "200", [column] = value };

        var end = await new RowRunner(engine, Connectors.Payment, TimeProvider.System).Run(
            "till-1", Connectors.Payment.Read(values, new RowRules()), "a", Stop);

        Assert.Equal(RowOutcome.Invalid, end.Outcome);
        Assert.StartsWith(column, end.ErrorText, StringComparison.Ordinal);
    }

    private static RowReading Row(string currency = "CZK", string? reference = null) => Connectors.Payment.Read(
        new Dictionary<string, string?> { ["Amount"] = "200", ["Currency"] = currency, ["ReferenceNumber"] = reference }, new RowRules());

    private static Task<LocalTerminals> Start(MemoryJournal journal, TestGateway gateway) => LocalTerminals.Start(
        journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, TimeProvider.System),
        [gateway.Settings.Terminals[0].Settings], TimeProvider.System, IdSource.Of(TimeProvider.System), NullLoggerFactory.Instance, Stop);
}
