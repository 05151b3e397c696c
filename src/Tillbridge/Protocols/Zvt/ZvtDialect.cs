using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What differs between vendors' terminals, as data (zvt.md §1, §3, §6.1, §9).</summary>
internal sealed record ZvtDialect(string Id)
{
    /// <summary>Configuration byte of the registration (§6.1): receipts as print commands, status, no entry at the terminal.</summary>
    public byte Configuration { get; init; } = 0xBE;

    private const byte Printing = 0x86; // Both kinds of receipts come to the till as print commands.
    private const byte NoPaymentByHand = 0x10;

    /// <summary>Service byte of the registration; null leaves it and the TLV container out.</summary>
    public byte? RegistrationService { get; init; }

    /// <summary>Send a TLV container in the registration: text blocks allowed, and what else the ECR accepts.</summary>
    public bool RegistrationTlv { get; init; } = true;

    /// <summary>Register before each conversation. Some terminals refuse everything before it (§6.1).</summary>
    public bool Register { get; init; } = true;

    /// <summary>Currency code travels in commands.</summary>
    public bool SendCurrency { get; init; } = true;

    /// <summary>Payment type byte 19 of a payment; null leaves it out. 40 lets the terminal decide (§7.1).</summary>
    public byte? PaymentType { get; init; }

    /// <summary>Character set (§3): <c>auto</c>, <c>cp437</c>, <c>iso-8859-1</c>, <c>iso-8859-15</c>, <c>utf-8</c>, <c>ascii</c>.</summary>
    public string CharacterSet { get; init; } = "auto";

    /// <summary>The service byte of 06 20 is understood (§9.4); without it the terminal would only print.</summary>
    public bool RepeatHasService { get; init; } = true;

    /// <summary>06 20 is answered at all; some terminals stay silent on it, and nothing is then known of their last booking.</summary>
    public bool KnowsRepeat { get; init; } = true;

    /// <summary>The terminal answers 06 10 with totals in a status information (§8.4).</summary>
    public bool HasTotals { get; init; } = true;

    /// <summary>06 B0 is understood during a payment (§9.1).</summary>
    public bool AbortsPayments { get; init; } = true;

    /// <summary>A PT command in place of the acknowledge counts as the acknowledge (§17).</summary>
    public bool ImplicitAcknowledge { get; init; } = true;

    /// <summary>Print commands may still come this long after 06 0F (§7.2, Ingenico).</summary>
    public TimeSpan LatePrint { get; init; }

    /// <summary>How far the terminal's clock may be from ours.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a terminal that says that it is idle may still be booking: its "not booked" is asked for again after that time
    /// (protocols README §5.1).
    /// </summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Only the last payment can be reversed, whatever number is sent (§7.4).</summary>
    public bool ReversesOnlyLast { get; init; }

    /// <summary>What is not taken for granted of this terminal (README, "What the promise rests on").</summary>
    public Grounds Without { get; init; }

    /// <summary>What can be left out; nothing could be said without the others.</summary>
    public static IReadOnlyList<string> Droppable { get; } =
    [
        Ground.ReachableRemembers, Ground.MemoryIsTrue, Ground.TotalsMove, Ground.BookingsDiffer, Ground.NobodyElseBooksAlike,
        Ground.ClosesShow, Ground.CurrencyAsAsked,
    ];

    public bool Trusts(string assumption) => !Without.Has(assumption);

    /// <summary>The same with what the settings say of one terminal.</summary>
    /// <exception cref="ArgumentException">They drop an assumption that cannot be dropped.</exception>
    public ZvtDialect For(DriverSettings settings)
    {
        var without = settings.WithoutAmong(Droppable);
        return this with
        {
            Settle = settings.SettleTime ?? Settle,
            Without = without,
            HasTotals = HasTotals && !without.Has(Ground.TotalsMove),
            Configuration = With(With(Configuration, Printing, settings.TillPrints), NoPaymentByHand, !settings.AllowsManual),
        };
    }

    private static byte With(byte configuration, byte bits, bool? set) =>
        set is not { } on ? configuration : (byte)(on ? configuration | bits : configuration & ~bits);

    /// <summary>The dialects that are known, the general one first.</summary>
    public static IReadOnlyList<ZvtDialect> All { get; } =
    [
        new("zvt"),
        // [vendor:Ingenico] A32.de v1.3.24: prints after 06 0F, takes 06 B0 for display commands only.
        new("ingenico") { LatePrint = TimeSpan.FromSeconds(1), AbortsPayments = false },
        // [vendor:card complete] SMART-ZVT rev 22: pays in euro only, receipt numbers cut to four digits. Texts in Latin-1 where no tag 14
        // says otherwise [inferred].
        new("card-complete") { PaymentType = 0x40, CharacterSet = "iso-8859-1" },
        // [impl: Portalum test data] Latin-1 texts although CP437 is the default.
        new("hobex") { CharacterSet = "iso-8859-1" },
        new("worldline") { CharacterSet = "iso-8859-1" },
        // [impl: Portalum #24] always undoes the last payment whatever number is sent.
        new("pax-a80") { ReversesOnlyLast = true },
        // A terminal that stays silent on 06 20 (found with a foreign one).
        new("no-repeat") { KnowsRepeat = false },
        // A terminal that knows no TLV: single print lines, and nothing locked.
        new("plain") { Configuration = 0x8E, RegistrationTlv = false },
    ];

    /// <summary>The dialect of that id; null when there is none.</summary>
    public static ZvtDialect? Find(string id) => All.FirstOrDefault(dialect => dialect.Id == id);
}
