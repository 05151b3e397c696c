using System.Globalization;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>
/// What tshark must say about an APDU, from the message that we meant by it; in the words of its fields. Where its
/// dissector (4.0) knows less than the specification, it is named here, so that nothing is left out unseen.
/// </summary>
internal static class TsharkMeaning
{
    public const string Code = "zvt.control_field";
    public const string Class = "zvt.ccrc";
    public const string Answer = "zvt.aprc";
    public const string Length = "zvt.length_field";
    public const string Amount = "zvt.amount";
    public const string Result = "zvt.result_code";
    public const string Trace = "zvt.trace_number";
    public const string Time = "zvt.time";
    public const string Date = "zvt.date";
    public const string TerminalId = "zvt.terminal_id";

    private const string Currency = "zvt.cc";
    private const string Expiry = "zvt.expiry_date";
    private const string CardNumber = "zvt.card_number";
    private const string CardType = "zvt.card_type";
    private const string CardName = "zvt.card_name";
    private const string Status = "zvt.int_status";
    private const string Password = "zvt.password";
    private const string Configuration = "zvt.reg.config_byte";
    private const string Permitted = "zvt.tlv.permitted_command";
    private const string Line = "zvt.tlv.text_lines.line";
    private const string ReceiptType = "zvt.tlv.receipt_type";
    private const string ReceiptInfo = "zvt.tlv.receipt_info";

    /// <summary>Every field whose value is compared.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        Code, Class, Answer, Length, Amount, Result, Trace, Time, Date, TerminalId, Currency, Expiry, CardNumber, CardType, CardName,
        Status, Password, Configuration, Permitted, Line, ReceiptType, ReceiptInfo,
    ];

    /// <summary>Commands of the specification that are not in tshark's table: it shows nothing of them, not even their length.</summary>
    public static IReadOnlyDictionary<ushort, string> UnknownCommands { get; } = new Dictionary<ushort, string>
    {
        [ZvtCommands.StatusEnquiry] = "05 01 Status-Enquiry (zvt.md §6) has no entry in its command table",
        [ZvtCommands.LogOff] = "06 02 Log-Off (zvt.md §6) has no entry in its command table",
        [ZvtCommands.Totals] = "06 10 Send Turnover Totals (zvt.md §6) has no entry in its command table",
        [ZvtCommands.RepeatReceipt] = "06 20 Repeat Receipt (zvt.md §6) has no entry in its command table",
        [ZvtCommands.PreAuthorisation] = "06 22 Pre-Authorisation (zvt.md §6) has no entry in its command table",
        [ZvtCommands.BookTotal] = "06 24 Book Total (zvt.md §6) has no entry in its command table",
        [ZvtCommands.PreAuthReversal] = "06 25 Pre-Authorisation Reversal (zvt.md §6) has no entry in its command table",
        [ZvtCommands.SetClock] = "06 91 Set Date and Time (zvt.md §6) has no entry in its command table",
        [ZvtCommands.Abort] = "06 B0 Abort (zvt.md §6) has no entry in its command table",
        [ZvtCommands.ReadCard] = "06 C0 Read Card (zvt.md §6) has no entry in its command table",
    };

    /// <summary>What else it does not read, with the reason; <see cref="Of"/> leaves it out where these apply.</summary>
    public static IReadOnlyList<string> Gaps { get; } =
    [
        "BMP 37, 60 and 88 (original trace, totals, turnover) are not in its table: it reads nothing that follows them in the APDU",
        "BMP 8C, A0: as above; not sent by us before the fields compared here",
        "BMP 17, 19, 2A, 3B, 3C, 87: named, but without a field of their value",
        "06 0F after 05 01: software version and status stand there without a BMP",
        "06 1E with 6F: the currency stands there without a BMP",
        "06 D1: attribute and text are shown as bytes only",
        "06 50: the password is shown as bytes only",
        "An empty text line has no value",
        "Tags 0A, 1F17, 1F25, E9: no name (the value of 0A is read)",
        "The filler E of a masked card number is shown as '?'",
    ];

    public static Dictionary<string, IReadOnlyList<string>> Of(byte[] apdu, Sender from)
    {
        var said = new Dictionary<string, IReadOnlyList<string>>();
        void Say(string field, params string?[] values) => said[field] = [.. values.OfType<string>()];

        var code = (ushort)(apdu[0] << 8 | apdu[1]);
        Assert.True(ZvtFraming.TryMeasure(apdu, out var header, out var size));
        Say(Length, Number(size - header));
        if (code >> 8 is 0x80 or 0x84)
        {
            Say(Class, Hex(apdu[0], 2));
            Say(Answer, Hex(apdu[1], 2));
            return said;
        }

        Say(Code, Hex(code, 4));
        switch (ZvtVectors.Decode(apdu, from))
        {
            case ZvtStatusInformation status:
                OfStatus(status, Say);
                break;
            case ZvtTransaction transaction:
                Say(Amount, Number(transaction.Amount));
                Say(Currency, Digits(transaction.Currency));
                Say(Password, transaction.Password);
                break;
            case ZvtRegistration registration:
                Say(Password, registration.Password);
                Say(Configuration, Hex(registration.Configuration, 2));
                Say(Currency, Digits(registration.Currency));
                if (registration.Tlv is not null) Say(Permitted, Hex(ZvtCommands.PrintTextBlock, 4));
                break;
            case ZvtCommand { Code: ZvtCommands.Initialisation } initialisation:
                Say(Password, initialisation.Password);
                break;
            case ZvtIntermediateStatus progress:
                Say(Status, Hex(progress.Status, 2));
                Say(Line, [.. progress.Lines]);
                break;
            case ZvtCompletion { SoftwareVersion: null, TerminalStatus: null } completion:
                Say(TerminalId, completion.TerminalId);
                Say(Currency, Digits(completion.Currency));
                break;
            case ZvtAbort abort:
                Say(Result, Hex(abort.ResultCode, 2));
                break;
            case ZvtPrintBlock block:
                Say(Line, [.. block.Lines.Select(line => line.Text).Where(text => text.Length > 0)]);
                Say(ReceiptType, Hex(block.ReceiptType, 4));
                Say(ReceiptInfo, Hex(block.ReceiptInfo, 2));
                break;
        }

        return said;
    }

    // In the order of the wire, up to the first BMP that tshark does not know.
    private static void OfStatus(ZvtStatusInformation status, Action<string, string?[]> say)
    {
        say(Result, [Hex(status.ResultCode, 2)]);
        say(Amount, [Number(status.Amount)]);
        if (status.Totals is not null) return;
        say(Trace, [status.Trace]);
        if (status.OriginalTrace is not null) return;
        say(Time, [status.Time is { } time ? $"{time[..2]}:{time[2..4]}:{time[4..]}" : null]);
        say(Date, [status.Date is { } date ? $"{date[..2]}/{date[2..]}" : null]);
        say(Expiry, [status.Expiry is { } expiry ? $"{expiry[..2]}/{expiry[2..]}" : null]);
        say(CardNumber, [status.MaskedPan?.Replace('*', '?')]);
        say(TerminalId, [status.TerminalId]);
        say(Currency, [Digits(status.Currency)]);
        if (status.Turnover is not null) return;
        say(CardType, [Number(status.CardType)]);
        say(CardName, [status.CardName]);
    }

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static string? Hex(int? value, int digits) =>
        value is { } known ? "0x" + known.ToString($"x{digits}", CultureInfo.InvariantCulture) : null;

    // The currency's three digits are packed; tshark shows the packed bytes.
    private static string? Digits(int? currency) => currency is { } numeric ? $"0x{numeric:D4}" : null;
}
