using Tillbridge.Domain;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>The driver against bytes that our own terminal side did not make.</summary>
public sealed class BDriverTests : BDriverFixture
{
    [Fact]
    public async Task A_purchase_goes_as_the_independent_client_goes_and_is_read_again()
    {
        await using var paying = Csob(async (line, mine) =>
        {
            mine.Last = "R000 B1250 S20260042 F00123457";
            await line.Send(RawBTerminal.Activity, RawBTerminal.Activity);
            await line.Send(RawBTerminal.Response("T00 R000 B1250 S20260042 F00123457 gZAPLACENO", "8000"));
        });

        var session = await Pay(paying, "csob-b", "20260042");

        Assert.Equal((Outcome.Approved, "00123457"), (session.Outcome, session.Conclusion!.References.Approval));
        // The last B0 may still be on its way.
        while (paying.Heard.Count < 10) await Task.Delay(TimeSpan.FromMilliseconds(10), Clock, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["B1 8002 0004 T80", "B0 0000 0000", "B1 8002 0004 T82", "B0 0000 0000", "B1 8002 0004 T80", "B0 0000 0000",
                "B1 8002 0019 T00 B1250 S20260042 E203",
                "B0 0000 0000", "B1 8002 0004 T82", "B0 0000 0000"],
            paying.Heard);
    }

    [Fact]
    public async Task The_second_word_of_the_terminal_wins_over_its_first()
    {
        await using var terminal = Csob(async (line, mine) =>
        {
            mine.Last = "R-12 B1250 S20260042";
            await line.Send(RawBTerminal.Response("T00 R000 B1250 S20260042 F00123457", "8000"));
        });

        var session = await Pay(terminal, "csob-b", "20260042");

        Assert.Equal((Outcome.Declined, "-12"), (session.Outcome, session.Conclusion!.ResponseCode));
        Assert.Contains(session.Incidents, incident => incident.Code == Reason.Withdrawn);
    }

    [Fact]
    public async Task An_approval_whose_second_word_is_about_another_booking_is_unknown()
    {
        await using var terminal = Csob(async (line, mine) =>
        {
            mine.Last = "R000 B700 S999 F00000001";
            await line.Send(RawBTerminal.Response("T00 R000 B1250 S20260042 F00123457", "8000"));
        });

        var session = await Pay(terminal, "csob-b", "20260042");

        Assert.Equal((Outcome.Unknown, Reason.ForeignBooking), (session.Outcome, session.Conclusion!.Reason));
    }

