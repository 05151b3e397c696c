using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>The five client objects, in the engine's process and over a gateway: the same words, the same truth.</summary>
public sealed class K2ClientTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_payment_blocks_until_it_is_approved_and_tells_everything(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        using var payment = bench.Payment(12.50m, symbol: "2026001234");
        Assert.Equal((null, "", false), (payment.Outcome, payment.LocalizedResponseDescription, payment.Successful));

        Assert.True(payment.Execute());

        Assert.Equal((Outcome.Approved, "approved", 12.50m), (payment.Outcome, payment.Reason, payment.ApprovedAmount));
        Assert.StartsWith("Payment approved.", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        Assert.NotNull(payment.ReceiptNumber);
        Assert.NotNull(payment.ApprovalCode);
        Assert.NotNull(payment.SessionId);
        Assert.Contains("*", payment.CardNumber, StringComparison.Ordinal);
        Assert.NotEmpty(payment.ReceiptText!);
        Assert.Equal("2026001234", Assert.Single(bench.Gateway.Acquirer.Lines).Reference);
        Assert.Throws<InvalidOperationException>(() => payment.Execute());
        payment.Free();
        payment.Free();
        Assert.Throws<ObjectDisposedException>(() => payment.Execute());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_kind_of_client_does_its_own_work(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        string code;
        using (var payment = bench.Payment(10m))
        {
            Assert.True(payment.Execute());
            code = payment.ApprovalCode!;
        }

        using (var reversal = new ReversalClient(bench.Terminals, bench.Caller) { Amount = 10m, Currency = "EUR", VerificationCode = code })
            Assert.True(reversal.Execute(), reversal.LocalizedResponseDescription);
        using (var cash = new PaymentWithCashbackClient(bench.Terminals, bench.Caller))
        {
            (cash.Amount, cash.CashbackAmount, cash.Currency) = (5m, 20m, "978");
            Assert.True(cash.Execute());
            Assert.Equal(25m, cash.ApprovedAmount);
        }

        using (var back = new ReturnClient(bench.Terminals, bench.Caller) { Amount = 9.90m, Currency = "EUR" }) Assert.True(back.Execute());
        Assert.Equal(2500 - 990, bench.Gateway.Acquirer.Net);
        using var close = new CloseTotalsClient(bench.Terminals, bench.Caller) { Language = "cs" };
        Assert.True(close.Execute());
        Assert.Equal((true, "Uzávěrka hotová, součty souhlasí."), (close.PeriodClosed, close.LocalizedResponseDescription));
        Assert.NotNull(close.Totals);
    }

    [Theory]
    [InlineData(9901, Outcome.Declined, "declined-host", true)]
    [InlineData(9902, Outcome.Cancelled, "cancelled", true)]
    [InlineData(9908, Outcome.Failed, "terminal-busy", false)]
    [InlineData(9905, Outcome.Approved, "approved", false)]
    [InlineData(9904, Outcome.Failed, "not-booked", false)]
    public async Task What_the_terminal_does_is_told_in_the_words_of_the_face(int cents, Outcome outcome, string reason, bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        using var payment = bench.Payment(cents / 100m);

        Assert.Equal(outcome is Outcome.Approved, payment.Execute());

        Assert.Equal((outcome, reason), (payment.Outcome, payment.Reason));
        Assert.NotEmpty(payment.LocalizedResponseDescription);
        Assert.Equal(outcome is Outcome.Approved ? 1 : 0, bench.Gateway.Acquirer.Lines.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_partial_approval_says_the_difference_first(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { ExtraMinorUnits = 250 }], TerminalScript.Plain);
        using var payment = bench.Payment(10m);

        Assert.True(payment.Execute());

        Assert.Equal(("approved-other-amount", 12.50m), (payment.Reason, payment.ApprovedAmount));
        var said = payment.LocalizedResponseDescription;
        Assert.StartsWith("12.50 EUR was approved, 10.00 EUR was asked for.", said, StringComparison.Ordinal);
    }

    public static IEnumerable<TheoryDataRow<string>> WrongProperties() =>
    [
        "no amount", "zero", "negative", "three decimals", "no currency", "no such currency", "letters", "21 digits", "no code",
        "long code", "no cash",
    ];

    [Theory]
    [MemberData(nameof(WrongProperties))]
    public async Task A_missing_or_wrong_property_throws_and_nothing_is_sent(string wrong)
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        using K2Client client = wrong switch
        {
            "no amount" => new PaymentClient(bench.Terminals, bench.Caller) { Currency = "EUR" },
            "zero" => bench.Payment(0m),
            "negative" => bench.Payment(-1m),
            "three decimals" => bench.Payment(12.345m),
            "no currency" => new PaymentClient(bench.Terminals, bench.Caller) { Amount = 1m },
            "no such currency" => new PaymentClient(bench.Terminals, bench.Caller) { Amount = 1m, Currency = "XYZ" },
            "letters" => bench.Payment(1m, symbol: "AB12"),
            "21 digits" => bench.Payment(1m, symbol: new string('1', 21)),
            "no code" => new ReversalClient(bench.Terminals, bench.Caller) { Amount = 1m, Currency = "EUR" },
            "long code" => new ReversalClient(bench.Terminals, bench.Caller)
            {
                Amount = 1m, Currency = "EUR", VerificationCode = "123456789",
            },
            _ => new PaymentWithCashbackClient(bench.Terminals, bench.Caller) { Amount = 1m, Currency = "EUR" },
        };

        Assert.Throws<ArgumentException>(() => client.Execute());

        Assert.Equal(0, bench.Gateway.Scripts().Taken);
    }

    [Theory]
    [InlineData(12.50)]
    [InlineData(7)]
    public async Task Trailing_zeros_are_no_lost_digits(double amount)
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        using var payment = bench.Payment((decimal)amount * 1.00000m);

        Assert.True(payment.Execute());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whose_caller_stops_waiting_is_told_unknown_and_learns_the_truth_later(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 4 }], TerminalScript.Plain);
        using var payment = bench.Payment(12.50m);
        payment.WaitLimit = TimeSpan.FromSeconds(1);

        Assert.False(payment.Execute());

        Assert.Equal((Outcome.Unknown, "no-answer-in-time"), (payment.Outcome, payment.Reason));
        Assert.StartsWith("No answer within 1 s. It is not known", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        Assert.True(payment.WaitForOutcome(TimeSpan.FromSeconds(30)));
        Assert.Equal((Outcome.Approved, true), (payment.Outcome, payment.Successful));
        Assert.Single(bench.Gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task K2_s_own_rule_stops_the_terminal_at_the_limit_and_states_nothing_more(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        using var payment = bench.Payment(12.50m);
        (payment.K2Compatible, payment.WaitLimit) = (true, TimeSpan.FromSeconds(1));

        Assert.False(payment.Execute());

        Assert.Equal(Outcome.Unknown, payment.Outcome);
        Assert.True(payment.WaitForOutcome(TimeSpan.FromSeconds(30)));
        Assert.Equal(Outcome.Cancelled, payment.Outcome);
        Assert.Empty(bench.Gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_abort_from_another_thread_ends_the_payment_as_the_terminal_says(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        using var payment = bench.Payment(12.50m);
        var executing = payment.ExecuteAsync(TestContext.Current.CancellationToken);
        await bench.Gateway.UntilInFlight();

        payment.Abort();

        Assert.False(await executing);
        Assert.Equal(Outcome.Cancelled, payment.Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_unknown_the_next_payment_is_refused_in_words(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        using (var lost = bench.Payment(99.13m))
        {
            lost.WaitLimit = TimeSpan.FromSeconds(60);
            Assert.False(lost.Execute());
            Assert.Equal((Outcome.Unknown, "outcome-unknown"), (lost.Outcome, lost.Reason));
        }

        using var next = bench.Payment(1m);

        Assert.False(next.Execute());
        Assert.Equal((Outcome.Failed, "unresolved-session"), (next.Outcome, next.Reason));
        Assert.Single(bench.Gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData("unknown", "null", null)]
    [InlineData("unknown", "true", null)]
    [InlineData("approved", "null", true)]
    [InlineData("declined", "true", true)]
    [InlineData("declined", "null", null)]
    [InlineData("declined", "false", false)]
    [InlineData("failed", "null", false)]
    public async Task Of_a_close_that_is_unknown_nobody_says_whether_the_period_is_closed(string outcome, string told, bool? closed)
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (request, _) => request.StartsWith("GET /v1/sessions/", StringComparison.Ordinal)
            ? new FrontAct(200, $$"""{"id":"{{request[17..]}}","phase":"closed","outcome":"{{outcome}}","periodClosed":{{told}}}""")
            : null;
        using var close = new CloseTotalsClient(bench.OpenAt(door.Address), bench.Caller);

        Assert.Equal(outcome == "approved", close.Execute());

        Assert.Equal(closed, close.PeriodClosed);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_said_to_be_and_nothing_was_sent()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var nowhere = K2Terminals.Connect("http://127.0.0.1:9", options: new() { LogDirectory = bench.Logs, Language = "de" });
        using var payment = new PaymentClient(nowhere, bench.Caller) { Amount = 1m, Currency = "EUR" };

        Assert.False(payment.Execute());

        Assert.Equal((Outcome.Failed, "gateway-unreachable"), (payment.Outcome, payment.Reason));
        Assert.StartsWith("Das Gateway antwortet nicht", payment.LocalizedResponseDescription, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => K2Terminals.Connect("gateway:8190"));
    }
}
