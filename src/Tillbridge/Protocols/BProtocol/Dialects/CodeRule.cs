using System.Collections.Frozen;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>What a response code says about a payment.</summary>
internal enum CodeGroup
{
    Approved,
    Partial,
    Reversed,
    Busy,
    Cancelled,
    Timeout,
    Declined,
    Failed,
    NotExecuted,
    Uncertain,
    ReversalRefused,
    TotalsDifferClosed,
    TotalsDifferOpen,
    Other,
}

/// <summary>The response codes of a dialect.</summary>
/// <param name="Groups">Group by code.</param>
/// <param name="LastNotFound">Answers to T82 that say that nothing is stored.</param>
/// <param name="ReversalSuccess">Codes with which a reversal succeeded.</param>
/// <param name="Reasons">Stable reason by code, where it is finer than its group.</param>
internal sealed record CodeRule(
    FrozenDictionary<string, CodeGroup> Groups, FrozenSet<string> LastNotFound, FrozenSet<string> ReversalSuccess,
    FrozenDictionary<string, string> Reasons)
{
    public CodeGroup GroupOf(string code) => Groups.GetValueOrDefault(code, CodeGroup.Other);

    /// <summary>The first code of a group; null when the dialect has none.</summary>
    public string? FirstOf(CodeGroup group) =>
        Groups.Where(pair => pair.Value == group).Select(pair => pair.Key).Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>All codes that a terminal of this dialect is known to say.</summary>
    public IReadOnlyList<string> All { get; } =
        [.. Groups.Keys.Concat(LastNotFound).Concat(ReversalSuccess).Distinct().Order(StringComparer.Ordinal)];
}
