using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>What an independent terminal, written from the references alone, could make us say that was not true.</summary>
public sealed class BWitnessTests : BDriverFixture
{
    private const string Empty = "0000+0000000000000000+0000000000000000+000000000000";

    [Theory]
    [InlineData("gpe", "R000", Outcome.Unknown)]
    [InlineData("gpe", "R100", Outcome.Unknown)]
    [InlineData("gpe", "R000 L" + Empty, Outcome.Failed)]
    [InlineData("csob-b", "R000", Outcome.Unknown)]
    [InlineData("csob-b", "R000 L" + Empty, Outcome.Failed)]
    public async Task Nothing_stored_is_what_a_terminal_without_memory_says_too(string protocol, string totals, Outcome expected)
    {
        Func<RawBLine, RawBTerminal, Task> drop = async (line, _) =>
        {
            await line.Send(RawBTerminal.Activity);
            line.HangUp();
        };
        await using var terminal = protocol == "gpe" ? Gpe(drop) : Csob(drop);
        terminal.Totals = totals;

        Assert.Equal((expected, 1), ((await Pay(terminal, protocol, "42")).Outcome, terminal.Payments));
    }

    [Fact]
    public async Task A_payment_and_a_refund_by_hand_behind_it_are_not_taken_for_nothing()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            mine.Totals = "R000 L0001+0000000012500001-0000000012500000+000000000000";
            line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, "gpe", "42")).Outcome);
    }

    [Theory]
    [InlineData("R000", Outcome.Unknown)]
    [InlineData("R000 L0001+0000000012500000-0000000000000000+000000000000", Outcome.Failed)]
    public async Task A_lost_reversal_is_not_called_undone_or_not_by_the_sale_that_the_terminal_still_names(string totals, Outcome expected)
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (!mine.Heard[^1].Contains("T00", StringComparison.Ordinal))
            {
                line.HangUp();
                return;
            }

            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = $"R000 O00 B1250 E203 {reference} F00000001";
            await line.Send(RawBTerminal.Response($"T00 R000 B1250 {reference} F00000001"));
        });
        await Start(terminal, "gpe");
        var sale = await Ask(RequestKind.Sale);
        terminal.Totals = totals;

        Assert.Equal(expected, (await Ask(RequestKind.Reversal, original: new Original(sale.Id))).Outcome);
    }

    [Theory]
    [InlineData("gpe", "R")]
    [InlineData("gpe", "R0")]
    [InlineData("gpe", "ROK")]
    [InlineData("gpe", "R0000")]
    [InlineData("csob-b", "R00")]
    [InlineData("csob-b", "R000000")]
    [InlineData("gpe", "R056 R000")]
    public async Task What_is_no_response_code_or_two_of_them_is_no_decline(string protocol, string code)
    {
        Func<RawBLine, RawBTerminal, Task> answer = async (line, mine) =>
        {
            var number = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('S'));
            mine.Last = $"R000 O00 B1250 E203 {number} F00000001";
            await line.Send(RawBTerminal.Response($"T00 {code} B1250 {number} F00000001"));
        };
        await using var terminal = protocol == "gpe" ? Gpe(answer) : Csob(answer);

        var session = await Pay(terminal, protocol, "42");

        Assert.True(session.Outcome is not Outcome.Declined, session.Conclusion!.ToString());
    }

    [Fact]
    public async Task A_part_that_names_the_whole_amount_is_not_treated_as_the_whole()
    {
        await using var terminal = Gpe((line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = $"R010 O00 B1250 E203 {reference} F00000001";
            return line.Send(RawBTerminal.Response($"T00 R010 B1250 {reference} F00000001"));
        });

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, "gpe", "42")).Outcome);
    }

    [Fact]
    public async Task A_currency_that_only_the_first_word_names_is_the_one_that_was_taken()
    {
        await using var terminal = Csob((line, mine) =>
        {
            mine.Last = "R000 B1250 S42 F00123457";
            return line.Send(RawBTerminal.Response("T00 R000 B1250 E978 S42 F00123457", "8000"));
        });

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal((Money.Euro(1250), Reason.ApprovedOtherAmount), (session.Conclusion!.ApprovedAmount, session.Conclusion.Reason));
    }

    [Fact]
    public async Task A_reversal_succeeds_under_the_code_of_a_part()
    {
        await using var bench = await TestBench.Start("gpe");
        var sale = await bench.Run(TestBench.Sale(1250));
        bench.Virtual.Scripts.Replace([new TerminalScript { ResponseCode = "010" }], null);

        var reversal = await bench.Run(new TerminalRequest(RequestKind.Reversal) { Original = new Original(sale.Id) });

        Assert.Equal((Outcome.Approved, 0), (reversal.Outcome, bench.Virtual.Acquirer.Net));
    }

    [Fact]
    public async Task A_receipt_that_waits_is_fetched_in_recovery_too()
    {
        await using var terminal = Csob(async (line, mine) =>
        {
            mine.Last = "R000 B1250 S42 F00123457";
            mine.LastFlags = "0002";
            if (mine.Heard[^1].StartsWith("B3", StringComparison.Ordinal))
                await line.Send(RawBTerminal.Response("9\x1DT0PAPER\x1Dt0", type: "B4"));
            else line.HangUp();
        });

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal((Outcome.Approved, Reason.Recovered), (session.Outcome, session.Conclusion!.Reason));
        Assert.All(session.Receipts, receipt => Assert.Equal((false, "PAPER"), (receipt.Composed, receipt.Lines[0].Text)));
        Assert.Equal(2, session.Receipts.Count);
    }

    [Fact]
    public async Task A_receipt_that_never_comes_keeps_no_approval_back()
    {
        await using var terminal = Csob((line, mine) =>
        {
            mine.Last = "R000 B1250 S42 F00123457";
            mine.LastFlags = "0002";
            if (!mine.Heard[^1].StartsWith("B3", StringComparison.Ordinal)) line.HangUp();
            return Task.CompletedTask;
        });

        Assert.Equal(Outcome.Approved, (await Pay(terminal, "csob-b", "42")).Outcome);
    }

    [Theory]
    [InlineData("R056", "R000", true, Outcome.Approved)]
    [InlineData("R000", "R056", false, Outcome.Unknown)]
    [InlineData("R000", "R000", true, Outcome.Approved)]
    [InlineData("R056", "R056", false, Outcome.Declined)]
    public async Task Two_answers_behind_one_another_that_differ_are_no_word(string first, string second, bool booked, Outcome expected)
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            var number = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            mine.Last = booked ? $"R000 O00 B1250 E203 {number} F00000001" : "R360";
            var (one, other) = (RawBTerminal.Response($"T00 {first} B1250 {number} F00000001"),
                RawBTerminal.Response($"T00 {second} B1250 {number} F00000001"));
            await line.Send($"{RawBTerminal.Activity}\u0003\u0002{one}\u0003\u0002{other}"); // In one piece.
        });

        Assert.Equal(expected, (await Pay(terminal, "gpe", "42")).Outcome);
    }

    [Theory]
    [InlineData("T00 R000 B1250 B100 F00000001")]
    [InlineData("T00 R000 B1250 E203 E978 F00000001")]
    public async Task Two_amounts_or_currencies_are_no_word(string answer)
    {
        await using var terminal = Gpe((line, _) => line.Send(RawBTerminal.Response(answer)));

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, "gpe", "42")).Outcome);
    }

    [Fact]
    public async Task Totals_that_differ_from_the_host_s_prove_nothing()
    {
        await using var terminal = Gpe((line, _) =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Totals = $"R160 L{Empty}";

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, "gpe", "42")).Outcome);
    }

    [Fact]
    public async Task Control_characters_of_a_terminal_reach_no_screen()
    {
        await using var terminal = Gpe((line, _) => line.Send(RawBTerminal.Response("T00 R056 B1250 gno\x1B[31mred\x07")));

        Assert.Equal("no [31mred ", (await Pay(terminal, "gpe", "42")).Conclusion!.TerminalText);
    }

    [Theory]
    [InlineData("gpe", "fetch")]
    [InlineData("csob-b", "inline")]
    public async Task Either_way_of_receipts_works_in_either_dialect(string protocol, string mode)
    {
        var file = Dialect(protocol == "gpe" ? "gpe-1" : protocol, $"\"receipt\": {{ \"mode\": \"{mode}\" }}");
        await using var bench = await TestBench.Start(
            protocol, settings: new VirtualTerminalSettings { Dialect = file },
            adjust: terminal => terminal with { Driver = terminal.Driver with { Dialect = file } });

        var session = await bench.Run(TestBench.Sale(1200));

        Assert.Equal(Outcome.Approved, session.Outcome);
        Assert.All(session.Receipts, receipt => Assert.False(receipt.Composed));
        Assert.Equal(2, session.Receipts.Count);
    }
}
