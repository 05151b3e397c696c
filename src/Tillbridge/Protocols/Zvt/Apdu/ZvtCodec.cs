using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>
/// APDU to message and back. What the money depends on is read strictly; what is broken inside of a container 06 only is not, because
/// nothing there decides an outcome and a lost 04 0F would leave one unknown.
/// </summary>
internal static class ZvtCodec
{
    private const byte WrongCurrency = 0x6F;

    public static bool TryDecode(
        ReadOnlySpan<byte> apdu, Sender from, ZvtText text,
        [NotNullWhen(true)] out ZvtMessage? message, [NotNullWhen(false)] out DecodeFault? fault)
    {
        // The bytes of both sides are alike; the parameter stands for dialects in which they will not be.
        _ = from;
        message = null;
        if (!TryOpen(apdu, out var code, out var body, out fault))
        {
            fault ??= new("command", 0, "no message");
            return false;
        }

        message = code switch
        {
            ZvtCommands.StatusInformation => Status(body, text, out fault),
            ZvtCommands.IntermediateStatus => Intermediate(body, text, out fault),
            ZvtCommands.Completion => Completion(body, out fault),
            ZvtCommands.AbortPt => Abort(body, text, out fault),
            ZvtCommands.PrintLine => PrintLine(body.Data, text),
            ZvtCommands.PrintTextBlock => PrintBlock(body, text, out fault),
            ZvtCommands.Registration => Registration(body, out fault),
            ZvtCommands.StatusEnquiry => StatusEnquiry(body, out fault),
            ZvtCommands.RepeatReceipt => RepeatReceipt(body, out fault),
            ZvtCommands.SetClock or ZvtCommands.EcrSetClock => SetClock(code, body, out fault),
            ZvtCommands.ReadCard => ReadCard(body, out fault),
            _ when code >> 8 == 0x80 => new ZvtPositive(Octets.Copy(body.Data)),
            _ when code >> 8 == 0x84 => (code & 0xFF) == 0
                ? new ZvtPositive(Octets.Copy(body.Data), As84: true)
                : new ZvtNegative((byte)code, Octets.Copy(body.Data)),
            _ when ZvtCommands.IsTransaction(code) => Transaction(code, body, text, out fault),
            _ when ZvtCommands.IsPlain(code) => Plain(code, body, out fault),
            _ => new ZvtOther(code, Octets.Copy(body.Data)),
        };
        if (fault is null && message is not null) return true;
        fault ??= new DecodeFault("data", apdu.Length, "not a message");
        return false;
    }

    public static void Encode(ZvtMessage message, ZvtText text, IBufferWriter<byte> to) => ZvtEncoder.Encode(message, text, to);

