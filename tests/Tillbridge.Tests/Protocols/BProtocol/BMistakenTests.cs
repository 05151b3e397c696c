using Tillbridge.Domain;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>What looks like our booking and is none, or is none any more to rely on.</summary>
public sealed class BMistakenTests : BDriverFixture
{
    [Fact]
    public async Task A_stopped_payment_is_not_approved_by_an_older_booking_under_its_number()
    {
        var asked = new TaskCompletionSource();
        await using var terminal = Csob(async (line, _) =>
        {
            await line.Send(RawBTerminal.Activity);
            asked.SetResult();
        });
        (terminal.Last, terminal.Passivated) = ("R000 O00 B1000 E203 S42 F00000001", "R-01");
        await Start(terminal, "csob-b");
        var id = await Submit(RequestKind.Sale, "42");
        await asked.Task;

        await Abort(id);

        Assert.Equal(Outcome.Cancelled, (await End(id)).Outcome);
    }

    [Fact]
    public async Task A_refused_payment_is_not_approved_by_an_older_booking_under_its_number()
    {
        await using var terminal = Csob((line, _) => line.Send(RawBTerminal.Response("T00 R-12 B1250 S42", "8000")));
        terminal.Last = "R000 O04 B1250 E203 S42 F00000001";
        Assert.Equal(Outcome.Declined, (await Pay(terminal, "csob-b", "42")).Outcome);

        terminal.Last = "R000 B1000 S42 F00000001";
        Assert.Equal(Outcome.Declined, (await Pay(terminal, "csob-b", "42")).Outcome);
    }

    [Fact]
    public async Task A_reversal_is_not_sent_when_the_terminal_says_that_another_booking_is_its_last()
    {
        await using var terminal = Gpe((line, _) => line.Send(RawBTerminal.Response("T00 R000 B1250 F00000001")));
        await Start(terminal, "gpe");
        var sale = await Ask(RequestKind.Sale);
        terminal.Last = "R000 O00 B999 E203 Q77 F00000002";

        var reversal = await Ask(RequestKind.Reversal, original: new Original(sale.Id));

        Assert.Equal((Outcome.Failed, Reason.NotTheLast, 1), (reversal.Outcome, reversal.Conclusion!.Reason, terminal.Payments));
        Assert.Contains("another approval code", reversal.Conclusion.TerminalText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_booking_is_found_by_its_approval_code_without_zeros_in_front()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            var type = mine.Heard[^1].Contains("T10", StringComparison.Ordinal) ? "10" : "00";
            mine.Last = $"R000 O{type} B1250 F00000001";
            return line.Send(RawBTerminal.Response($"T{type} R000 B1250 F00000001"));
        });
        await Start(terminal, "gpe");
        await Ask(RequestKind.Sale);

        var reversal = await Ask(RequestKind.Reversal, original: new Original(Approval: "1"));

