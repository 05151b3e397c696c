using Tillbridge.Domain;
using Tillbridge.Facades.Rows;
using Connectors = Tillbridge.Facades.Rows.Rows;

namespace Tillbridge.Tests.Facades.Rows;

/// <summary>The connectors' columns and how a row becomes a request and an end a row.</summary>
public sealed class RowConnectorTests
{
    private static readonly RowRules Rules = new();
    private static readonly DateTime At = new(2026, 11, 21, 10, 15, 0, DateTimeKind.Unspecified);

    [Fact]
    public void Sub_total_has_the_seed_s_columns_in_the_seed_s_order_with_its_slip()
    {
        Assert.Equal(
            "TerminalId,TransactionTimestamp,IsTransactionApporoved,ResponseCode,CodePage,PrintingText",
            string.Join(',', Connectors.SubTotal.Output.Select(column => column.Name)));
        Assert.Equal([true, false, false, true, true, true], Connectors.SubTotal.Output.Select(column => column.Nullable));
    }

    [Theory]
    [InlineData("000", Outcome.Approved, true)]
    [InlineData("009", Outcome.Approved, true)]
    [InlineData("010", Outcome.Approved, true)]
    [InlineData("160", Outcome.Declined, false)]
    [InlineData("161", Outcome.Declined, false)]
    [InlineData("056", Outcome.Declined, false)]
    public void The_flag_is_true_exactly_for_000_to_010(string code, Outcome outcome, bool flag)
    {
        var conclusion = new Conclusion(outcome, Reason.Done)
        {
            ResponseCode = code, TerminalTime = At, PrintText = "A\r\nB", PrintCodePage = "2",
        };
        var end = End(outcome is Outcome.Approved ? RowOutcome.Approved : RowOutcome.Declined, new(RequestKind.Subtotals), conclusion);

        Assert.Equal([null, At, flag, code, "2", "A\nB"], Connectors.SubTotal.Write(end, Rules));
    }

    [Fact]
    public void A_row_with_everything_becomes_a_sale_with_cash()
    {
        var reading = Connectors.Payment.Read(
            Row(
                ("amount", "25050"), ("AmountCashBack", "50000"), ("Currency", "203"), ("InvoiceNumber", "1002"),
                ("CustomerLanguage", "EN"),
                ("ClientId", "C 7"), ("MultiIdAccountNumber", "A1"), ("ReferenceNumber", "REF-7")),
            Rules);

        var request = reading.Request!;
        Assert.Null(reading.Fault);
        Assert.Equal(RequestKind.SaleWithCashback, request.Kind);
        var crown = Currency.Of("CZK");
        Assert.Equal((new Money(25050, crown), new Money(50000, crown)), (request.Amount!.Value, request.Cashback!.Value));
        Assert.Equal(("1002", "en"), (request.Reference, request.Language));
        Assert.Equal(("REF-7", "C 7", "A1"), (request.Details!.ReferenceNumber, request.Details.ClientId, request.Details.AccountNumber));
    }

