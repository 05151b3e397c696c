using System.Collections.Frozen;
using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>How numbers and currencies of rows are read.</summary>
public sealed record RowRules
{
    /// <summary>Plain numbers are major units; false reads minor units as the terminal's dialect counts them.</summary>
    public bool MajorUnits { get; init; }

    /// <summary>The currency of rows that name none.</summary>
    public Currency Currency { get; init; } = Currency.Of("CZK");

    /// <summary>Decimals of currencies that the terminal counts otherwise than ISO 4217 (gpe.md §3: HUF 0).</summary>
    public IReadOnlyDictionary<string, int> WireExponents { get; init; } = FrozenDictionary<string, int>.Empty;

    /// <summary>
    /// The terminal carries a reference number beside the invoice (gpe.md §3: Q). Where it does not, a row's ReferenceNumber is sent as the
    /// invoice if the row names none.
    /// </summary>
    public bool HasReferenceNumber { get; init; } = true;

    /// <summary>The most that one row may move, cash included, in major units; null takes what the protocol can carry.</summary>
    public decimal? MostMajor { get; init; }

    /// <summary>Decimals of a currency as the terminal counts it, never more than ISO 4217 gives it.</summary>
    internal int WireExponent(Currency currency) =>
        Math.Min(currency.Exponent, WireExponents.GetValueOrDefault(currency.Code, currency.Exponent));

    /// <summary>Minor units as the terminal counts them.</summary>
    internal long ToWire(Money money)
    {
        var scale = (long)Math.Pow(10, money.Currency.Exponent - WireExponent(money.Currency));
        return money.MinorUnits / scale;
    }
}
