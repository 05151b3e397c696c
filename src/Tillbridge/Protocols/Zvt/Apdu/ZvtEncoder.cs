using System.Buffers;
using System.Globalization;
using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Message to APDU. The order of fields is free in ZVT; ours is the one of most recorded terminals (zvt.md §7.1, §8.1).</summary>
internal static class ZvtEncoder
{
    public static void Encode(ZvtMessage message, ZvtText text, IBufferWriter<byte> to)
    {
        var data = new ArrayBufferWriter<byte>();
        var code = message switch
        {
            ZvtPositive positive => Raw(data, positive.As84 ? (ushort)0x8400 : ZvtCommands.Positive, positive.Data),
            ZvtNegative negative => Raw(data, (ushort)(0x8400 | negative.Code), negative.Data),
            ZvtOther other => Raw(data, other.Code, other.Data),
            ZvtIntermediateStatus status => Intermediate(data, status, text),
            ZvtStatusInformation status => Status(data, status, text),
            ZvtCompletion completion => Completion(data, completion),
            ZvtAbort abort => Abort(data, abort, text),
            ZvtPrintLine line => PrintLine(data, line, text),
            ZvtPrintBlock block => PrintBlock(data, block, text),
            ZvtRegistration registration => Registration(data, registration),
            ZvtTransaction transaction => Transaction(data, transaction, text),
            ZvtCommand command => Plain(data, command),
            ZvtStatusEnquiry enquiry => StatusEnquiry(data, enquiry),
            ZvtRepeatReceipt repeat => RepeatReceipt(data, repeat),
            ZvtSetClock clock => SetClock(data, clock),
            ZvtReadCard read => ReadCard(data, read),
            _ => throw new InvariantException($"No encoding for {message.GetType().Name}."),
        };
        ZvtFraming.WriteApdu(code, data.WrittenSpan, to);
    }

    private static ushort Raw(ArrayBufferWriter<byte> data, ushort code, Octets octets)
    {
        data.Write(octets.Span);
        return code;
    }

    private static ushort Intermediate(ArrayBufferWriter<byte> data, ZvtIntermediateStatus status, ZvtText text)
    {
        data.Write([status.Status]);
        var tlv = status.Tlv.IsEmpty
            ? ZvtContainers.DisplayTexts(status.Lines, text.Resolve(null)).ToOctets()
            : status.Tlv;

        // zvt.md §8: the time-out byte comes before a container; 00 leaves T4 as it is. The byte holds two digits.
        if (status.Minutes is not null || !tlv.IsEmpty) Packed(data, null, Math.Min(status.Minutes ?? 0, 99), 1);
        Container(data, tlv);
        return ZvtCommands.IntermediateStatus;
    }

    private static ushort Status(ArrayBufferWriter<byte> data, ZvtStatusInformation status, ZvtText text)
    {
        var encoding = text.Resolve(CharacterSet(status.Tlv));
        Octet(data, ZvtFields.ResultCode, status.ResultCode);
        Amount(data, status.Amount);
        Totals(data, status.Totals);
        Digits(data, ZvtFields.Trace, status.Trace is { Length: > 6 } ? "000000" : status.Trace, 3);
        Digits(data, ZvtFields.OriginalTrace, status.OriginalTrace, 3);
        Digits(data, ZvtFields.Time, status.Time, 3);
        Digits(data, ZvtFields.Date, status.Date, 2);
        Loose(data, ZvtFields.Expiry, status.Expiry, 2);
        Loose(data, ZvtFields.CardSequence, status.CardSequence, 2);
        Octet(data, ZvtFields.PaymentType, status.PaymentType);
        Pan(data, status.MaskedPan);
        Digits(data, ZvtFields.TerminalId, status.TerminalId, 4);
        Padded(data, ZvtFields.VuNumber, status.VuNumber, 15, ' ', encoding);
        Padded(data, ZvtFields.Authorisation, status.Authorisation, 8, '\0', encoding);
        Marked(data, ZvtFields.AdditionalText, 3, status.AdditionalText?.Replace('\n', '\r'), encoding);
        Currency(data, ZvtFields.Currency, status.Currency);
        Receipt(data, status.Receipt);
        Digits(data, ZvtFields.Turnover, status.Turnover, 3);
        Octet(data, ZvtFields.CardType, status.CardType);
        Octet(data, ZvtFields.OperatorCardType, status.OperatorCardType);
        // zvt.md §8.1: the name ends with a zero byte inside of its LLVAR.
        Marked(data, ZvtFields.CardName, 2, status.CardName is { } name ? name + '\0' : null, encoding);
        Octet(data, ZvtFields.ResultCodeAs, status.ResultCodeAs);
        Container(data, status.Tlv.IsEmpty ? StatusObjects(status, encoding) : status.Tlv);
        data.Write(status.Undecoded.Span);
        return ZvtCommands.StatusInformation;
    }

