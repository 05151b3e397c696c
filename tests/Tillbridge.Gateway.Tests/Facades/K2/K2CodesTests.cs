using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Facades.K2.Texts;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>Every code of both terminals in the words of the face (k2-client.md §2.5), over the real wire.</summary>
public sealed class K2CodesTests
{
    [Theory]
    [InlineData("gpe", "000", Outcome.Approved, "approved")]
    [InlineData("gpe", "009", Outcome.Approved, "approved")]
    [InlineData("gpe", "051", Outcome.Failed, "host-unreachable")]
    [InlineData("gpe", "053", Outcome.Failed, "host-answer-lost")]
    [InlineData("gpe", "055", Outcome.Declined, "declined-card")]
    [InlineData("gpe", "056", Outcome.Declined, "declined-host")]
    [InlineData("gpe", "060", Outcome.Cancelled, "cancelled-operator")]
    [InlineData("gpe", "061", Outcome.Cancelled, "cancelled-customer")]
    [InlineData("gpe", "062", Outcome.Cancelled, "cancelled-customer")]
    [InlineData("gpe", "063", Outcome.Cancelled, "timeout-terminal")]
    [InlineData("gpe", "071", Outcome.Failed, "currency")]
    [InlineData("gpe", "080", Outcome.Failed, "no-paper")]
    [InlineData("gpe", "081", Outcome.Declined, "reversed")]
    [InlineData("gpe", "082", Outcome.Declined, "reversed")]
    [InlineData("gpe", "100", Outcome.Failed, "unsupported")]
    [InlineData("gpe", "103", Outcome.Failed, "protocol-error")]
    [InlineData("gpe", "106", Outcome.Failed, "protocol-error")]
    [InlineData("gpe", "108", Outcome.Failed, "terminal-busy")]
    [InlineData("gpe", "110", Outcome.Failed, "amount-not-allowed")]
    [InlineData("gpe", "200", Outcome.Failed, "protocol-error")]
    [InlineData("gpe", "050", Outcome.Failed, "general-error")]
    [InlineData("gpe", "500", Outcome.Failed, "general-error")]
    [InlineData("gpe", "777", Outcome.Declined, "declined-other")]
    [InlineData("csob-b", "000", Outcome.Approved, "approved")]
    [InlineData("csob-b", "-01", Outcome.Cancelled, "cancelled-customer")]
    [InlineData("csob-b", "-02", Outcome.Failed, "terminal-busy")]
    [InlineData("csob-b", "-09", Outcome.Declined, "declined-card")]
    [InlineData("csob-b", "-12", Outcome.Declined, "declined-host")]
    [InlineData("csob-b", "-18", Outcome.Cancelled, "timeout-terminal")]
    [InlineData("csob-b", "-29", Outcome.Declined, "declined-card")]
    [InlineData("csob-b", "-77", Outcome.Declined, "declined-other")]
    public async Task A_payment_ends_with_the_outcome_and_reason_of_its_code(string protocol, string code, Outcome outcome, string reason)
    {
        await using var bench = await K2Bench.Start(byHttp: false, protocol: protocol);
        bench.Gateway.Scripts().Replace([new TerminalScript { ResponseCode = code == "000" ? null : code }], TerminalScript.Plain);
        using var payment = bench.Payment(1234.50m, symbol: "20260042", currency: "CZK");

        Assert.Equal(outcome is Outcome.Approved, payment.Execute());

        Assert.Equal((outcome, reason), (payment.Outcome, payment.Reason));
        Assert.Equal(code, payment.ResponseCode);
        foreach (var language in K2Texts.Languages)
        {
            payment.Language = language;
            Assert.StartsWith(K2Texts.For(reason, language), payment.LocalizedResponseDescription, StringComparison.Ordinal);
        }

        Assert.Equal(outcome is Outcome.Approved ? 123450 : 0, bench.Gateway.Acquirer.Net);
    }

    [Theory]
    [InlineData("gpe", "000", true, true, "Uzávěrka hotová, součty souhlasí.")]
    [InlineData("gpe", "160", false, true, "Uzávěrka hotová, součty nesouhlasí.")]
    [InlineData("gpe", "161", false, false, "Uzávěrka nedokončena, součty nesouhlasí.")]
    [InlineData("csob-b", "000", true, true, "Uzávěrka hotová, součty souhlasí.")]
    public async Task A_close_says_whether_the_period_is_closed(string protocol, string code, bool value, bool closed, string sentence)
    {
        await using var bench = await K2Bench.Start(byHttp: true, protocol: protocol);
        bench.Gateway.Scripts().Replace([new TerminalScript { ResponseCode = code == "000" ? null : code }], TerminalScript.Plain);
        using var close = new CloseTotalsClient(bench.Terminals, bench.Caller) { Language = "cs" };

        Assert.Equal(value, close.Execute());

        Assert.Equal(closed, close.PeriodClosed);
        Assert.StartsWith(sentence, close.LocalizedResponseDescription, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_reversal_is_that_of_the_last_payment_or_is_not_sent(string protocol)
    {
        await using var bench = await K2Bench.Start(byHttp: true, protocol: protocol);
        string code;
        using (var payment = bench.Payment(100m, currency: "CZK"))
        {
            Assert.True(payment.Execute());
            code = payment.ApprovalCode!;
        }

        Assert.Equal((Outcome.Failed, "not-the-last-transaction"), Reverse(101m, code));
        Assert.Equal((Outcome.Failed, "not-the-last-transaction"), Reverse(100m, "99999999"));
        Assert.Equal((Outcome.Approved, "approved"), Reverse(100m, code));
        Assert.Equal((Outcome.Failed, "not-the-last-transaction"), Reverse(100m, code));
        Assert.Equal(0, bench.Gateway.Acquirer.Net);

        (Outcome?, string?) Reverse(decimal amount, string approval)
        {
            using var reversal = new ReversalClient(bench.Terminals, bench.Caller)
            {
                Amount = amount, Currency = "CZK", VerificationCode = approval,
            };
            reversal.Execute();
            return (reversal.Outcome, reversal.Reason);
        }
    }

    [Theory]
    [InlineData("gpe")]
    [InlineData("csob-b")]
    public async Task A_symbol_is_sent_once_per_period_and_never_cut(string protocol)
    {
        await using var bench = await K2Bench.Start(byHttp: false, protocol: protocol);
        using (var first = bench.Payment(100m, symbol: "20260042", currency: "CZK")) Assert.True(first.Execute());
        Assert.Equal("20260042", Assert.Single(bench.Gateway.Acquirer.Lines).Reference);
        using (var far = bench.Payment(100m, symbol: new string('7', protocol == "gpe" ? 11 : 21), currency: "CZK"))
            Assert.Throws<ArgumentException>(() => far.Execute());
        Assert.Single(bench.Gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_symbol_that_is_used_already_is_said_to_be_in_the_cashiers_language(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp, protocol: "csob-b");
        foreach (var expected in new[] { true, false })
        {
            using var back = new ReturnClient(bench.Terminals, bench.Caller)
            {
                Amount = 10m, Currency = "CZK", VariableSymbol = "20260043", Language = "cs",
            };
            Assert.Equal(expected, back.Execute());
            if (expected) continue;
            Assert.Equal((Outcome.Failed, "symbol-used"), (back.Outcome, back.Reason));
            Assert.StartsWith("Tento variabilní symbol už má", back.LocalizedResponseDescription, StringComparison.Ordinal);
        }

        Assert.Single(bench.Gateway.Acquirer.Lines);
    }
}
