using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>Conversations that could tempt the driver into a wrong statement about money; each was wrong once.</summary>
public sealed class ZvtTruthTests : IAsyncDisposable
{
    private const string Approved = "040F132700040000000012500B000042870042490978";

    private readonly TimeProvider clock = TimeProvider.System;
    private readonly CancellationTokenSource stop = new();
    private readonly MemoryJournal journal = new(TimeProvider.System);
    private LocalTerminals? engine;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (engine is not null) await engine.DisposeAsync();
        await journal.DisposeAsync();
        stop.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_completion_after_a_result_that_we_did_not_commit_is_no_approval(bool reject)
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            var answer = await line.Ask(Approved);
            while (reject && answer!.StartsWith("849C", StringComparison.Ordinal)) answer = await line.Ask(Approved);
            await line.Send("060F00");
        }) { Totals = RawTerminal.EmptyTotals };

        var session = await Pay(terminal, TestBench.Sale(1250) with { Confirm = true });

        Assert.NotEqual(Outcome.Approved, session.Outcome);
    }

    [Fact]
    public async Task A_result_that_was_rejected_once_is_never_committed_later()
    {
        var answers = new List<string>();
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            // Until the caller's time is up it hears "wait", then no, and no, and no.
            while (answers.Count(answer => answer == "846600") < 3) answers.Add((await line.Ask(Approved))!);
            await line.Send("061E016C");
        });

        var session = await Pay(terminal, TestBench.Sale(1250) with { Confirm = true });

        Assert.Equal((Outcome.Declined, Reason.NotConfirmed), (session.Outcome, session.Conclusion!.Reason));
        Assert.DoesNotContain("800000", answers);
    }

    [Theory]
    [InlineData("061E01A0")]
    [InlineData("061E01FF")]
    public async Task A_terminal_that_would_not_say_its_last_booking_before_cannot_prove_ours_by_an_older_one(string refusal)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            terminal!.LastBooking = Booking("0041", DateTime.Now.AddMinutes(-5));
            await line.Send("800000");
            line.HangUp();
        }) { LastBooking = refusal };

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task A_booking_from_hours_later_is_not_ours()
    {
        var at = clock.GetUtcNow().AddHours(-20);
        var intent = new Session(IdSource.Of(clock).NewSession(), "raw", TestBench.Sale(1250), at) { Key = "k", Fingerprint = "f" };
        await journal.Accept(intent, "{}", stop.Token);
        var sent = intent with { Phase = SessionPhase.InFlight, SentAt = at, Baseline = new Baseline("0041", "000041") };
        await journal.Append(new(sent.Id, "raw", RecordKind.State, "{}", sent), stop.Token);
        var manual = Booking("0057", DateTime.Now.AddMinutes(-1));
        await using var terminal = new RawTerminal(line => line.Send("848300")) { LastBooking = manual };
        await Start(terminal);

        var session = (await engine!.WaitForEnd(intent.Id, TimeSpan.FromSeconds(30), stop.Token))!;

        Assert.Equal((Outcome.Unknown, Reason.ForeignBooking), (session.Outcome, session.Conclusion!.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2700A0A3")]
    public async Task A_repeated_booking_without_a_believable_result_code_is_no_approval(string head)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            terminal!.LastBooking = Booking("0043", DateTime.Now, head);
            await line.Send("800000");
            line.HangUp();
        }) { LastBooking = Approved };

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task Totals_of_a_terminal_that_is_not_idle_prove_nothing()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            line.HangUp();
        }) { RepeatRefusal = "848300", Status = "060F01E1", Totals = RawTerminal.EmptyTotals };

        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task Totals_of_a_terminal_that_has_a_card_inserted_prove_nothing()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            line.HangUp();
        }) { StatusRefusal = "84DC00", LastBooking = Approved, Totals = RawTerminal.EmptyTotals };

        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task Another_device_at_the_same_address_proves_nothing()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = new RawTerminal(async line =>
        {
            terminal!.LastBooking = Status("27000400000000099987000149097829650000020B000001");
            await line.Send("800000");
            line.HangUp();
        }) { LastBooking = Status("27000400000000099987000149097829650000010B000001"), Totals = RawTerminal.EmptyTotals };

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    // Found by the laboratory: the sign of a sum is not on the wire (zvt.md §8.4).
    [Fact]
    public async Task A_refund_of_twice_the_sum_is_not_disproved_by_totals_that_look_as_before()
    {
        await using var terminal = PaysOnceThenResets();
        await Pay(terminal);

        var refund = new TerminalRequest(RequestKind.Refund) { Amount = Money.Euro(2500) };

        Assert.Equal((Outcome.Unknown, Reason.CannotTell), Ended(await Pay(terminal, refund)));
    }

    [Fact]
    public async Task The_same_totals_do_disprove_another_sale()
    {
        await using var terminal = PaysOnceThenResets();
        await Pay(terminal);

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Pay(terminal, TestBench.Sale(2500))));
    }

    [Fact]
    public async Task A_connection_that_was_reset_counts_as_a_terminal_that_was_away()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask("04FF010A");
            line.Reset();
        });

        // It says that it has nothing stored, and names no totals: it may have booked and forgotten.
        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task An_announced_approval_is_not_undone_by_a_terminal_that_has_nothing_stored()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(Approved);
            line.HangUp();
        });

        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Theory]
    [InlineData("42")]
    [InlineData("0042")]
    public async Task A_reversal_of_another_booking_is_noticed_however_the_receipt_is_written(string receipt)
    {
        var payments = 0;
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(payments++ == 0 ? Approved : Status("27000400000000099937000041870043490978"));
            await line.Send("060F00");
        });
        await Pay(terminal);

        var session = await Pay(terminal, new TerminalRequest(RequestKind.Reversal) { Original = new Original(Receipt: receipt) });

        Assert.Equal((Outcome.Unknown, Reason.OtherBookingReversed), (session.Outcome, session.Conclusion!.Reason));
        Assert.Single(session.Incidents);
    }

    [Fact]
    public async Task A_close_that_ends_with_an_update_to_follow_is_a_close()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(RawTerminal.EmptyTotals);
            await line.Send("060F0227E0");
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal, new TerminalRequest(RequestKind.Reconciliation))).Outcome);
    }

    [Fact]
    public async Task A_wrong_currency_at_the_command_names_itself()
    {
        await using var terminal = new RawTerminal(line => line.Send("841E016F"));

        var conclusion = (await Pay(terminal)).Conclusion!;

        Assert.Equal(("6F", true), (conclusion.ResponseCode, conclusion.TerminalText!.Contains("currency", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Feeds_and_end_marks_of_printed_receipts_are_kept()
    {
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            await line.Ask(Approved);
            foreach (var printed in new[] { "06D1020041", "06D102FF03", "06D1028142" }) await line.Ask(printed);
            foreach (var text in new[] { "44", "45" })
            {
                // Two merchant blocks, each closed by its own mark.
                var data = $"060C1F070101250607 01{text}090181".Replace(" ", "", StringComparison.Ordinal);
                await line.Ask($"06D3{data.Length / 2:X2}{data}");
            }

            await line.Send("060F00");
        });

        var session = await Pay(terminal);

        var texts = session.Receipts.Select(receipt => string.Join('/', receipt.Lines.Select(line => line.Text)));
        Assert.Equal(["A////B", "D", "E"], texts);
    }

    [Fact]
    public async Task Receipts_without_end_fill_no_journal_and_hang_no_session()
    {
        // 60 000 umlauts in one line, twice: more than one journal record takes.
        var line = "0782EA60" + string.Concat(Enumerable.Repeat("84", 60_000));
        var inner = $"1F0701012582{line.Length / 2:X4}{line}";
        var data = $"0682{inner.Length / 2:X4}{inner}";
        var block = $"06D3FF{(data.Length / 2) & 0xFF:X2}{(data.Length / 2) >> 8:X2}{data}";
        await using var terminal = new RawTerminal(async connection =>
        {
            await connection.Send("800000");
            await connection.Ask(Approved);
            await connection.Ask(block);
            await connection.Ask(block);
            await connection.Send("060F00");
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    private static string Booking(string receipt, DateTime time, string head = "2700")
    {
        var at = time.ToString("HHmmss", CultureInfo.InvariantCulture);
        var day = time.ToString("MMdd", CultureInfo.InvariantCulture);
        return Status($"{head}040000000012500B00{receipt}87{receipt}4909780C{at}0D{day}");
    }

    // 04 0F of a period with one Mastercard booking of 12.50 under receipt 0042.
    private static string TotalsOfOneBooking => "040F42" + "2700" + "04000000001250" + "60F0F5F3" + "00420042"
        + new string('0', 2 * 14) + "01000000001250" + new string('0', 2 * 28);

    private static RawTerminal PaysOnceThenResets()
    {
        RawTerminal? terminal = null;
        return terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            if (terminal!.LastBooking != Approved)
            {
                await line.Ask(Approved);
                terminal.LastBooking = Approved;
                await line.Send("060F00");
                return;
            }

            await line.Ask("04FF010A");
            line.Reset();
        }) { Totals = TotalsOfOneBooking };
    }

    private static (Outcome? Outcome, string Reason) Ended(Session session) => (session.Outcome, session.Conclusion!.Reason);

    private static string Status(string data) => $"040F{data.Length / 2:X2}{data}";

    private async Task Start(RawTerminal terminal)
    {
        var settings = new TerminalSettings("raw", TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}", out _)!)
        {
            Driver = new DriverSettings
            {
                SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(3), ConfirmLimit = TimeSpan.FromSeconds(1),
            },
            RecoveryLimit = TimeSpan.FromSeconds(3),
        };
        engine ??= await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [settings], clock, IdSource.Of(clock),
            NullLoggerFactory.Instance, stop.Token);
    }

    private async Task<Session> Pay(RawTerminal terminal, TerminalRequest? request = null)
    {
        await Start(terminal);
        var order = new Order("raw", request ?? TestBench.Sale(1250)) { Key = Guid.NewGuid().ToString("N") };
        var submission = await engine!.Submit(order, stop.Token);
        Assert.Null(submission.Refusal);
        var session = (await engine.WaitForEnd(submission.Session!.Id, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }
}
