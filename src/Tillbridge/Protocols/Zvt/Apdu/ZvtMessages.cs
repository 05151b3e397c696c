using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>One APDU as a value. Absent on the wire is null here, never 0 or "".</summary>
internal abstract record ZvtMessage
{
    // zvt.md §3.1: a password is never logged, and no log may depend on nobody printing a record.
    public sealed override string ToString() => GetType().Name;
}

/// <summary>80 00, or 84 00 which means the same (zvt.md §2).</summary>
internal sealed record ZvtPositive(Octets Data, bool As84 = false) : ZvtMessage
{
    public static ZvtPositive Plain { get; } = new(Octets.None);
}

/// <summary>84 xx with xx ≠ 00: the command was refused with that error code (§13).</summary>
internal sealed record ZvtNegative(byte Code, Octets Data) : ZvtMessage
{
    public ZvtNegative(byte code) : this(code, Octets.None) { }
}

/// <summary>04 FF. Minutes set the time-out T4 for what follows (§5).</summary>
internal sealed record ZvtIntermediateStatus(byte Status, int? Minutes = null) : ZvtMessage
{
    /// <summary>Texts of tag 24/07, decoded; where present they are what to show.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    public Octets Tlv { get; init; }
}

/// <summary>04 0F (§8.1): the result of a transaction, of a read card, or of an end-of-day.</summary>
internal sealed record ZvtStatusInformation : ZvtMessage
{
    public byte? ResultCode { get; init; }              // 27
    public long? Amount { get; init; }                  // 04, minor units
    public int? Currency { get; init; }                 // 49, ISO 4217 numeric
    public string? Trace { get; init; }                 // 0B, six digits, or tag 1F2B when that is longer
    public string? OriginalTrace { get; init; }         // 37
    public string? Time { get; init; }                  // 0C, HHMMSS
    public string? Date { get; init; }                  // 0D, MMDD
    public string? Expiry { get; init; }                // 0E, YYMM
    public string? CardSequence { get; init; }          // 17
    public byte? PaymentType { get; init; }             // 19
    public string? MaskedPan { get; init; }             // 22, masked at decode
    public string? TerminalId { get; init; }            // 29, eight digits
    public string? VuNumber { get; init; }              // 2A, trimmed
    public string? Authorisation { get; init; }         // 3B, trailing 00 and blanks off
    public string? AdditionalText { get; init; }        // 3C, lines separated by \n
    public string? Receipt { get; init; }               // 87, four digits
    public string? Turnover { get; init; }              // 88, six digits
    public byte? CardType { get; init; }                // 8A; 255 means tag 41
    public int? LongCardType { get; init; }             // tag 41
    public byte? OperatorCardType { get; init; }        // 8C; 255 means tag 49
    public string? CardName { get; init; }              // 8B, null byte off
    public byte? ResultCodeAs { get; init; }            // A0
    public ZvtTotals? Totals { get; init; }             // 60
    public byte? CardholderVerification { get; init; }  // tag 2F/1F10
    public byte? Technology { get; init; }              // tag 2F/1F12: 0 stripe, 1 chip, 2 contactless
    public string? ErrorText { get; init; }             // tag 1F17, else the lines of tag 24
    public Octets Tlv { get; init; }                    // BMP 06, whole
    public Octets Undecoded { get; init; }              // what follows an unknown BMP (§11)
}

/// <summary>BMP 60 (§8.4): first and last receipt number and seven counts and sums.</summary>
internal sealed record ZvtTotals(string FirstReceipt, string LastReceipt, IReadOnlyList<ZvtKindTotal> Kinds);

/// <summary>Count (one binary byte) and sum of one card kind out of BMP 60.</summary>
internal readonly record struct ZvtKindTotal(int Count, long MinorUnits);

/// <summary>06 0F (§8.2).</summary>
internal sealed record ZvtCompletion : ZvtMessage
{
    public byte? RegistrationStatus { get; init; }      // 19
    public string? TerminalId { get; init; }            // 29
    public int? Currency { get; init; }                 // 49
    public byte? ResultCode { get; init; }              // 27
    public string? SoftwareVersion { get; init; }       // LLLVAR without BMP, after 05 01
    public byte? TerminalStatus { get; init; }          // single byte, after 05 01
    public Octets Tlv { get; init; }
    public Octets Undecoded { get; init; }
}

