using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tillbridge.Domain;

/// <summary>A currency of ISO 4217 with its alphabetic code, numeric code and number of decimals.</summary>
public sealed record Currency
{
    private Currency(string code, int numeric, int exponent) => (Code, Numeric, Exponent) = (code, numeric, exponent);

    /// <summary>Three capital letters, for example <c>EUR</c>.</summary>
    public string Code { get; }

    /// <summary>ISO 4217 numeric code, 1 to 999.</summary>
    public int Numeric { get; }

    /// <summary>Decimals of the minor unit: 0, 2 or 3.</summary>
    public int Exponent { get; }

    /// <summary>How many minor units make one major unit: 1, 100 or 1000.</summary>
    public long MinorPerMajor => Exponent switch { 0 => 1, 2 => 100, _ => 1000 };

    // ISO 4217:2015 with the amendments to 2025: "code numeric exponent", funds and metals left out. The lev and the kuna are gone, and
    // terminals that still name them are to be understood.
    private const string Table =
        "AED7842 AFN9712 ALL0082 AMD0512 AOA9732 ARS0322 AUD0362 AWG5332 AZN9442 BAM9772 BBD0522 BDT0502 BHD0483 " +
        "BGN9752 BIF1080 BMD0602 BND0962 BOB0682 BRL9862 BSD0442 BTN0642 BWP0722 BYN9332 BZD0842 CAD1242 CDF9762 CHF7562 " +
        "CLP1520 CNY1562 COP1702 CRC1882 CUP1922 CVE1322 CZK2032 DJF2620 DKK2082 DOP2142 DZD0122 EGP8182 ERN2322 " +
        "ETB2302 EUR9782 FJD2422 FKP2382 GBP8262 GEL9812 GHS9362 GIP2922 GMD2702 GNF3240 GTQ3202 GYD3282 HKD3442 " +
        "HNL3402 HRK1912 HTG3322 HUF3482 IDR3602 ILS3762 INR3562 IQD3683 IRR3642 ISK3520 JMD3882 JOD4003 JPY3920 KES4042 " +
        "KGS4172 KHR1162 KMF1740 KPW4082 KRW4100 KWD4143 KYD1362 KZT3982 LAK4182 LBP4222 LKR1442 LRD4302 LSL4262 " +
        "LYD4343 MAD5042 MDL4982 MGA9692 MKD8072 MMK1042 MNT4962 MOP4462 MRU9292 MUR4802 MVR4622 MWK4542 MXN4842 " +
        "MYR4582 MZN9432 NAD5162 NGN5662 NIO5582 NOK5782 NPR5242 NZD5542 OMR5123 PAB5902 PEN6042 PGK5982 PHP6082 " +
        "PKR5862 PLN9852 PYG6000 QAR6342 RON9462 RSD9412 RUB6432 RWF6460 SAR6822 SBD0902 SCR6902 SDG9382 SEK7522 " +
        "SGD7022 SHP6542 SLE9252 SOS7062 SRD9682 SSP7282 STN9302 SYP7602 SZL7482 THB7642 TJS9722 TMT9342 TND7883 " +
        "TOP7762 TRY9492 TTD7802 TWD9012 TZS8342 UAH9802 UGX8000 USD8402 UYU8582 UZS8602 VED9262 VES9282 VND7040 " +
        "VUV5480 WST8822 XAF9500 XCD9512 XOF9520 XPF9530 YER8862 ZAR7102 ZMW9672 ZWG9242";

    private static readonly Currency[] All = Parse();

    private static readonly FrozenDictionary<string, Currency> ByCode =
        All.ToFrozenDictionary(currency => currency.Code, StringComparer.Ordinal);

    private static readonly FrozenDictionary<int, Currency> ByNumeric =
        All.ToFrozenDictionary(currency => currency.Numeric);

    /// <summary>The euro; ZVT means it where it names no currency (zvt.md §3.2).</summary>
    public static Currency Euro { get; } = ByCode["EUR"];

    /// <summary>Finds a currency by its alphabetic code; capital letters only.</summary>
    public static bool TryFind(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is not null && ByCode.TryGetValue(code, out currency);
    }

    /// <summary>Finds a currency by its ISO 4217 numeric code.</summary>
    public static bool TryFind(int numeric, [NotNullWhen(true)] out Currency? currency) =>
        ByNumeric.TryGetValue(numeric, out currency);

    /// <summary>Finds a currency as people write it, by three capital letters or by three digits.</summary>
    internal static bool TryRead(string? text, [NotNullWhen(true)] out Currency? currency) =>
        text is { Length: 3 } && text.All(char.IsAsciiDigit)
            ? TryFind(int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture), out currency)
            : TryFind(text, out currency);

    /// <summary>The currency of that code.</summary>
    /// <exception cref="ArgumentException">The code is not in ISO 4217.</exception>
    public static Currency Of(string code) =>
        TryFind(code, out var currency) ? currency : throw new ArgumentException($"'{code}' is no ISO 4217 currency code.");

    /// <inheritdoc/>
    public override string ToString() => Code;

    private static Currency[] Parse() =>
        [.. Table.Split(' ').Select(row => new Currency(row[..3], int.Parse(row.AsSpan(3, 3)), row[6] - '0'))];
}
