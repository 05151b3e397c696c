using System.Collections.Frozen;
using System.Text;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>
/// Everything in which installations differ or about which nothing is public (csob-b.md §12, gpe.md §11): a file of data, never code.
/// </summary>
internal sealed record BDialect
{
    public required string Id { get; init; }

    /// <summary>Eight characters; what stands in requests until the terminal has told its own.</summary>
    public required string TerminalId { get; init; }

    /// <summary>A frame whose LENGTH is wrong is dropped; lenient takes it with a warning.</summary>
    public required bool StrictLength { get; init; }

    public required int MaxFrame { get; init; }

    public required string Version { get; init; }

    public required CrcRule Crc { get; init; }

    public required Encoding Encoding { get; init; }

    public required ushort RequestFlags { get; init; }

    public required ushort ReceiptFlags { get; init; }

    public required ushort ConfirmFlags { get; init; }

    /// <summary>Operation by code of FID T.</summary>
    public required FrozenDictionary<string, string> Operations { get; init; }

    /// <summary>Code of FID T by operation.</summary>
    public required FrozenDictionary<string, string> Types { get; init; }

    /// <summary>Letter, or 9 and the letter of a sub-field, by field.</summary>
    public required FrozenDictionary<string, string> Fids { get; init; }

    /// <summary>Letters under which other makers' terminals tell the same; read where the field's own letter is missing.</summary>
    public required FrozenDictionary<string, string> OtherFids { get; init; }

    /// <summary>Field by letter or 9 and letter.</summary>
    public required FrozenDictionary<string, string> Names { get; init; }

    /// <summary>What a request carries behind T, in this order.</summary>
    public required FrozenDictionary<string, IReadOnlyList<string>> RequestFields { get; init; }

    public required int LeastAmountDigits { get; init; }

    /// <summary>FID B holds the cash, too.</summary>
    public required bool CashbackIncluded { get; init; }

    /// <summary>Decimals on the wire by alphabetic code, where they differ from ISO 4217.</summary>
    public required FrozenDictionary<string, int> Exponents { get; init; }

    public required InvoiceRule Invoice { get; init; }

    /// <summary>Approval codes of digits are filled up with zeros to this length; 0 leaves them.</summary>
    public required int ApprovalLength { get; init; }

    public required TotalsRule Totals { get; init; }

    public required ReceiptRule Receipts { get; init; }

    public required CodeRule Codes { get; init; }

    /// <summary>Codes of a B0 by which a terminal says that it restarts and that the till must connect anew.</summary>
    public required IReadOnlyList<string> Restarts { get; init; }

    /// <summary>A terminal that answers a request says B0 first.</summary>
    public required bool AckRequired { get; init; }

    /// <summary>T80 goes before every operation but 80, 81 and 82.</summary>
    public required bool CheckBefore { get; init; }

    public required bool SendConfirm { get; init; }

    /// <summary>What the terminal does without our B0: keep, resend or reverse.</summary>
    public required string OnMissingConfirm { get; init; }

    /// <summary>Operations whose result is read again by T82 when flag 8000 asks for it.</summary>
    public required FrozenSet<string> Reread { get; init; }

    public required PassivateRule Passivate { get; init; }

    public required TimeSpan RecoveryWindow { get; init; }

    public required bool AskLastBefore { get; init; }

    /// <summary>
    /// How long a terminal that says that it is idle may still be booking: its "not booked" is asked for again after that time
    /// (protocols README §5.1).
    /// </summary>
    public required TimeSpan Settle { get; init; }

    /// <summary>Subtotals are asked in a recovery.</summary>
    public required bool RecoveryTotals { get; init; }

    /// <summary>What is not taken for granted of its terminals (README, "What the promise rests on").</summary>
    public Grounds Without { get; init; }

    /// <summary>What can be left out; nothing could be said without the others.</summary>
    public static IReadOnlyList<string> Droppable { get; } =
    [
        Ground.ReachableRemembers, Ground.MemoryIsTrue, Ground.TotalsMove, Ground.NobodyElseBooksAlike, Ground.ClosesShow,
        Ground.CurrencyAsAsked,
    ];

    public required TimerRule Timers { get; init; }

    public required bool RejectForeignTid { get; init; }

    /// <summary>Use the id that the terminal tells in its own messages.</summary>
    public required bool AdoptTid { get; init; }

    /// <summary>One connection serves many conversations; else each has its own.</summary>
    public required bool KeepsOpen { get; init; }

    public required bool RefusesSecond { get; init; }

    public required int DefaultPort { get; init; }

    public required SimulatorRule Simulator { get; init; }

    /// <summary>True when a wrong byte inside of a frame is found out.</summary>
    public bool ChecksFrames => Crc is { Calculated: true, AcceptConstant: false, WithHeader: true };

    public bool Trusts(string assumption) => !Without.Has(assumption);

