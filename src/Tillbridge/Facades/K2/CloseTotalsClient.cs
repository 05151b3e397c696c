using Tillbridge.Domain;

namespace Tillbridge.Facades.K2;

/// <summary>Closes the period and compares totals (K2: TCloseTotalsClient).</summary>
public sealed class CloseTotalsClient(K2Terminals terminals, K2Caller caller) : K2Client(terminals, caller)
{
    /// <summary>The terminal's totals; null when it sent none that could be read.</summary>
    public Totals? Totals => Conclusion?.Totals;

    /// <summary>Whether the period is closed, also where the totals differ; null when that is not known.</summary>
    public bool? PeriodClosed => Conclusion?.HasClosed;

    private protected override string ApprovedText => "close-approved";

    private protected override TerminalRequest MakeRequest() => new(RequestKind.Reconciliation);
}
