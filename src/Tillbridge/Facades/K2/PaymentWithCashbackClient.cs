using Tillbridge.Domain;

namespace Tillbridge.Facades.K2;

/// <summary>A payment with cash (K2: TPaymentWithCashbackClient).</summary>
public sealed class PaymentWithCashbackClient(K2Terminals terminals, K2Caller caller) : K2Client(terminals, caller)
{
    /// <summary>What is to be paid, in major units, above zero.</summary>
    public decimal? Amount { get; set; }

    /// <summary>The cash that the customer takes besides, in major units, above zero; not contained in <see cref="Amount"/>.</summary>
    public decimal? CashbackAmount { get; set; }

    /// <summary>Alphabetic or three-digit numeric code of ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>The payment's variable symbol, 1 to 10 digits, up to 20 where the dialect carries it; never cut.</summary>
    public string? VariableSymbol { get; set; }

    private protected override TerminalRequest MakeRequest() => new(RequestKind.SaleWithCashback)
    {
        Amount = MoneyOf(nameof(Amount), Amount, Currency),
        Cashback = MoneyOf(nameof(CashbackAmount), CashbackAmount, Currency),
        Reference = SymbolOf(VariableSymbol),
    };
}
