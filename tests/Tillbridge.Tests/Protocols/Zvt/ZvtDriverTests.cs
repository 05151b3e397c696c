using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>The driver against bytes that our own terminal side did not make.</summary>
public sealed class ZvtDriverTests : IAsyncLifetime
{
    // 12.50 EUR approved: amount, trace 000042, receipt 0042.
    private const string Approved = "040F132700040000000012500B000042870042490978";

    private readonly CancellationTokenSource stop = new();
#pragma warning disable RS0030 // Real sockets need real time.
    private readonly TimeProvider clock = TimeProvider.System;
#pragma warning restore RS0030
    private MemoryJournal journal = null!;
    private LocalTerminals? engine;

    public ValueTask InitializeAsync()
    {
        journal = new MemoryJournal(clock);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (engine is not null) await engine.DisposeAsync();
        await journal.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task An_approved_payment_is_approved_when_its_completion_came()
    {
        Assert.Equal(0x13, (Approved.Length / 2) - 3);
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            Assert.Equal("800000", await line.Ask("04FF010A"));
            Assert.Equal("800000", await line.Ask(Approved));
            await line.Send("060F00");
        });

        var session = await Pay(terminal);

        var references = session.Conclusion!.References;
        Assert.Equal((Outcome.Approved, "0042", "000042"), (session.Outcome, references.Receipt, references.Trace));
        Assert.Equal(Money.Euro(1250), session.Conclusion.ApprovedAmount);
        Assert.All(session.Receipts, receipt => Assert.True(receipt.Composed));
    }

    [Fact]
    public async Task The_result_is_durable_before_the_acknowledge_that_commits_it()
    {
        Session? whenCommitted = null;
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(Approved);
            var page = await journal.Query(new SessionQuery(), CancellationToken.None);
            whenCommitted = page.Sessions[0];
            await line.Send("060F00");
        });

        await Pay(terminal);

        Assert.Equal(Outcome.Approved, whenCommitted!.Announced?.Outcome);
        Assert.Equal("0042", whenCommitted.Announced!.References.Receipt);
    }

    [Fact]
    public async Task The_intent_is_durable_and_in_flight_before_the_payment_command_arrives()
    {
        Session? whenAsked = null;
        await using var terminal = new RawTerminal(async line =>
        {
            whenAsked = (await journal.Query(new SessionQuery(), CancellationToken.None)).Sessions[0];
            await line.Send("849C00");
        });

        await Pay(terminal);

        Assert.Equal(SessionPhase.InFlight, whenAsked!.Phase);
        Assert.Equal(Baseline.Nothing, whenAsked.Baseline);
    }

    [Fact]
    public async Task An_approval_followed_by_an_abort_is_declined_and_kept_as_an_incident()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(Approved);
            await line.Send("061E016C");
        });

        var session = await Pay(terminal);

        Assert.Equal((Outcome.Declined, Reason.ReversedByTerminal), (session.Outcome, session.Conclusion!.Reason));
        Assert.Null(session.Conclusion.ApprovedAmount);
        Assert.Contains(session.Incidents, incident => incident.Code == Reason.Withdrawn);
    }

    [Theory]
    [InlineData("849C00", Reason.TerminalBusy)]
    [InlineData("84A000", Reason.TerminalBusy)]
    [InlineData("848300", Reason.Unsupported)]
    [InlineData("841E016F", Reason.TerminalRefused)]
    [InlineData("841E017D", Reason.TerminalRefused)]
    public async Task A_refused_command_has_not_started_and_is_failed_for_certain(string answer, string reason)
    {
        await using var terminal = new RawTerminal(line => line.Send(answer));

        var session = await Pay(terminal);

        Assert.Equal((Outcome.Failed, reason), (session.Outcome, session.Conclusion!.Reason));
    }

    [Fact]
    public async Task A_positive_answer_in_the_84_form_is_positive()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("840000");
            await line.Ask(Approved);
            await line.Send("060F00");
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_command_of_the_terminal_in_place_of_the_acknowledge_counts_as_one()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            Assert.Equal("800000", await line.Ask("04FF010A"));
            await line.Ask(Approved);
            await line.Send("060F00");
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_completion_without_a_result_is_asked_about_and_not_believed()
    {
        await using var terminal = new RawTerminal(async line => await line.Send("800000", "060F00"));

        var session = await Pay(terminal);

        // The terminal stayed reachable, is idle and still has nothing stored: it did not book.
        Assert.Equal((Outcome.Failed, Reason.NotBooked), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(Reason.ProtocolViolation, session.BrokenBy);
    }

    [Fact]
    public async Task A_connection_closed_after_the_acknowledge_is_noticed_at_once()
    {
        var closedAt = 0L;
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            closedAt = Stopwatch.GetTimestamp();
            line.HangUp();
        }) { Totals = RawTerminal.EmptyTotals };

        var session = await Pay(terminal, answerLimit: TimeSpan.FromSeconds(60));

        Assert.Equal(Outcome.Failed, session.Outcome);
        Assert.True(Stopwatch.GetElapsedTime(closedAt) < TimeSpan.FromSeconds(10), "a closed line must not wait for a time-out");
        var states = (await Records(session)).Where(record => record.Kind is RecordKind.State).ToList();
        var broke = states.First(record => record.Body.Contains("recovering", StringComparison.Ordinal));
        var asked = states.First(record => record.Body.Contains("inFlight", StringComparison.Ordinal));
        Assert.True(broke.At - asked.At < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_booking_that_the_terminal_repeats_after_the_loss_is_approved()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            terminal!.LastBooking = Approved;
            line.HangUp();
        });

        var session = await Pay(raw);

        Assert.Equal((Outcome.Approved, Reason.Recovered), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(1, raw.Payments);
        Assert.NotEmpty(session.Receipts);
    }

    [Fact]
    public async Task A_newer_booking_of_another_amount_is_left_to_a_person()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            terminal!.LastBooking = Approved.Replace("1250", "1251", StringComparison.Ordinal);
            line.HangUp();
        });

        var session = await Pay(raw);

        Assert.Equal((Outcome.Unknown, Reason.ForeignBooking), (session.Outcome, session.Conclusion!.Reason));
    }

    [Fact]
    public async Task Silence_after_the_acknowledge_ends_at_the_answer_limit_and_is_asked_about()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            while (await line.Take() is not null) { /* says nothing more */ }
        }) { Totals = RawTerminal.EmptyTotals };

        var session = await Pay(terminal, answerLimit: TimeSpan.FromSeconds(1));

        Assert.Equal((Outcome.Failed, Reason.Silence), (session.Outcome, session.BrokenBy));
    }

    [Fact]
    public async Task A_terminal_that_does_not_come_back_leaves_the_session_unknown()
    {
        RawTerminal? terminal = null;
        var raw = terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            _ = terminal!.DisposeAsync();
            line.HangUp();
        });

        var session = await Pay(raw, recoveryLimit: TimeSpan.FromSeconds(1));

        Assert.Equal((Outcome.Unknown, Reason.RecoveryExhausted), (session.Outcome, session.Conclusion!.Reason));
    }

    [Theory]
    [InlineData("0000003E5645527C4150502031392E34")]
    [InlineData("150369")]
    [InlineData("485454502F312E3120343030")]
    public async Task A_terminal_that_speaks_another_protocol_is_named_and_nothing_was_sent(string banner)
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { Banner = banner };

        var session = await Pay(terminal);

        Assert.Equal((Outcome.Failed, Reason.OtherProtocol), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(0, terminal.Payments);
    }

    [Fact]
    public async Task Wrong_digits_in_the_amount_of_a_result_are_not_guessed()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            terminal!.LastBooking = Approved;
            await line.Send(Approved.Replace("000000001250", "00000000125A", StringComparison.Ordinal));
        });

        var session = await Pay(raw);

        Assert.Equal(
            (Outcome.Approved, Reason.Recovered, Reason.ProtocolViolation),
            (session.Outcome, session.Conclusion!.Reason, session.BrokenBy));
    }

    [Fact]
    public async Task An_unknown_field_behind_the_result_does_not_hide_it()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            Assert.Equal("800000", await line.Ask("040F0F270004000000001250870042" + "DF0101"));
            await line.Send("060F00");
        });

        var session = await Pay(terminal);

        Assert.Equal((Outcome.Approved, "0042"), (session.Outcome, session.Conclusion!.References.Receipt));
    }

    [Fact]
    public async Task Unknown_commands_of_the_terminal_are_refused_and_the_payment_goes_on()
    {
        string? answer = null;
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            answer = await line.Ask("06D800");
            await line.Ask(Approved);
            await line.Send("060F00");
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal)).Outcome);
        Assert.Equal("848300", answer);
    }

    [Fact]
    public async Task The_last_of_several_results_counts_when_the_terminal_repeats_it()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            // A wrong PIN first, then the right one.
            await line.Send("800000");
            await line.Ask("040F022737");
            await line.Ask(Approved);
            terminal!.LastBooking = Approved;
            await line.Send("060F00");
        });

        Assert.Equal(Outcome.Approved, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task A_text_block_of_the_longest_size_is_one_receipt()
    {
        // 06 D3 FF LL HH 06 82 .. 25 82 .. { 07 line … }, 64 KiB in all.
        var line = "0750" + string.Concat(Enumerable.Repeat("41", 0x50));
        var lines = string.Concat(Enumerable.Repeat(line, 790)) + "090181";
        var texts = $"2582{lines.Length / 2:X4}{lines}";
        var container = $"0682{texts.Length / 2:X4}{texts}";
        var size = container.Length / 2;
        var block = $"06D3FF{size & 0xFF:X2}{size >> 8:X2}{container}";
        await using var terminal = new RawTerminal(async connection =>
        {
            await connection.Send("800000");
            await connection.Ask(Approved);
            await connection.Ask(block);
            await connection.Send("060F00");
        });

        var session = await Pay(terminal);

        Assert.Equal(790, Assert.Single(session.Receipts).Lines.Count(text => text.Text.Length == 0x50));
    }

    private async Task<IReadOnlyList<JournalRecord>> Records(Session session) =>
        await journal.RecordsAfter(0, session.Id, 1000, withFrames: true, CancellationToken.None);

    private async Task<Session> Pay(RawTerminal terminal, TimeSpan? answerLimit = null, TimeSpan? recoveryLimit = null)
    {
        var address = TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}", out _)!;
        var settings = new TerminalSettings("till-1", address)
        {
            Driver = new DriverSettings 
            {
                SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = answerLimit ?? TimeSpan.FromSeconds(5),
            },
            RecoveryLimit = recoveryLimit ?? TimeSpan.FromSeconds(10),
        };
        engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [settings], clock, IdSource.Of(clock),
            NullLoggerFactory.Instance, stop.Token);
        var submission = await engine.Submit(new Order("till-1", TestBench.Sale(1250)) { Key = "key" }, stop.Token);
        return (await engine.WaitForEnd(submission.Session!.Id, TimeSpan.FromSeconds(60), stop.Token))!.OnGrounds();
    }
}
