using Tillbridge.Domain;
using Tillbridge.Protocols;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>What terminals of people who had not read our source made it say wrongly; each was wrong once.</summary>
public sealed class BOutsiderTests : BDriverFixture
{
    private const string Older = "R000 O00 B500 E203 S7 Q111 F00000009";
    private const string Nothing = "0000+000000000000";
    private const string NothingGiven = "0000-000000000000";

    [Theory]
    [InlineData("gpe", "B617")]
    [InlineData("gpe", "E978 B1250")]
    [InlineData("csob-b", "B617")]
    public async Task Two_answers_in_one_piece_that_name_other_money_conclude_nothing(string protocol, string second)
    {
        await using var terminal = Make(protocol, async (line, mine) =>
        {
            var numbers = Numbers(mine);
            var other = second.StartsWith('E') ? second : $"E203 {second}";
            mine.Last = $"R000 O00 {other} {numbers} F00000011";
            await line.SendGlued(
                RawBTerminal.Activity, RawBTerminal.Response($"T00 R000 B1250 E203 {numbers} F00000011"),
                RawBTerminal.Response($"T00 R000 {other} {numbers} F00000011"));
        });
        terminal.Last = Older;

        var approved = (await Pay(terminal, protocol, "42")).Conclusion!;

        var expected = second.StartsWith('E') ? Money.Euro(1250) : new Money(617, Currency.Of("CZK"));
        Assert.Equal((Outcome.Approved, expected), (approved.Outcome, approved.ApprovedAmount));
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_sale_that_was_forgotten_and_refunded_by_hand_is_not_called_unpaid(string protocol)
    {
        await using var terminal = Make(protocol, (line, mine) =>
        {
            mine.Totals = $"R000 L0001+0000000012500001-000000001250{Nothing}";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = Older;
        terminal.Totals = $"R000 L{Nothing}{NothingGiven}{Nothing}";

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, protocol, "42")).Outcome);
    }

