using Tillbridge.Domain;

namespace Tillbridge.Facades.K2;

/// <summary>
/// Undoes the terminal's last transaction (K2: TReversalClient). Refused before anything is sent when the journal knows that another one
/// was the last.
/// </summary>
public sealed class ReversalClient(K2Terminals terminals, K2Caller caller) : K2Client(terminals, caller)
{
    /// <summary>The amount of the payment, in major units, above zero.</summary>
    public decimal? Amount { get; set; }

    /// <summary>Alphabetic or three-digit numeric code of ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>The approval code of the payment, 1 to 8 characters.</summary>
    public string? VerificationCode { get; set; }

    private protected override TerminalRequest MakeRequest()
    {
        if (VerificationCode is not { Length: >= 1 and <= 8 } code || !code.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException("VerificationCode must be 1 to 8 letters and digits.", nameof(VerificationCode));
        return new(RequestKind.Reversal)
        {
            Amount = MoneyOf(nameof(Amount), Amount, Currency), Original = new Original(Approval: code),
        };
    }
}