    private static Octets StatusObjects(ZvtStatusInformation status, Encoding encoding)
    {
        var objects = new TlvWriter();
        if (status.Trace is { Length: > 6 } trace)
        {
            var packed = new byte[(trace.Length + 1) / 2];
            Bcd.WriteDigits(trace, packed);
            objects.Add(ZvtFields.LongTrace, packed);
        }

        if (status.LongCardType is { } type) objects.Add(ZvtFields.LongCardType, (byte)(type >> 8), (byte)type);
        var payment = new TlvWriter();
        if (status.CardholderVerification is { } method) payment.Add(ZvtFields.CardholderVerification, method);
        if (status.Technology is { } technology) payment.Add(ZvtFields.Technology, technology);
        if (!payment.IsEmpty) objects.Add(ZvtFields.PaymentTypes, payment);
        if (status.ErrorText is { } words) objects.Add(ZvtFields.ErrorText, encoding.GetBytes(words));
        return objects.ToOctets();
    }

    private static ushort Completion(ArrayBufferWriter<byte> data, ZvtCompletion completion)
    {
        if (completion.SoftwareVersion is { } version)
        {
            var octets = CodePages.ZvtSevenBit.GetBytes(version);
            Mark(data, 3, octets.Length);
            data.Write(octets);
        }

        if (completion.TerminalStatus is { } terminal) data.Write([terminal]);
        Octet(data, ZvtFields.ResultCode, completion.ResultCode);
        Octet(data, ZvtFields.PaymentType, completion.RegistrationStatus);
        Digits(data, ZvtFields.TerminalId, completion.TerminalId, 4);
        Currency(data, ZvtFields.Currency, completion.Currency);
        Container(data, completion.Tlv);
        data.Write(completion.Undecoded.Span);
        return ZvtCommands.Completion;
    }

    private static ushort Abort(ArrayBufferWriter<byte> data, ZvtAbort abort, ZvtText text)
    {
        // A currency or a receipt number without a code before it would be read as the code; 6C is the code for "stopped".
        var more = abort.Currency is not null || abort.Receipt is not null || abort.ErrorText is not null || !abort.Tlv.IsEmpty;
        Invariant.Holds(abort.ResultCode is not null || !more, "an abort with fields has a result code");
        if (abort.ResultCode is { } code) data.Write([code]);
        if (abort.ResultCode == 0x6F) BareCurrency(data, abort.Currency);
        else Currency(data, ZvtFields.Currency, abort.Currency);
        Receipt(data, abort.Receipt);
        var words = new TlvWriter();
        if (abort.ErrorText is { } error) words.Add(ZvtFields.ErrorText, text.Resolve(null).GetBytes(error));
        Container(data, abort.Tlv.IsEmpty ? words.ToOctets() : abort.Tlv);
        data.Write(abort.Undecoded.Span);
        return ZvtCommands.AbortPt;
    }

    private static ushort PrintLine(ArrayBufferWriter<byte> data, ZvtPrintLine line, ZvtText text)
    {
        data.Write([line.Attribute]);
        if (line.Feeds > 0) data.Write<byte>([(byte)Math.Min(line.Feeds, 0xFF)]);
        else data.Write(text.Resolve(null).GetBytes(line.Text));
        return ZvtCommands.PrintLine;
    }

    private static ushort PrintBlock(ArrayBufferWriter<byte> data, ZvtPrintBlock block, ZvtText text)
    {
        Container(data, ZvtContainers.PrintBlock(block, text).ToOctets());
        return ZvtCommands.PrintTextBlock;
    }