        Assert.Equal((Outcome.Approved, 1250), (reversal.Outcome, reversal.Conclusion!.ApprovedAmount?.MinorUnits));
    }

    [Fact]
    public async Task A_reversal_whose_answer_was_lost_is_not_denied_by_a_terminal_that_does_not_name_operations()
    {
        await using var terminal = Csob(async (line, mine) =>
        {
            if (mine.Heard[^1].Contains("T10", StringComparison.Ordinal))
            {
                line.HangUp();
                return;
            }

            mine.Last = "R000 B1250 S42 F00123457";
            await line.Send(RawBTerminal.Response("T00 R000 B1250 S42 F00123457", "8000"));
        });
        await Start(terminal, "csob-b");
        var sale = await Ask(RequestKind.Sale, "42");
        Assert.Equal(Outcome.Approved, sale.Outcome);

        Assert.Equal(Outcome.Unknown, (await Ask(RequestKind.Reversal, original: new Original(sale.Id))).Outcome);
    }

    [Theory]
    [InlineData("?tid=paxx2963", Outcome.Approved, 1)]
    [InlineData("?tid=12345678", Outcome.Failed, 0)]
    public async Task A_configured_terminal_id_is_ours_in_every_header_and_money_goes_to_that_terminal_only(
        string options, Outcome outcome, int payments)
    {
        await using var terminal = Gpe((line, _) => line.Send(RawBTerminal.Response("T00 R000 B1250 F00000001")));
        await Start(terminal, "gpe", options: options);

        var session = await Ask(RequestKind.Sale);

        Assert.Equal((outcome, payments), (session.Outcome, terminal.Payments));
        if (payments == 0) Assert.Contains("Terminal PAXX2963 answers here", session.Conclusion!.TerminalText, StringComparison.Ordinal);
        Assert.All(terminal.Ids, id => Assert.Equal(options[5..], id));
    }

    [Fact]
    public async Task An_uncertain_word_in_recovery_ends_nothing_before_it_is_said_twice()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Lasts.Enqueue($"R053 O00 B1250 E203 {reference}");
            mine.Last = $"R000 O00 B1250 E203 {reference} F00123459";
            line.HangUp();
            return Task.CompletedTask;
        });

        var session = await Pay(terminal, "gpe", null);

        Assert.Equal((Outcome.Approved, 1), (session.Outcome, terminal.Payments));
    }

    [Fact]
    public async Task A_number_that_the_terminal_has_booked_already_is_not_sent_again_however_it_writes_the_amount()
    {
        await using var terminal = Csob((line, _) => line.Send(RawBTerminal.Response("T00 R000 B1250 S42 F00000001")));
        terminal.Last = "R000 O00 B000001250 E203 S42 F00000001";

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal((Outcome.Failed, Reason.BookedAlready, 0), (session.Outcome, session.Conclusion!.Reason, terminal.Payments));
    }

    [Fact]
    public async Task A_busy_terminal_is_not_stopped_for_a_payment_that_broke_an_hour_ago()
    {
        await using var terminal = Csob((_, _) => Task.CompletedTask);
        terminal.Idle = "R-02";
        var id = await BrokenAnHourAgo(terminal);

        await Start(terminal, "csob-b");

        Assert.Equal(Outcome.Unknown, (await End(id)).Outcome);
        Assert.Contains(terminal.Heard, frame => frame.Contains("T80", StringComparison.Ordinal));
        Assert.DoesNotContain(terminal.Heard, frame => frame.Contains("T81", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_part_of_a_reservation_that_only_recovery_hears_of_is_not_believed()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            mine.Last = $"R010 O01 B600 E203 {mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'))} F00123459";
            line.HangUp();
            return Task.CompletedTask;
        });
        await Start(terminal, "gpe");

        var session = await Ask(RequestKind.PreAuthorization);

        Assert.Equal(Outcome.Unknown, session.Outcome);
        Assert.Single(terminal.Heard, frame => frame.Contains("T01", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("R070 O10 B1250 F99999999")]
    [InlineData("R101 O00 B1250 F")]
    public async Task A_reversal_is_sent_when_the_terminal_s_last_transaction_booked_nothing(string last)
    {
        await using var terminal = Gpe((line, mine) =>
        {
            mine.Last = "R000 O10 B1250 F00000001";
            return line.Send(RawBTerminal.Response("T10 R000 B1250 F00000001"));
        });
        terminal.Last = last;
        await Start(terminal, "gpe");

        var reversal = await Ask(RequestKind.Reversal, original: new Original(Approval: "00000001", Amount: new(1250, Currency.Of("CZK"))));

        Assert.Equal((Outcome.Approved, 1), (reversal.Outcome, terminal.Payments));
    }

    [Fact]
    public async Task A_sale_is_not_taken_for_an_older_one_whose_number_began_anew()
    {
        await using var terminal = Csob((line, mine) =>
        {
            var said = $"R000 B1250 {mine.Heard[^1].Split(' ').Single(field => field.StartsWith('S'))} F0000000{mine.Payments} h0001";
            mine.Last = $"{said} O00 E203";
            return line.Send(RawBTerminal.Response($"T00 {said}", "8000"));
        });
        await Start(terminal, "csob-b");
        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale, "41")).Outcome);
        terminal.Last = "R-02"; // Closed by hand, at the terminal.

        Assert.Equal((Outcome.Approved, 2), ((await Ask(RequestKind.Sale, "42")).Outcome, terminal.Payments));
    }

    [Fact]
    public async Task A_lost_booking_is_not_denied_by_a_terminal_that_puts_no_number_on_what_it_remembers()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            mine.Last = "R000 B1250";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = "R000 B1250";

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, "gpe", null)).Outcome);
    }

    [Fact]
    public async Task A_stopped_reversal_that_was_carried_out_is_not_called_cancelled_because_its_code_is_written_shorter()
    {
        var asked = new TaskCompletionSource();
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (mine.Heard[^1].Contains("T00", StringComparison.Ordinal))
            {
                mine.Last = $"R000 O00 B1250 E203 {mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'))} F00123457";
                await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123457"));
                return;
            }

            mine.Last = "R000 O10 B1250 E203 F123457";
            await line.Send(RawBTerminal.Activity);
            asked.SetResult();
        });
        terminal.Passivated = "R060";
        await Start(terminal, "gpe");
        var sale = await Ask(RequestKind.Sale);
        var id = await Submit(RequestKind.Reversal, original: new Original(sale.Id));
        await asked.Task;

        await Abort(id);

        Assert.Equal(Outcome.Approved, (await End(id)).Outcome);
    }
}
