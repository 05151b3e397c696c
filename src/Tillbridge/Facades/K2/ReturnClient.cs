using Tillbridge.Domain;

namespace Tillbridge.Facades.K2;

/// <summary>Money back to the card's account (K2: TReturnClient).</summary>
public sealed class ReturnClient(K2Terminals terminals, K2Caller caller) : K2Client(terminals, caller)
{
    /// <summary>What is given back, in major units, above zero.</summary>
    public decimal? Amount { get; set; }

    /// <summary>Alphabetic or three-digit numeric code of ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>The payment's variable symbol, 1 to 10 digits, up to 20 where the dialect carries it; never cut.</summary>
    public string? VariableSymbol { get; set; }

    private protected override TerminalRequest MakeRequest() => new(RequestKind.Refund)
    {
        Amount = MoneyOf(nameof(Amount), Amount, Currency), Reference = SymbolOf(VariableSymbol),
    };
}