/// <summary>06 1E (§8): the command failed.</summary>
internal sealed record ZvtAbort : ZvtMessage
{
    public byte? ResultCode { get; init; }
    public int? Currency { get; init; }
    public string? Receipt { get; init; }               // 87; FFFF means none
    public string? ErrorText { get; init; }             // tag 1F17
    public Octets Tlv { get; init; }
    public Octets Undecoded { get; init; }
}

/// <summary>06 D1 (§8.5).</summary>
internal sealed record ZvtPrintLine(byte Attribute, string Text) : ZvtMessage
{
    public int Feeds { get; init; }                     // attribute FF: that many line feeds
}

/// <summary>06 D3 (§8.5): lines, each with the attribute that was in force.</summary>
internal sealed record ZvtPrintBlock(byte? ReceiptType, IReadOnlyList<ZvtPrintLine> Lines) : ZvtMessage
{
    public byte? ReceiptInfo { get; init; }             // 1F37
    public byte? CharacterSet { get; init; }            // 14
    public byte? ClosingAttribute { get; init; }        // tag 09 after the last line: end of the receipt, cut
}

/// <summary>06 00 (§6.1).</summary>
internal sealed record ZvtRegistration(string Password, byte Configuration) : ZvtMessage
{
    public int? Currency { get; init; }
    public byte? Service { get; init; }
    public Octets? Tlv { get; init; }                   // present and empty just enables TLV
    public Octets Undecoded { get; init; }
}

/// <summary>
/// A BMP-coded money command: 06 01, 06 22, 06 23, 06 24, 06 25, 06 30, 06 31, and 06 03, 06 04, 06 0C, 06 21 alike (§6, §7).
/// </summary>
internal sealed record ZvtTransaction(ushort Code) : ZvtMessage
{
    public string? Password { get; init; }
    public long? Amount { get; init; }                  // 04
    public int? Currency { get; init; }                 // 49
    public byte? PaymentType { get; init; }             // 19
    public string? Receipt { get; init; }               // 87, four digits or FFFF
    public string? Trace { get; init; }                 // 0B
    public string? Authorisation { get; init; }         // 3B
    public string? AdditionalText { get; init; }        // 3C
    public byte? AnswerSeconds { get; init; }           // 01
    public byte? MostStatusInformations { get; init; }  // 02
    public byte? CardType { get; init; }                // 8A
    public Octets? Tlv { get; init; }
    public Octets Undecoded { get; init; }
}

/// <summary>A command that is only its code and perhaps a password: 06 02, 06 10, 06 50, 06 93, 06 B0, 06 18 …</summary>
internal sealed record ZvtCommand(ushort Code, string? Password = null) : ZvtMessage
{
    public Octets? Tlv { get; init; }
    public Octets Undecoded { get; init; }
}

/// <summary>05 01 (§8.2).</summary>
internal sealed record ZvtStatusEnquiry(string? Password = null, byte? Service = null) : ZvtMessage;

/// <summary>06 20 (§9.4).</summary>
internal sealed record ZvtRepeatReceipt(string Password, byte? Service) : ZvtMessage;

/// <summary>06 91 towards the terminal, 04 01 towards the ECR: YYMMDD and HHMMSS.</summary>
internal sealed record ZvtSetClock(ushort Code, string? Password, string Date, string Time) : ZvtMessage;

/// <summary>06 C0 (§8.3). Seconds to wait for the card.</summary>
internal sealed record ZvtReadCard(byte? Seconds) : ZvtMessage
{
    public byte? CardSelection { get; init; }           // 19
    public Octets? Tlv { get; init; }
}

/// <summary>Any other APDU, known by name or not, with its data untouched.</summary>
internal sealed record ZvtOther(ushort Code, Octets Data) : ZvtMessage;
