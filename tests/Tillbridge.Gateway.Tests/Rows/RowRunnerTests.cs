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
    [InlineData("zvt")]
    [InlineData("gpe")]
    public async Task A_row_that_was_under_way_at_a_kill_and_left_nothing_is_paid_by_the_next_run_and_once_by_all_after_it(string protocol)
    {
        await using var gateway = await TestGateway.Start(protocol: protocol);
        gateway.Scripts().Replace([new TerminalScript { Silent = true }], TerminalScript.Plain);
        await using var journal = new MemoryJournal(TimeProvider.System);
        var row = Row(protocol == "gpe" ? "CZK" : "EUR");
        var first = await Start(journal, gateway);
        using var killed = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = new RowRunner(first, Connectors.Payment, TimeProvider.System).Run("till-1", row, "a", killed.Token);
        await Wait.Until(async stop => (await journal.Query(new SessionQuery(), stop)).Sessions is [{ SentAt: not null }]);
        await killed.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await first.DisposeAsync();

        await using var engine = await Start(journal, gateway);
        var runner = new RowRunner(engine, Connectors.Payment, TimeProvider.System);
        var (resumed, again) = (await runner.Run("till-1", row, "a", Stop), await runner.Run("till-1", row, "a", Stop));

        Assert.Equal((RowOutcome.Approved, resumed.Session!.Id), (resumed.Outcome, again.Session!.Id));
        Assert.EndsWith("#2", resumed.Session.Key, StringComparison.Ordinal);
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

    private static RowReading Row(string currency = "CZK", string? reference = null) => Connectors.Payment.Read(
        new Dictionary<string, string?> { ["Amount"] = "200", ["Currency"] = currency, ["ReferenceNumber"] = reference }, new RowRules());

    private static Task<LocalTerminals> Start(MemoryJournal journal, TestGateway gateway) => LocalTerminals.Start(
        journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, TimeProvider.System),
        [gateway.Settings.Terminals[0].Settings], TimeProvider.System, IdSource.Of(TimeProvider.System), NullLoggerFactory.Instance, Stop);
}
