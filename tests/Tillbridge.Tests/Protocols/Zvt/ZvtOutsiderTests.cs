using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>What terminals of people who had not read our source made it say wrongly; each was wrong once.</summary>
public sealed class ZvtOutsiderTests : IAsyncDisposable
{
    private const string Ack = "800000";
    private const string Done = "060F00";

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
    [InlineData(1250)]
    [InlineData(900)]
    public async Task The_booking_from_before_told_again_is_no_result_of_a_new_order(long asked)
    {
        var before = Booking("0101", "000101", 1250);
        await using var terminal = Conversation(before, async line =>
        {
            await line.Ask(before);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Pay(terminal, asked)));
    }

    [Fact]
    public async Task A_decline_from_before_told_again_is_no_result_of_a_new_order()
    {
        RawTerminal? terminal = null;
        var before = Booking("0101", "000101", 1250, result: "05");
        await using var raw = terminal = Conversation(before, async line =>
        {
            await line.Ask(before);
            terminal!.LastBooking = Booking("0102", "000102", 1250);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task Our_own_result_behind_the_booking_from_before_is_ours()
    {
        var before = Booking("0101", "000101", 1250);
        string? answer = null;
        await using var terminal = Conversation(before, async line =>
        {
            answer = await line.Ask(before);
            await line.Ask(Booking("0102", "000102", 1250));
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Approved), Ended(await Pay(terminal)));
        Assert.Equal("849C00", answer); // Neither a yes nor a no to what was not asked.
    }

    [Fact]
    public async Task A_number_that_repeats_over_another_amount_is_another_booking()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0007", "000000", 500, minutes: -5), line =>
        {
            terminal!.LastBooking = Booking("0007", "000000", 1250);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task A_number_that_repeats_over_the_same_amount_without_a_time_proves_nothing()
    {
        await using var terminal = Conversation(Booking("0007", "000000", 1250, minutes: null), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal(Outcome.Unknown, (await Pay(terminal)).Outcome);
    }

    [Theory]
    [InlineData(1250, 0, 2)] // The sale and a refund by hand behind it: nothing stands.
    [InlineData(1250, -1250, 1)] // A refund by hand alone, and the sale was never booked.
    public async Task A_refund_by_hand_over_the_same_amount_is_not_our_sale(long told, long net, int count)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            var receipt = count == 2 ? "0103" : "0102";
            terminal!.LastBooking = Booking(receipt, "000" + receipt[1..], told);
            terminal.Totals = Totals(net == 0 ? 500 : Math.Abs(500 + net), 1 + count, "0101", receipt);
            line.HangUp();
            return Task.CompletedTask;
        });
        await Known(raw, "0101", "000101", 500);

        Assert.Equal(Outcome.Unknown, (await Pay(raw)).Outcome);
    }

    [Fact]
    public async Task Two_bookings_since_ours_began_are_none_where_no_totals_are_named()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            terminal!.LastBooking = Booking("0103", "000103", 1250);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Unknown, Reason.ForeignBooking), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData(2, Outcome.Unknown)]
    [InlineData(1, Outcome.Failed)]
    public async Task Counts_that_disagree_never_prove_that_nothing_was_booked(int count, Outcome expected)
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            line.HangUp();
            return Task.CompletedTask;
        }, Totals(500, count, "0101", "0101"));
        await Known(terminal, "0101", "000101", 500);

        Assert.Equal(expected, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task A_terminal_that_is_idle_while_it_still_books_is_asked_a_second_time()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), line =>
        {
            // It books between our first look and our second.
            terminal!.AfterLook = () => terminal.LastBooking = Booking("0102", "000102", 1250);
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Theory]
    [InlineData("27 6C")]
    [InlineData("27 00 04 00 00 00 00 05 00 49 09 78 87 01 02 0B 00 01 02")]
    public async Task Two_results_that_differ_conclude_nothing(string second)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            terminal!.LastBooking = "849A00";
            await line.Ask(Booking("0102", "000102", 1250));
            await line.Ask(Status(second.Replace(" ", "", StringComparison.Ordinal)));
            terminal.LastBooking = Booking("0102", "000102", 1250);
            await line.Send(Done);
        });

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw)));
    }

    [Fact]
    public async Task A_result_of_another_device_is_not_ours()
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5, tail: "2965000001"), async line =>
        {
            await line.Ask(Booking("0102", "000102", 1250, tail: "2965000002"));
            await line.Send(Done);
        });

        Assert.NotEqual(Outcome.Approved, (await Pay(terminal)).Outcome);
    }

    [Fact]
    public async Task An_address_that_names_another_terminal_id_sends_nothing()
    {
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5, tail: "2965000001"), line => line.Send(Done));

        Assert.Equal((Outcome.Failed, Reason.TerminalRefused), Ended(await Pay(terminal, options: "?tid=65000002")));
        Assert.Equal(0, terminal.Payments);
    }

    [Theory]
    [InlineData("490999", Outcome.Unknown)] // No currency of that number.
    [InlineData("490276", Outcome.Unknown)] // The mark is gone.
    [InlineData("490000", Outcome.Unknown)]
    [InlineData("490975", Outcome.Approved)] // The lev is gone, too, and still named.
    public async Task A_currency_that_is_not_known_is_not_the_one_that_was_asked(string currency, Outcome expected)
    {
        var told = Status($"2700040000000010000B00010287010 2{currency}".Replace(" ", "", StringComparison.Ordinal));
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            terminal!.LastBooking = told;
            await line.Ask(told);
            await line.Send(Done);
        });

        var session = await Pay(raw, 1000);

        Assert.Equal(expected, session.Outcome);
        Assert.NotEqual(Money.Euro(1000), session.Conclusion!.ApprovedAmount);
    }

    [Theory]
    [InlineData("270052 02ABCD 04000000000500490978")] // The amount stands behind a field that cannot be read.
    [InlineData("2700 87 0102 0B000102")] // There is none.
    [InlineData("2700 04000000000500490978 87 0102 52 276C")] // A second result may.
    public async Task An_amount_that_was_not_told_is_not_the_one_that_was_asked(string data)
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(Booking("0101", "000101", 700, minutes: -5), async line =>
        {
            terminal!.LastBooking = Booking("0102", "000102", 500);
            await line.Ask(Status(data.Replace(" ", "", StringComparison.Ordinal)));
            await line.Send(Done);
        });

        var session = await Pay(raw, 1000);

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    [Fact]
    public async Task A_clock_whose_error_is_known_does_not_make_our_booking_a_strangers()
    {
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            if (terminal!.Payments == 1)
            {
                terminal.LastBooking = Booking("0101", "000101", 400, minutes: 61);
                await line.Ask(terminal.LastBooking);
                await line.Send(Done);
                return;
            }

            terminal.LastBooking = Booking("0102", "000102", 1000, minutes: 61);
            line.HangUp();
        });

        Assert.Equal(Outcome.Approved, (await Pay(raw, 400)).Outcome);
        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(raw, 1000)));
    }

    [Fact]
    public async Task A_terminal_that_closed_its_day_by_itself_is_held_against_the_bookings_behind_it()
    {
        var paid = 0;
        RawTerminal? terminal = null;
        await using var raw = terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            long[] amounts = [1000, 2000, 500];
            if (paid == amounts.Length)
            {
                line.HangUp();
                return;
            }

            terminal!.LastBooking = Booking($"010{paid + 1}", $"00010{paid + 1}", amounts[paid++]);
            await line.Ask(terminal.LastBooking);
            await line.Send(Done);
            terminal.Totals = Totals(500, 1, "0103", "0103");
        });
        foreach (var amount in new long[] { 1000, 2000, 500 }) Assert.Equal(Outcome.Approved, (await Pay(raw, amount)).Outcome);

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Pay(raw, 100)));
    }

    [Fact]
    public async Task A_held_result_that_is_repeated_at_once_waits_for_the_decision()
    {
        var repeats = 0;
        string? last = null;
        var asked = new TaskCompletionSource();
        await using var terminal = Conversation(Booking("0101", "000101", 500, minutes: -5), async line =>
        {
            last = await line.Ask(Booking("0102", "000102", 1250));
            for (; last!.StartsWith("849C", StringComparison.Ordinal) && repeats < 255; repeats++)
            {
                asked.TrySetResult();
                last = await line.Ask(Booking("0102", "000102", 1250));
            }

            await line.Send(last == Ack ? Done : "061E016C");
        });

        var submission = await Submit(terminal, TestBench.Sale(1250) with { Confirm = true });
        await asked.Task;
        Assert.Null(await engine!.Confirm(submission, commit: true, "till", stop.Token));
        var session = (await engine.WaitForEnd(submission, TimeSpan.FromSeconds(30), stop.Token))!;

        Assert.Equal((Outcome.Approved, Ack), (session.Outcome, last));
        Assert.InRange(repeats, 1, 3);
    }

    private static RawTerminal Conversation(string before, Func<RawConnection, Task> pay, string totals = "848300") => new(async line =>
    {
        await line.Send(Ack);
        await pay(line);
    }) { LastBooking = before, Totals = totals };

    private string Booking(string receipt, string trace, long cents, int? minutes = 0, string result = "00", string tail = "")
    {
        var at = minutes is { } ago ? clock.GetLocalNow().AddMinutes(ago) : (DateTimeOffset?)null;
        var time = at is { } when
            ? string.Create(CultureInfo.InvariantCulture, $"0C{when:HHmmss}0D{when:MMdd}") : "";
        return Status($"27{result}04{cents:D12}0B{trace}{time}87{receipt}490978{tail}");
    }

    private static string Totals(long cents, int count, string first, string last) => "040F42" + "2700" + $"04{cents:D12}" + "60F0F5F3"
        + first + last + new string('0', 2 * 14) + $"{count:X2}{cents:D12}" + new string('0', 2 * 28);

    private static string Status(string data) => $"040F{data.Length / 2:X2}{data}";

    private static (Outcome? Outcome, string Reason) Ended(Session session) => (session.Outcome, session.Conclusion!.Reason);

    // A booking of an earlier hour that our journal knows.
    private async Task Known(RawTerminal terminal, string receipt, string trace, long cents)
    {
        await Start(terminal, "");
        var at = clock.GetUtcNow().AddMinutes(-5);
        var intent = new Session(IdSource.Of(clock).NewSession(), "raw", TestBench.Sale(cents), at) { Key = "known", Fingerprint = "f" };
        await journal.Accept(intent, "{}", stop.Token);
        var conclusion = new Conclusion(Outcome.Approved, Reason.Approved)
        {
            ApprovedAmount = Money.Euro(cents), References = new(receipt, Trace: trace),
        };
        var closed = intent with { Phase = SessionPhase.Closed, SentAt = at, ClosedAt = at, Conclusion = conclusion };
        await journal.Append(new(closed.Id, "raw", RecordKind.Concluded, "{}", closed), stop.Token);
    }

    private async Task Start(RawTerminal terminal, string options)
    {
        var settings = new TerminalSettings("raw", TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}{options}", out _)!)
        {
            Driver = new DriverSettings { SettleTime = TimeSpan.FromMilliseconds(200), AnswerLimit = TimeSpan.FromSeconds(5) },
            RecoveryLimit = TimeSpan.FromSeconds(5),
            StrictUnknown = false,
        };
        engine ??= await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [settings], clock, IdSource.Of(clock),
            NullLoggerFactory.Instance, stop.Token);
    }

    private async Task<SessionId> Submit(RawTerminal terminal, TerminalRequest request, string options = "")
    {
        await Start(terminal, options);
        var submission = await engine!.Submit(new Order("raw", request) { Key = Guid.NewGuid().ToString("N") }, stop.Token);
        Assert.Null(submission.Refusal);
        return submission.Session!.Id;
    }

    private async Task<Session> Pay(RawTerminal terminal, long cents = 1250, string options = "")
    {
        var id = await Submit(terminal, TestBench.Sale(cents), options);
        var session = (await engine!.WaitForEnd(id, TimeSpan.FromSeconds(30), stop.Token))!;
        Assert.Equal(SessionPhase.Closed, session.Phase);
        return session;
    }
}