    public static byte[] Encode(ZvtMessage message, ZvtText? text = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ZvtEncoder.Encode(message, text ?? ZvtText.Default, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The data of an APDU and where it begins.</summary>
    private readonly ref struct Body(ReadOnlySpan<byte> data, int start)
    {
        public ReadOnlySpan<byte> Data { get; } = data;

        public int Start { get; } = start;

        public int Length => Data.Length;

        public byte this[int index] => Data[index];

        public Body From(int count) => new(Data[count..], Start + count);
    }

    private static bool TryOpen(ReadOnlySpan<byte> apdu, out ushort code, out Body body, out DecodeFault? fault)
    {
        code = 0;
        body = default;
        if (apdu.Length > 0 && !ZvtCommands.IsClass(apdu[0]))
        {
            fault = new("command", 0, $"class {apdu[0]:X2} is none of ZVT");
        }
        else if (!ZvtFraming.TryMeasure(apdu, out var header, out var size))
        {
            fault = new("length", apdu.Length, "the header is cut short");
        }
        else if (size != apdu.Length)
        {
            fault = new("length", 2, $"{size - header} bytes of data announced, {apdu.Length - header} are there");
        }
        else if (apdu[0] == 0x80 && apdu[1] != 0)
        {
            fault = new("command", 0, $"80 {apdu[1]:X2} is no answer of ZVT");
        }
        else
        {
            fault = null;
            code = BinaryPrimitives.ReadUInt16BigEndian(apdu);
            body = new(apdu[header..], header);
        }

        return fault is null;
    }

    private static ZvtStatusInformation? Status(Body body, ZvtText text, out DecodeFault? fault)
    {
        var draft = new ZvtDraft();
        if (!draft.TryRead(body.Data, body.Start, out fault)) return null;

        var encoding = text.Resolve(draft.CharacterSet);
        var (trace, cardType, verification, technology) = (draft.Trace, (int?)null, (byte?)null, (byte?)null);
        if (!draft.Container.IsEmpty)
        {
            // zvt.md §8.1: a trace of more than six digits travels in tag 1F2B, and 0B is then all zeros.
            if (Tlv.TryFind(draft.Container, out var longTrace, ZvtFields.LongTrace)
                && Bcd.TryDigits(longTrace, out var digits) && digits.Length > 0) trace = CardNumbers.ReadDigits(longTrace, digits);
            cardType = ZvtContainers.LongCardType(draft.Container);
            verification = ZvtContainers.Octet(draft.Container, ZvtFields.PaymentTypes, ZvtFields.CardholderVerification);
            technology = ZvtContainers.Octet(draft.Container, ZvtFields.PaymentTypes, ZvtFields.Technology);
        }

        return new ZvtStatusInformation
        {
            ResultCode = draft.ResultCode,
            Amount = draft.Amount,
            Currency = draft.Currency,
            Trace = trace,
            OriginalTrace = draft.OriginalTrace,
            Time = draft.Time,
            Date = draft.Date,
            Expiry = draft.Expiry,
            CardSequence = draft.CardSequence,
            PaymentType = draft.PaymentType,
            MaskedPan = draft.MaskedPan,
            TerminalId = draft.TerminalId,
            VuNumber = ZvtDraft.Trimmed(draft.VuNumber, encoding),
            Authorisation = ZvtDraft.Trimmed(draft.Authorisation, encoding),
            AdditionalText = ZvtDraft.Lines(draft.AdditionalText, encoding),
            Receipt = draft.Receipt,
            Turnover = draft.Turnover,
            CardType = draft.CardType,
            LongCardType = cardType,
            OperatorCardType = draft.OperatorCardType,
            CardName = ZvtDraft.Trimmed(draft.CardName, encoding),
            ResultCodeAs = draft.ResultCodeAs,
            Totals = draft.Totals,
            CardholderVerification = verification,
            Technology = technology,
            ErrorText = ZvtContainers.ErrorText(draft.Container, encoding),
            Tlv = draft.SafeContainer(),
            Undecoded = draft.Undecoded,
        };
    }

    private static ZvtIntermediateStatus? Intermediate(Body body, ZvtText text, out DecodeFault? fault)
    {
        fault = body.Length == 0 ? new("intermediate_status", body.Start, "the status code is missing") : null;
        if (fault is not null) return null;
        var code = body[0];
        var rest = body.From(1);

        // zvt.md §9.6: the spec's own example leaves the time-out byte out before a container.
        int? minutes = null;
        var isLeftOut = rest.Length == 0 || (ZvtContainers.IsWhole(rest.Data) && !ZvtContainers.IsWhole(rest.Data[1..]));
        if (!isLeftOut)
        {
            minutes = Minutes(rest[0]);
            rest = rest.From(1);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(rest.Data, rest.Start, out fault)) return null;
        return new ZvtIntermediateStatus(code, minutes)
        {
            Lines = ZvtContainers.DisplayLines(draft.Container, text.Resolve(draft.CharacterSet)),
            Tlv = draft.SafeContainer(),
        };
    }

    // zvt.md §5: one BCD byte, 00 leaves the time-out alone. A byte that is no BCD still asks to wait, and waiting longer costs
    // no money [inferred].
    private static int? Minutes(byte packed)
    {
        const int Longest = 99;
        if (packed == 0) return null;
        return Bcd.TryNumber([packed], out var minutes) ? (int)minutes : Longest;
    }

    private static ZvtCompletion? Completion(Body body, out DecodeFault? fault)
    {
        fault = null;
        var (version, status) = ((string?)null, (byte?)null);
        var rest = body;
        if (body.Length > 0 && body[0] >= 0xF0 && LengthRule.LllVar.Measure(body.Data, out var prefix, out var length) is null)
        {
            // zvt.md §8.2, after 05 01: LLLVAR version without BMP, then the terminal status.
            version = ZvtText.SevenBit(body.Data.Slice(prefix, length));
            rest = body.From(prefix + length);
            status = rest.Length > 0 ? rest[0] : null;
            rest = rest.From(Math.Min(1, rest.Length));
        }
        else if (body.Length > 0 && !ZvtBmpReader.IsWhole(body.Data) && (body.Length == 1 || ZvtContainers.IsWhole(body.Data[1..])))
        {
            status = body[0];
            rest = body.From(1);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(rest.Data, rest.Start, out fault)) return null;
        return new ZvtCompletion
        {
            RegistrationStatus = draft.PaymentType,
            TerminalId = draft.TerminalId,
            Currency = draft.Currency,
            ResultCode = draft.ResultCode,
            SoftwareVersion = version,
            TerminalStatus = status,
            Tlv = draft.SafeContainer(),
            Undecoded = draft.Undecoded,
        };
    }

    private static ZvtAbort? Abort(Body body, ZvtText text, out DecodeFault? fault)
    {
        byte? code = body.Length > 0 ? body[0] : null;
        var rest = code is null ? body : body.From(1);
        int? currency = null;
        // zvt.md §3.2: only the refusal of a currency names one, without its BMP.
        if (code == WrongCurrency && ZvtContainers.StartsWithCurrency(rest.Data, out var numeric))
        {
            currency = numeric;
            rest = rest.From(2);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(rest.Data, rest.Start, out fault)) return null;
        return new ZvtAbort
        {
            ResultCode = code,
            Currency = currency ?? draft.Currency,
            Receipt = draft.Receipt,
            ErrorText = ZvtContainers.ErrorText(draft.Container, text.Resolve(draft.CharacterSet)),
            Tlv = draft.SafeContainer(),
            Undecoded = draft.Undecoded,
        };
    }

    private static ZvtPrintLine PrintLine(ReadOnlySpan<byte> data, ZvtText text)
    {
        const byte LineFeeds = 0xFF;
        if (data.IsEmpty) return new(0, "");
        if (data is [LineFeeds, var feeds]) return new(LineFeeds, "") { Feeds = feeds };
        return new(data[0], CardNumbers.Read(data[1..], text.Resolve(null)));
    }

    private static ZvtPrintBlock? PrintBlock(Body body, ZvtText text, out DecodeFault? fault)
    {
        var draft = new ZvtDraft();
        return draft.TryRead(body.Data, body.Start, out fault) ? ZvtContainers.ReadPrintBlock(draft.Container, text) : null;
    }

    private static ZvtRegistration? Registration(Body body, out DecodeFault? fault)
    {
        if (!TryPassword(body, out var password, out fault)) return null;
        if (body.Length < 4)
        {
            fault = new("config_byte", body.Start + body.Length, "the configuration byte is missing");
            return null;
        }

        var rest = body.From(4);
        int? currency = null;
        if (ZvtContainers.StartsWithCurrency(rest.Data, out var numeric))
        {
            currency = numeric;
            rest = rest.From(2);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(rest.Data, rest.Start, out fault)) return null;
        return new ZvtRegistration(password, body[3])
        {
            Currency = currency ?? draft.Currency, Service = draft.Service,
            Tlv = draft.HasContainer ? draft.SafeContainer() : null,
            Undecoded = draft.Undecoded,
        };
    }

    private static ZvtStatusEnquiry? StatusEnquiry(Body body, out DecodeFault? fault)
    {
        if (!TryOptionalPassword(ref body, out var password, out fault)) return null;
        var draft = new ZvtDraft();
        return draft.TryRead(body.Data, body.Start, out fault) ? new(password, draft.Service) : null;
    }

    private static ZvtRepeatReceipt? RepeatReceipt(Body body, out DecodeFault? fault)
    {
        if (!TryPassword(body, out var password, out fault)) return null;
        var draft = new ZvtDraft();
        return draft.TryRead(body.Data[3..], body.Start + 3, out fault) ? new ZvtRepeatReceipt(password, draft.Service) : null;
    }

    private static ZvtSetClock? SetClock(ushort code, Body body, out DecodeFault? fault)
    {
        fault = null;
        string? password = null;
        if (code == ZvtCommands.SetClock)
        {
            if (!TryPassword(body, out password, out fault)) return null;
            body = body.From(3);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(body.Data, body.Start, out fault)) return null;
        if (draft.FullDate is { } date && draft.Time is { } time) return new(code, password, date, time);
        fault = new(draft.FullDate is null ? "date_yymmdd" : "time", body.Start + body.Length, "the field is missing");
        return null;
    }

    private static ZvtReadCard? ReadCard(Body body, out DecodeFault? fault)
    {
        byte? seconds = null;
        if (body.Length > 0 && !ZvtContainers.IsWhole(body.Data))
        {
            seconds = body[0];
            body = body.From(1);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(body.Data, body.Start, out fault)) return null;
        return new(seconds)
        {
            CardSelection = draft.PaymentType,
            Tlv = draft.HasContainer ? draft.SafeContainer() : null,
        };
    }

    private static ZvtTransaction? Transaction(ushort code, Body body, ZvtText text, out DecodeFault? fault)
    {
        fault = null;
        string? password = null;
        if (ZvtCommands.Find(code)?.Parts is [{ Name: "password" }])
        {
            if (!TryPassword(body, out password, out fault)) return null;
            body = body.From(3);
        }

        var draft = new ZvtDraft();
        if (!draft.TryRead(body.Data, body.Start, out fault)) return null;
        var encoding = text.Resolve(draft.CharacterSet);
        return new ZvtTransaction(code)
        {
            Password = password,
            Amount = draft.Amount,
            Currency = draft.Currency,
            PaymentType = draft.PaymentType,
            Receipt = draft.Receipt,
            Trace = draft.Trace,
            Authorisation = ZvtDraft.Trimmed(draft.Authorisation, encoding),
            AdditionalText = ZvtDraft.Lines(draft.AdditionalText, encoding),
            AnswerSeconds = draft.AnswerSeconds,
            MostStatusInformations = draft.MostStatusInformations,
            CardType = draft.CardType,
            Tlv = draft.HasContainer ? draft.SafeContainer() : null,
            Undecoded = draft.Undecoded,
        };
    }

    private static ZvtCommand? Plain(ushort code, Body body, out DecodeFault? fault)
    {
        fault = null;
        string? password = null;
        if (ZvtCommands.Find(code)?.Parts is [{ Name: "password" }] && !TryOptionalPassword(ref body, out password, out fault)) return null;
        var draft = new ZvtDraft();
        if (!draft.TryRead(body.Data, body.Start, out fault)) return null;
        return new(code, password) { Tlv = draft.HasContainer ? draft.SafeContainer() : null, Undecoded = draft.Undecoded };
    }

    private static bool TryOptionalPassword(ref Body body, out string? password, out DecodeFault? fault)
    {
        (password, fault) = (null, null);
        if (body.Length == 0 || ZvtContainers.IsWhole(body.Data)) return true;
        if (!TryPassword(body, out password, out fault)) return false;
        body = body.From(3);
        return true;
    }

    private static bool TryPassword(Body body, [NotNullWhen(true)] out string? password, out DecodeFault? fault)
    {
        (password, fault) = (null, null);
        if (body.Length >= 3 && Bcd.TryDigits(body.Data[..3], out password)) return true;
        var wrong = body.Length < 3 ? "the password is missing or cut short" : "the password is not decimal digits";
        fault = new("password", body.Start, wrong);
        return false;
    }
}