    [Fact]
    public async Task Activities_restart_the_limit_of_silence_and_silence_ends_in_a_question()
    {
        await using var slow = Gpe(async (line, _) =>
        {
            for (var activity = 0; activity < 5; activity++)
            {
                await line.Send(RawBTerminal.Activity);
                await Task.Delay(TimeSpan.FromMilliseconds(500), Clock);
            }

            await line.Send(RawBTerminal.Response("T00 R000 B1250 F123456"));
        });
        Assert.Equal(Outcome.Approved, (await Pay(slow, "gpe", null, answerLimit: 2)).Outcome);

        await using var silent = Gpe((line, _) => line.Send(RawBTerminal.Activity));
        silent.Totals = "R000 L0000+0000000000000000-0000000000000000+000000000000";
        var session = await Pay(silent, "gpe", null, answerLimit: 1);
        Assert.Equal((Outcome.Failed, Reason.NotBooked), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(1, silent.Payments);
    }

    [Fact]
    public async Task A_gpe_terminal_may_leave_out_every_activity_and_a_csob_terminal_may_not()
    {
        Func<RawBLine, string, Task> late = async (line, _) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1300), Clock);
            await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456"));
        };
        await using var gpe = Gpe((line, _) => late(line, ""));
        Assert.Equal(Outcome.Approved, (await Pay(gpe, Dialect("gpe-1", "\"timers\": { \"ack\": 1 }"), null, answerLimit: 5)).Outcome);

        await using var csob = Csob((line, _) => late(line, ""));
        var session = await Pay(csob, Dialect("csob-b", "\"timers\": { \"ack\": 1 }"), null, answerLimit: 5);
        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    [Theory]
    [InlineData("R000 O00 B1250 E203 S77 Q1 F00000009", Outcome.Unknown)]
    [InlineData("R108", Outcome.Unknown)]
    public async Task What_the_last_transaction_is_decides_after_a_dropped_line(string last, Outcome expected)
    {
        await using var terminal = Gpe((line, mine) =>
        {
            mine.Last = last;
            line.HangUp();
            return Task.CompletedTask;
        });

        var session = await Pay(terminal, "gpe", null);

        Assert.Equal(expected, session.Outcome);
        Assert.Equal(1, terminal.Payments);
    }

    [Fact]
    public async Task A_booking_that_carries_our_number_is_ours_after_a_dropped_line()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = $"R000 O00 B1250 E203 {reference} F00123459 h0007";
            line.HangUp();
            return Task.CompletedTask;
        });

        var session = await Pay(terminal, "gpe", null);

        Assert.Equal((Outcome.Approved, Reason.Recovered), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(("0007", "00123459"), (session.Conclusion.References.Receipt, session.Conclusion.References.Approval));
        Assert.NotEmpty(session.Receipts);
    }

    [Theory]
    [InlineData("000000000700", Outcome.Approved)]
    [InlineData("000000000600", Outcome.Unknown)]
    public async Task A_part_that_only_the_last_transaction_tells_must_agree_with_the_totals(string debit, Outcome expected)
    {
        await using var terminal = Gpe((line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = $"R010 O00 B700 E203 {reference} F00123459";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Totals = $"R000 L0001+{debit}0000-0000000000000000+000000000000";

        var session = await Pay(terminal, "gpe", null);

        Assert.Equal((expected, 1), (session.Outcome, terminal.Payments));
    }

    [Theory]
    [InlineData("053", Outcome.Failed, true)]
    [InlineData("000", Outcome.Approved, false)]
    public async Task An_uncertain_end_is_asked_about_once_more(string second, Outcome expected, bool check)
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = $"R{second} O00 B1250 E203 {reference} F00123459";
            await line.Send(RawBTerminal.Response($"T00 R053 B1250 {reference}"));
        });

        var session = await Pay(terminal, "gpe", null);

        Assert.Equal((expected, check), (session.Outcome, session.Conclusion!.CheckReconciliation));
    }

    [Theory]
    [InlineData("A5A5", Outcome.Approved)]
    [InlineData("1234", Outcome.Unknown)]
    public async Task An_answer_with_a_wrong_check_is_dropped_where_the_dialect_checks(string crc, Outcome expected)
    {
        await using var terminal = Gpe(async (line, _) =>
            await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456").Replace("A5A5", crc, StringComparison.Ordinal)));
        terminal.Last = "R000 B1 S1";

        var file = Dialect("gpe-1", "\"crc\": { \"mode\": \"crc16\" }, \"recovery\": { \"askLastBefore\": false }");
        var session = await Pay(terminal, file, null, answerLimit: 1);

        Assert.Equal(expected, session.Outcome);
    }

    [Theory]
    [InlineData("lenient", Outcome.Approved)]
    [InlineData("strict", Outcome.Unknown)]
    public async Task An_answer_with_a_wrong_length_is_taken_or_dropped_as_the_dialect_says(string rule, Outcome expected)
    {
        await using var terminal = Gpe(async (line, _) =>
        {
            var right = RawBTerminal.Response("T00 R000 B1250 F00123456");
            await line.Send($"{right[..28]}0011{right[32..]}");
        });
        terminal.Last = "R000 B1 S1";

        var file = Dialect("gpe-1", $"\"frame\": {{ \"lengthCheck\": \"{rule}\" }}, \"recovery\": {{ \"askLastBefore\": false }}");
        Assert.Equal(expected, (await Pay(terminal, file, null, answerLimit: 1)).Outcome);
    }

    [Fact]
    public async Task Receipts_come_in_parts_and_their_styles_are_kept()
    {
        var asked = new Queue<string>(["9\x1DT0MERCHANT\x1DT3BIG\x1Dt1", "9\x1DT1bold\x1Dt0", "9\x1DT2D\u00ECkujeme\x1Dt0"]);
        await using var terminal = Csob(async (line, mine) =>
        {
            mine.Last = "R000 B1250 S42 F00123457";
            var isReceipt = mine.Heard[^1].StartsWith("B3", StringComparison.Ordinal);
            await line.Send(isReceipt
                ? RawBTerminal.Response(asked.Dequeue(), type: "B4")
                : RawBTerminal.Response("T00 R000 B1250 S42 F00123457", "8003"));
        });

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal([ReceiptAudience.Merchant, ReceiptAudience.Cardholder], session.Receipts.Select(receipt => receipt.Audience));
        Assert.Equal(["MERCHANT", "BIG", "bold"], session.Receipts[0].Lines.Select(line => line.Text));
        Assert.True(session.Receipts[0].SignatureRequired && session.Receipts[0].Lines[1] is { Wide: true, Tall: true });
        Assert.Equal("Děkujeme", session.Receipts[1].Lines[0].Text);
        Assert.Equal(["B3 8000 0005 9.tM", "B3 8000 0005 9.t-", "B3 8000 0005 9.tC"],
            terminal.Heard.Where(heard => heard.StartsWith("B3", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_booking_that_is_there_already_is_not_asked_for_again()
    {
        await using var terminal = Csob((_, _) => Task.CompletedTask);
        terminal.Last = "R000 B1250 S20260042 F00123457";

        var session = await Pay(terminal, "csob-b", "20260042");

        Assert.Equal((Outcome.Failed, 0), (session.Outcome, terminal.Payments));
        Assert.Contains("already", session.Conclusion!.TerminalText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_terminal_gets_nothing()
    {
        await using var terminal = Csob((_, _) => Task.CompletedTask);
        terminal.Idle = "R-02";

        var session = await Pay(terminal, "csob-b", "1");

        Assert.Equal((Outcome.Failed, Reason.TerminalBusy, 0), (session.Outcome, session.Conclusion!.Reason, terminal.Payments));
    }
}
