using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>What results say about money, found by fuzzing guided by coverage (fuzz/run).</summary>
public sealed class BMoneyTests
{
    private static readonly Currency Koruna = Currency.TryFind("CZK", out var koruna) ? koruna : Currency.Euro;
    private static readonly Currency Forint = Currency.TryFind("HUF", out var forint) ? forint : Currency.Euro;

    [Theory]
    [InlineData("gpe-1")]
    [InlineData("csob-b")]
    public void A_payment_with_cash_that_was_approved_in_another_currency_says_nothing_of_the_cash(string id)
    {
        var dialect = BDialectFiles.Of(id);
        var asked = new TerminalRequest(RequestKind.SaleWithCashback)
        {
            Amount = new Money(10_000, Koruna), Cashback = new Money(5_000, Koruna),
        };
        var conclusions = new BConclusions(dialect, Koruna);

        var error = Assert.Throws<ProtocolViolationException>(() =>
            conclusions.Of(Frame(dialect, "T08\u001CR000\u001CB10000\u001CE978"), asked));

        Assert.Contains("cash", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sums_of_a_period_that_together_are_over_every_amount_are_no_totals()
    {
        var dialect = BDialectFiles.Of("csob-b");
        var conclusions = new BConclusions(dialect, Forint);
        var sums = $"001001{"0001-9999999999999999"}{"000190000000000000000"}";

        var said = conclusions.Of(Frame(dialect, $"T60\u001CR000\u001Cl{sums}"), new TerminalRequest(RequestKind.Subtotals));

        Assert.Null(said.Totals);
        Assert.Equal(sums, said.TotalsText);
    }

    private static BFrame Frame(BDialect dialect, string data)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"B20112345678261128101112000{0}{data.Length + 1:X4}A5A5");
        return BCodec.Decode(Encoding.Latin1.GetBytes($"\u0002{header}\u001C{data}\u0003"), dialect);
    }
}