    private static ushort Registration(ArrayBufferWriter<byte> data, ZvtRegistration registration)
    {
        var more = registration.Service is not null || registration.Tlv is not null;
        Digits(data, null, registration.Password, 3);
        data.Write([registration.Configuration]);
        // zvt.md §6.1: what follows needs the currency before it; §3.2: no currency means the euro.
        BareCurrency(data, registration.Currency ?? (more ? Domain.Currency.Euro.Numeric : null));
        Octet(data, ZvtFields.Service, registration.Service);
        Container(data, registration.Tlv);
        return ZvtCommands.Registration;
    }

    private static ushort Transaction(ArrayBufferWriter<byte> data, ZvtTransaction transaction, ZvtText text)
    {
        var encoding = text.Resolve(CharacterSet(transaction.Tlv ?? Octets.None));
        Digits(data, null, transaction.Password, 3);
        Receipt(data, transaction.Receipt);
        Amount(data, transaction.Amount);
        Currency(data, ZvtFields.Currency, transaction.Currency);
        Octet(data, ZvtFields.PaymentType, transaction.PaymentType);
        Digits(data, ZvtFields.Trace, transaction.Trace, 3);
        Padded(data, ZvtFields.Authorisation, transaction.Authorisation, 8, '\0', encoding);
        Octet(data, ZvtFields.AnswerSeconds, transaction.AnswerSeconds);
        Octet(data, ZvtFields.MostStatusInformations, transaction.MostStatusInformations);
        Marked(data, ZvtFields.AdditionalText, 3, transaction.AdditionalText?.Replace('\n', '\r'), encoding);
        Octet(data, ZvtFields.CardType, transaction.CardType);
        Container(data, transaction.Tlv);
        data.Write(transaction.Undecoded.Span);
        return transaction.Code;
    }

    private static ushort Plain(ArrayBufferWriter<byte> data, ZvtCommand command)
    {
        Digits(data, null, command.Password, 3);
        Container(data, command.Tlv);
        data.Write(command.Undecoded.Span);
        return command.Code;
    }

    private static ushort StatusEnquiry(ArrayBufferWriter<byte> data, ZvtStatusEnquiry enquiry)
    {
        Invariant.Holds(enquiry.Password is not null || enquiry.Service is null, "a service byte of 05 01 needs the password before it");
        Digits(data, null, enquiry.Password, 3);
        Octet(data, ZvtFields.Service, enquiry.Service);
        return ZvtCommands.StatusEnquiry;
    }

    private static ushort RepeatReceipt(ArrayBufferWriter<byte> data, ZvtRepeatReceipt repeat)
    {
        Digits(data, null, repeat.Password, 3);
        Octet(data, ZvtFields.Service, repeat.Service);
        return ZvtCommands.RepeatReceipt;
    }

    private static ushort SetClock(ArrayBufferWriter<byte> data, ZvtSetClock clock)
    {
        Digits(data, null, clock.Password, 3);
        Digits(data, ZvtFields.FullDate, clock.Date, 3);
        Digits(data, ZvtFields.Time, clock.Time, 3);
        return clock.Code;
    }

    private static ushort ReadCard(ArrayBufferWriter<byte> data, ZvtReadCard read)
    {
        if (read.Seconds is { } seconds) data.Write([seconds]);
        Octet(data, ZvtFields.PaymentType, read.CardSelection);
        Container(data, read.Tlv);
        return ZvtCommands.ReadCard;
    }

    private static byte? CharacterSet(Octets container) =>
        Tlv.TryFind(container.Span, out var set, ZvtFields.CharacterSet) && set.Length == 1 ? set[0] : null;

    private static void Octet(ArrayBufferWriter<byte> data, byte tag, byte? value)
    {
        if (value is { } octet) data.Write<byte>([tag, octet]);
    }

    private static void Amount(ArrayBufferWriter<byte> data, long? minorUnits)
    {
        if (minorUnits is { } amount) Packed(data, ZvtFields.Amount, amount, 6);
    }

    private static void Currency(ArrayBufferWriter<byte> data, byte? tag, int? numeric)
    {
        if (numeric is { } code) Packed(data, tag, code, 2);
    }