    /// <summary>The same with what the settings say of one terminal.</summary>
    /// <exception cref="ArgumentException">They ask for what this wire cannot say, or drop what cannot be dropped.</exception>
    public BDialect For(DriverSettings settings)
    {
        if (settings.TillPrints is not null)
            throw new ArgumentException(
                $"'print' is not possible with {Id}: the terminal's own setup says who prints, and what it sends to the till is taken. "
                + "receipt.mode and flags.request (bit 0002) of a dialect file say what the till asks for.");
        if (settings.AllowsManual is not null)
            throw new ArgumentException(
                $"'manual' is not possible with {Id}: no message of it locks the terminal; lock payments by hand in its own setup.");
        var without = Without.With(settings.WithoutAmong(Droppable));
        return this with
        {
            Settle = settings.SettleTime ?? Settle,
            Without = without,
            RecoveryTotals = RecoveryTotals && !without.Has(Ground.TotalsMove),
            Reread = without.Has(Ground.MemoryIsTrue) ? FrozenSet<string>.Empty : Reread,
        };
    }

    public string TypeOf(string operation) => Types[operation];

    /// <summary>The operation of a code; null when it is not known.</summary>
    public string? OperationOf(string? code) => code is null ? null : Operations.GetValueOrDefault(code);

    public bool Has(string field) => Fids.ContainsKey(field);
}

/// <summary>How a message is checked (csob-b.md §2.3).</summary>
internal sealed record CrcRule(bool Calculated, string Constant, string Algorithm, bool WithHeader, bool AcceptConstant, string ErrorCode);

/// <summary>Which invoice numbers fit, and where.</summary>
/// <param name="DigitsOnly">Digits only, else any printable letter.</param>
/// <param name="ShortMax">The most characters in the plain field.</param>
/// <param name="LongMin">The least characters in the long field.</param>
/// <param name="LongMax">The most characters in the long field; 0 where there is none.</param>
/// <param name="Mint">
/// Where the till gives no number, one of ours stands here as well: for terminals that echo the invoice and not the reference.
/// </param>
internal sealed record InvoiceRule(bool DigitsOnly, int ShortMax, int LongMin, int LongMax, bool Mint);

/// <summary>Layout of FID L (gpe.md §7), and of the sums of a period where the dialect has them.</summary>
internal sealed record TotalsRule(IReadOnlyList<string> Groups, int CountDigits, int SumDigits, bool Signed)
{
    /// <summary>Layout of the field periodTotals; null where there is none.</summary>
    public PeriodRule? Period { get; init; }
}

/// <summary>Sums of a period: the numbers of shift and batch, then groups of a count and an amount with its sign.</summary>
/// <param name="ShiftDigits">Digits of the shift's number.</param>
/// <param name="BatchDigits">Digits of the batch's number.</param>
/// <param name="Groups">Its groups in order.</param>
/// <param name="CountDigits">Digits of each count.</param>
/// <param name="AmountDigits">Characters of each amount, the sign among them.</param>
internal sealed record PeriodRule(int ShiftDigits, int BatchDigits, IReadOnlyList<string> Groups, int CountDigits, int AmountDigits);

/// <summary>How a line looks.</summary>
internal enum LineStyle
{
    Normal,
    Bold,
    DoubleHeight,
    Double,
    Centred,
    Right,
}

/// <summary>Where receipts come from, and how they look.</summary>
internal sealed record ReceiptRule(
    bool Inline, bool Fetch, int PartBytes, int Columns, FrozenDictionary<char, LineStyle> Styles,
    FrozenDictionary<string, Encoding> CodePages);

/// <summary>Codes of T81's answer.</summary>
internal sealed record PassivateRule(
    string Answer, IReadOnlyList<string> Cancelled, IReadOnlyList<string> Nothing, IReadOnlyList<string> Late);

/// <summary>All limits (csob-b.md §8).</summary>
internal sealed record TimerRule(
    TimeSpan Connect, TimeSpan Ack, TimeSpan Idle, TimeSpan Overall, TimeSpan Confirm, TimeSpan Query, TimeSpan Passivate,
        TimeSpan TmsOverall);

/// <summary>What only the virtual terminal does.</summary>
internal sealed record SimulatorRule(
    bool SendAck, bool Coalesce, TimeSpan HeartBeat, bool AmountRule, string FormatError, string MissingField, string Unsupported,
    string Currency, string NoPaper, string MemoryFull, string Declined, string CustomerCancel, string ReversalRefused, string Tid)
{
    /// <summary>B0 and B2 of T80 go out in one write: a till that reads once per wait takes them for one answer.</summary>
    public bool GluesCheck { get; init; }

    /// <summary>Passes between the B0 and the B2 of everything else.</summary>
    public TimeSpan AnswerPause { get; init; }

    /// <summary>Totals are told as periodTotals.</summary>
    public bool TellsPeriod { get; init; }
}