    // Net and count are those of our books: only the sums of each direction say that a sale and a refund by hand took their place.
    [Theory]
    [InlineData("gpe", 500, Outcome.Failed)]
    [InlineData("gpe", 1250, Outcome.Unknown)]
    [InlineData("csob-b", 500, Outcome.Failed)]
    [InlineData("csob-b", 1250, Outcome.Unknown)]
    public async Task More_in_a_direction_than_our_books_have_contradicts_them(string protocol, int each, Outcome expected)
    {
        await using var terminal = Make(protocol, async (line, mine) =>
        {
            mine.Totals = $"R000 L0001+{each:D12}0001-{each:D12}{Nothing}";
            if (mine.Payments == 3)
            {
                line.HangUp();
                return;
            }

            var fields = mine.Heard[^1].Split(' ').Where(field => field.Length > 1).ToList();
            var numbers = string.Join(' ', fields.Where(field => field[0] is 'S' or 'Q')) + $" F0000001{mine.Payments}";
            mine.Last = $"R000 O{mine.Payments * 4 - 4:D2} B500 E203 {numbers}";
            await line.Send(RawBTerminal.Response($"{fields.Single(field => field[0] == 'T')} R000 B500 E203 {numbers}"));
        });
        await Start(terminal, protocol);
        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale, "1", minorUnits: 500)).Outcome);
        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Refund, "2", minorUnits: 500)).Outcome);

        Assert.Equal(expected, (await Ask(RequestKind.Sale, "3")).Outcome);
    }

    [Theory]
    [InlineData("gpe", 1, Outcome.Unknown)]
    [InlineData("gpe", 0, Outcome.Failed)]
    [InlineData("csob-b", 1, Outcome.Unknown)]
    [InlineData("csob-b", 0, Outcome.Failed)]
    public async Task Counts_that_disagree_never_prove_that_nothing_was_booked(string protocol, int count, Outcome expected)
    {
        await using var terminal = Make(protocol, (line, _) =>
        {
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = Older;
        terminal.Totals = $"R000 L{count:D4}+000000000000{NothingGiven}{Nothing}";

        Assert.Equal(expected, (await Pay(terminal, protocol, "42")).Outcome);
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_terminal_that_is_idle_while_it_still_books_is_asked_a_second_time(string protocol)
    {
        await using var terminal = Make(protocol, (line, mine) =>
        {
            var numbers = Numbers(mine);
            mine.Lasts.Enqueue(Older);
            mine.Last = $"R000 O00 B1250 E203 {numbers} F00000011";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = Older;

        Assert.Equal((Outcome.Approved, Reason.Recovered), Ended(await Pay(terminal, protocol, "42")));
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_result_of_another_device_is_not_ours(string protocol)
    {
        await using var terminal = Make(protocol, async (line, mine) =>
        {
            var answer = RawBTerminal.Response($"T00 R000 B1250 E203 {Numbers(mine)} F00000011");
            await line.Send(RawBTerminal.Activity, answer.Replace(RawBTerminal.Id, "PAXX9999", StringComparison.Ordinal));
        });
        terminal.Last = Older;

        Assert.NotEqual(Outcome.Approved, (await Pay(terminal, protocol, "42")).Outcome);
    }

    [Theory]
    [InlineData("gpe", RawBTerminal.Id, Outcome.Failed)]
    [InlineData("gpe", "PAXX9999", Outcome.Unknown)]
    [InlineData("csob-b", "PAXX9999", Outcome.Unknown)]
    public async Task Another_device_at_the_same_address_knows_nothing_of_our_sale(string protocol, string id, Outcome expected)
    {
        await using var terminal = Make(protocol, (line, mine) =>
        {
            mine.SpokenId = id;
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = Older;

        Assert.Equal(expected, (await Pay(terminal, protocol, "42")).Outcome);
    }

    [Theory]
    [InlineData("gpe", "E000")]
    [InlineData("gpe", "E999")]
    [InlineData("csob-b", "E276")]
    public async Task A_currency_that_is_not_known_is_not_the_one_that_was_asked(string protocol, string currency)
    {
        await using var terminal = Make(protocol, async (line, mine) =>
        {
            mine.Last = $"R000 O00 B1250 {currency} {Numbers(mine)} F00000011";
            await line.Send(RawBTerminal.Response($"T00 R000 B1250 {currency} {Numbers(mine)} F00000011"));
        });
        terminal.Last = Older;

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, protocol, "42")).Outcome);
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task An_approval_without_an_amount_is_asked_about(string protocol)
    {
        await using var terminal = Make(protocol, async (line, mine) =>
        {
            mine.Last = $"R000 O00 {Numbers(mine)} F00000011";
            await line.Send(RawBTerminal.Response($"T00 R000 {Numbers(mine)} F00000011"));
        });
        terminal.Last = Older;

        Assert.Equal(Outcome.Unknown, (await Pay(terminal, protocol, "42")).Outcome);
    }

    [Theory]
    [InlineData("", Outcome.Unknown)]
    [InlineData("\"mint\": true, ", Outcome.Approved)]
    public async Task A_terminal_that_echoes_only_the_invoice_is_recovered_where_one_of_ours_is_minted(string mint, Outcome expected)
    {
        var invoice = $$"""{{mint}}"form": "digits", "shortMax": 10, "longMin": 0, "longMax": 0""";
        var dialect = Dialect("gpe-1", $$"""
            "id": "only-s", "invoice": { {{invoice}} }
            """);
        await using var terminal = Gpe((line, mine) =>
        {
            var number = mine.Heard[^1].Split(' ').SingleOrDefault(field => field.StartsWith('S'));
            mine.Last = $"R000 O00 B1250 E203 F00000011 {number}".Trim();
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = "R000 O00 B500 E203 F00000009";

        Assert.Equal(expected, (await Pay(terminal, dialect, reference: null)).Outcome);
    }

    [Fact]
    public async Task A_period_that_the_terminal_closed_by_itself_holds_the_last_of_our_bookings()
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (mine.Payments == 3)
            {
                mine.Totals = $"R000 L0001+000000001250{NothingGiven}{Nothing}";
                line.HangUp();
                return;
            }

            var numbers = $"{Numbers(mine)} F0000001{mine.Payments}";
            mine.Last = $"R000 O00 B1250 E203 {numbers}";
            await line.Send(RawBTerminal.Response($"T00 R000 B1250 E203 {numbers}"));
        });
        await Pay(terminal, "gpe", "1");
        await Ask(RequestKind.Sale, "2");

        Assert.Equal((Outcome.Failed, Reason.NotBooked), Ended(await Ask(RequestKind.Sale, "3")));
    }

    // Found by the free terminal: where the last transaction has to tell and does not, the second word still stands against the first.
    [Fact]
    public async Task Two_answers_to_a_reversal_that_nothing_decides_conclude_nothing()
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (mine.Payments == 1)
            {
                await Approve(line, mine);
                return;
            }

            mine.Last = "R100";
            await line.SendGlued(
                RawBTerminal.Activity, RawBTerminal.Response("T10 R051 B1250 E203"),
                RawBTerminal.Response("T10 R000 B1250 E203 F00000011"));
        });
        var paid = await Pay(terminal, "gpe", "42");

        Assert.Equal(Outcome.Unknown, (await Ask(RequestKind.Reversal, original: new Original(paid.Id))).Outcome);
    }

    [Theory]
    [InlineData("R000 B1250 E203")] // It does not name the operation.
    [InlineData("R100")]
    public async Task A_reversal_answered_with_the_numbers_of_the_sale_is_that_sale_told_again(string after)
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (mine.Payments == 1)
            {
                await Approve(line, mine);
                return;
            }

            var numbers = $"{Numbers(mine)} F00000011";
            mine.Last = after == "R100" ? after : $"{after} {numbers}";
            await line.Send(RawBTerminal.Response($"T10 R000 B1250 E203 {numbers}"));
        });
        var paid = await Pay(terminal, "gpe", "42");

        Assert.Equal(Outcome.Unknown, (await Ask(RequestKind.Reversal, original: new Original(paid.Id))).Outcome);
    }

    [Fact]
    public async Task A_refusal_behind_an_earlier_booking_told_again_is_asked_about()
    {
        await using var terminal = Gpe(async (line, mine) =>
        {
            if (mine.Payments == 1)
            {
                await Approve(line, mine);
                return;
            }

            mine.Last = "R100";
            await line.Send(RawBTerminal.Response($"T10 R000 B1250 E203 {Numbers(mine)} F00000011"), RawBTerminal.Response("T10 R051"));
        });
        var paid = await Pay(terminal, "gpe", "42");

        Assert.Equal(Outcome.Unknown, (await Ask(RequestKind.Reversal, original: new Original(paid.Id))).Outcome);
    }

    [Theory]
    [InlineData("gpe", "E203", Outcome.Approved)]
    [InlineData("gpe", "E978", Outcome.Unknown)]
    [InlineData("csob-b", "E978", Outcome.Unknown)]
    public async Task A_booking_in_another_currency_is_not_the_one_whose_answer_was_lost(string protocol, string currency, Outcome expected)
    {
        await using var terminal = Make(protocol, (line, mine) =>
        {
            mine.Last = $"R000 O00 B1250 {currency} {Numbers(mine)} F00000011";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = Older;

        Assert.Equal(expected, (await Pay(terminal, protocol, "42")).Outcome);
    }

    private static async Task Approve(RawBLine line, RawBTerminal mine)
    {
        mine.Last = $"R000 B1250 E203 {Numbers(mine)} F00000011";
        await line.Send(RawBTerminal.Response($"T00 R000 B1250 E203 {Numbers(mine)} F00000011"));
    }

    private static RawBTerminal Make(string protocol, Func<RawBLine, RawBTerminal, Task> pay) =>
        protocol == "gpe" ? Gpe(pay) : Csob(pay);

    private static string Numbers(RawBTerminal terminal) => string.Join(
        ' ', terminal.Heard.Last(frame => frame.Contains(" T00", StringComparison.Ordinal)).Split(' ')
            .Where(field => field.Length > 0 && field[0] is 'S' or 'Q'));

    private static (Outcome? Outcome, string Reason) Ended(Session session) => (session.Outcome, session.Conclusion!.Reason);
}