    // Without its BMP, but for the one that would be read as a container.
    private static void BareCurrency(ArrayBufferWriter<byte> data, int? numeric) =>
        Currency(data, numeric == ZvtContainers.LooksLikeEmptyContainer ? ZvtFields.Currency : null, numeric);

    private static void Receipt(ArrayBufferWriter<byte> data, string? receipt)
    {
        if (receipt == "FFFF") data.Write<byte>([ZvtFields.Receipt, 0xFF, 0xFF]);
        else Digits(data, ZvtFields.Receipt, receipt, 2);
    }

    private static void Packed(ArrayBufferWriter<byte> data, byte? tag, long number, int size)
    {
        if (tag is { } octet) data.Write<byte>([octet]);
        Bcd.WriteNumber(number, data.GetSpan(size)[..size]);
        data.Advance(size);
    }

    private static void Digits(ArrayBufferWriter<byte> data, byte? tag, string? digits, int size)
    {
        if (digits is null) return;
        if (tag is { } octet) data.Write<byte>([octet]);
        Bcd.WriteDigits(digits, data.GetSpan(size)[..size]);
        data.Advance(size);
    }

    private static void Loose(ArrayBufferWriter<byte> data, byte tag, string? nibbles, int size)
    {
        if (nibbles is null) return;
        data.Write([tag]);
        data.Write(Convert.FromHexString(nibbles.Replace('*', 'E').PadLeft(size * 2, '0')));
    }

    private static void Pan(ArrayBufferWriter<byte> data, string? masked)
    {
        if (masked is null) return;
        var nibbles = masked.Replace('*', 'E');
        if (nibbles.Length % 2 == 1) nibbles += 'F';
        data.Write([ZvtFields.Pan]);
        Mark(data, 2, nibbles.Length / 2);
        data.Write(Convert.FromHexString(nibbles));
    }

    private static void Padded(ArrayBufferWriter<byte> data, byte tag, string? value, int size, char filler, Encoding encoding)
    {
        if (value is null) return;
        // Filled byte by byte: in UTF-8 a character can be several.
        var octets = encoding.GetBytes(value);
        Invariant.Holds(octets.Length <= size, "a text fits into its field");
        data.Write([tag]);
        data.Write(octets);
        for (var left = size - octets.Length; left > 0; left--) data.Write([(byte)filler]);
    }

    private static void Marked(ArrayBufferWriter<byte> data, byte tag, int marks, string? value, Encoding encoding)
    {
        if (value is null) return;
        var octets = encoding.GetBytes(value);
        data.Write([tag]);
        Mark(data, marks, octets.Length);
        data.Write(octets);
    }

    // LLVAR and LLLVAR: the digits of the length in the low nibbles of Fx (zvt.md §3).
    private static void Mark(ArrayBufferWriter<byte> data, int marks, int length)
    {
        var digits = length.ToString(CultureInfo.InvariantCulture).PadLeft(marks, '0');
        Invariant.Holds(digits.Length == marks, "a length fits into its digits");
        foreach (var digit in digits) data.Write<byte>([(byte)(0xF0 | digit - '0')]);
    }

    private static void Container(ArrayBufferWriter<byte> data, Octets? tlv)
    {
        if (tlv is not { } container) return;
        data.Write([ZvtFields.Container]);
        TlvWriter.WriteLength(data, container.Length);
        data.Write(container.Span);
    }

    private static void Container(ArrayBufferWriter<byte> data, Octets tlv)
    {
        if (!tlv.IsEmpty) Container(data, (Octets?)tlv);
    }

    // BMP 60 (zvt.md §8.4).
    private static void Totals(ArrayBufferWriter<byte> data, ZvtTotals? totals)
    {
        if (totals is null) return;
        data.Write([ZvtFields.Totals]);
        Mark(data, 3, 4 + totals.Kinds.Count * 7);
        Digits(data, null, totals.FirstReceipt, 2);
        Digits(data, null, totals.LastReceipt, 2);
        foreach (var kind in totals.Kinds)
        {
            Invariant.Holds(kind.Count is >= 0 and <= 0xFF, "a count of totals is one byte");
            data.Write<byte>([(byte)kind.Count]);
            Packed(data, null, kind.MinorUnits, 6);
        }
    }
}
