using System.Collections.Frozen;

namespace Tillbridge.Domain;

/// <summary>What a terminal of one protocol and dialect can do.</summary>
/// <param name="Kinds">The kinds of request that it understands.</param>
/// <param name="Currencies">Alphabetic codes that it can be asked for; empty means any.</param>
public sealed record Capabilities(FrozenSet<RequestKind> Kinds, FrozenSet<string> Currencies)
{
    /// <summary>Largest amount of one request in minor units.</summary>
    public long MostMinorUnits { get; init; } = Money.MostMinorUnits;

    /// <summary>Decimals of currencies that the terminal counts otherwise than ISO 4217 does, by alphabetic code.</summary>
    public IReadOnlyDictionary<string, int> WireExponents { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>True when the terminal asks for a second step before it books.</summary>
    public bool CanConfirm { get; init; }

    /// <summary>True when the terminal can be asked to stop a running payment.</summary>
    public bool CanAbort { get; init; } = true;

    /// <summary>True when a merchant index can be sent.</summary>
    public bool HasMerchants { get; init; }

    /// <summary>
    /// How many digits the number has by which the terminal's last booking is recognised after a lost answer; the engine gives every
    /// booking one. 0 when the protocol needs none.
    /// </summary>
    public int MintedReferenceDigits { get; init; }

    /// <summary>
    /// True when two bookings of one kind under one reference could not be told apart: the second is refused until the period is closed.
    /// </summary>
    public bool NeedsUniqueReferences { get; init; }

    /// <summary>True when the terminal always undoes its last booking, whatever is named: only that one may then be reversed.</summary>
    public bool ReversesOnlyLast { get; init; }

    /// <summary>True when a reference of the caller reaches the terminal.</summary>
    public bool CarriesReference { get; init; }
}
