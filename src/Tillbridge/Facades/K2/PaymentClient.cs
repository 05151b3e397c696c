using Tillbridge.Domain;

namespace Tillbridge.Facades.K2;

/// <summary>A payment (K2: TPaymentClient).</summary>
public sealed class PaymentClient(K2Terminals terminals, K2Caller caller) : K2Client(terminals, caller)
{
    /// <summary>What is to be paid, in major units, above zero.</summary>
    public decimal? Amount { get; set; }

    /// <summary>Alphabetic or three-digit numeric code of ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>The payment's variable symbol, 1 to 10 digits, up to 20 where the dialect carries it; never cut.</summary>
    public string? VariableSymbol { get; set; }

    private protected override TerminalRequest MakeRequest() => new(RequestKind.Sale)
    {
        Amount = MoneyOf(nameof(Amount), Amount, Currency), Reference = SymbolOf(VariableSymbol),
    };
}