    [Theory]
    [InlineData("Amount", "")]
    [InlineData("Amount", "0")]
    [InlineData("Currency", "999")]
    [InlineData("InvoiceNumber", "12345678901")]
    [InlineData("InvoiceNumber", "A1")]
    [InlineData("CustomerLanguage", "ces")]
    [InlineData("ClientId", "123456789012345678901")]
    [InlineData("ReferenceNumber", "a\u0007b")]
    [InlineData("AmountCashBack", "x")]
    [InlineData("IpPort", "0")]
    public void A_bad_value_names_its_column(string column, string value)
    {
        var row = Row(("Amount", "100"), ("IpAddress", "10.0.0.5"));
        row[column] = value;

        var reading = Connectors.Payment.Read(row, Rules);

        Assert.Null(reading.Request);
        Assert.StartsWith(column, reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void An_amount_over_the_run_s_limit_is_refused()
    {
        var rules = Rules with { MostMajor = 50 };
        Assert.NotNull(Connectors.Refund.Read(Row(("Amount", "5000")), rules).Request);
        Assert.Contains("--max-amount", Connectors.Refund.Read(Row(("Amount", "5001")), rules).Fault, StringComparison.Ordinal);
        var letters = Connectors.Refund.Read(Row(("Amount", "1"), ("ClientId", "C7")), rules);
        Assert.StartsWith("ClientId", letters.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3000", "2000", true)]
    [InlineData("3000", "2001", false)]
    [InlineData("5001", "", false)]
    public void The_run_s_limit_holds_for_all_that_the_customer_pays(string amount, string cash, bool taken)
    {
        var reading = Connectors.Payment.Read(Row(("Amount", amount), ("AmountCashBack", cash)), Rules with { MostMajor = 50 });

        Assert.Equal(taken, reading.Request is not null);
        if (!taken) Assert.Contains("--max-amount 50", reading.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_names_half_of_an_address_leaves_the_other_half_to_the_run()
    {
        Assert.Equal(("10.0.0.6", 2051), Read("10.0.0.6", "2051"));
        Assert.Equal(("10.0.0.6", null), Read("10.0.0.6", null));
        Assert.Equal((null, 2051), Read(null, "2051"));
        Assert.Null(Read(null, null));

        static (string? Host, int? Port)? Read(string? host, string? port) =>
            Connectors.Payment.Read(Row(("Amount", "1"), ("IpAddress", host), ("IpPort", port)), Rules).Address;
    }

    [Fact]
    public void Totals_are_sent_when_one_is_given_and_the_rest_is_nothing()
    {
        Assert.Null(Connectors.CloseTotals.Read(Row(), Rules).Request!.Details);
        var row = Row(("DebitTransactionCount", "12"), ("CreditTransactionSum", "-2500"));
        var some = Connectors.CloseTotals.Read(row, Rules).Request!.Details!;
        Assert.Equal([(12, 0L), (0, -2500L), (0, 0L)], some.TillTotals.Select(total => (total.Count, total.Sum.MinorUnits)));
        Assert.Equal("P", Connectors.CloseTotals.Read(Row(("RegionCode", "P")), Rules).Request!.Details!.Region);
    }

    [Theory]
    [InlineData(Outcome.Approved, null, RowOutcome.Approved, true)]
    [InlineData(Outcome.Declined, true, RowOutcome.Declined, true)]
    [InlineData(Outcome.Declined, false, RowOutcome.Declined, false)]
    [InlineData(Outcome.Failed, null, RowOutcome.Failed, false)]
    [InlineData(Outcome.Unknown, null, RowOutcome.Unknown, null)]
    public void Of_a_close_that_is_unknown_no_row_says_whether_the_period_is_closed(
        Outcome outcome, bool? told, RowOutcome row, bool? closed)
    {
        var end = End(row, new(RequestKind.Reconciliation), new Conclusion(outcome, Reason.Done) { PeriodClosed = told });

        var place = Connectors.CloseTotals.Output.ToList().FindIndex(column => column.Name == "PeriodClosed");
        Assert.Equal(closed, Connectors.CloseTotals.Write(end, Rules)[place]);
    }

    [Fact]
    public void What_was_approved_is_told_apart_from_the_cash_in_it()
    {
        var crown = Currency.Of("CZK");
        var request = new TerminalRequest(RequestKind.SaleWithCashback) { Amount = new Money(5000, crown), Reference = "42" };
        var conclusion = new Conclusion(Outcome.Approved, Reason.Approved)
        {
            ResponseCode = "000", ApprovedAmount = new Money(15000, crown), ApprovedCashback = new Money(10000, crown), TerminalTime = At,
            References = new("7", Approval: "00123456", TerminalId: "12345678"), Card = new("411111******1111", "VISA"),
        };

        var values = Connectors.Payment.Write(End(RowOutcome.Approved, request, conclusion), Rules);

        Assert.Equal(
            ["12345678", At, true, "000", 5000L, 10000L, "203", "00123456", "42", null, "411111******1111", "VISA", "7", null, null, null],
            values);
    }

    private static RowEnd End(RowOutcome outcome, TerminalRequest request, Conclusion conclusion) => new(outcome, At)
    {
        Session = new Session(new(new string('0', 32)), "t", request, DateTimeOffset.UnixEpoch)
        {
            Phase = SessionPhase.Closed, Conclusion = conclusion,
        },
    };

    private static Dictionary<string, string?> Row(params (string Column, string? Value)[] columns) =>
        columns.ToDictionary(column => column.Column, column => column.Value, StringComparer.OrdinalIgnoreCase);
}
