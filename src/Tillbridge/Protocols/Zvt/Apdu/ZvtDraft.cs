using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tillbridge.Domain.Cards;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>
/// What a walk over the BMPs of any message has gathered, before it becomes a record. Card data beyond the masked number is passed over.
/// </summary>
internal ref struct ZvtDraft
{
    public byte? ResultCode;
    public long? Amount;
    public int? Currency;
    public string? Trace;
    public string? OriginalTrace;
    public string? Time;
    public string? Date;
    public string? FullDate;
    public string? Expiry;
    public string? CardSequence;
    public byte? PaymentType;
    public string? MaskedPan;
    public string? TerminalId;
    public string? Receipt;
    public string? Turnover;
    public byte? CardType;
    public byte? OperatorCardType;
    public byte? ResultCodeAs;
    public byte? AnswerSeconds;
    public byte? MostStatusInformations;
    public byte? Service;
    public ZvtTotals? Totals;
    public ReadOnlySpan<byte> VuNumber;
    public ReadOnlySpan<byte> Authorisation;
    public ReadOnlySpan<byte> AdditionalText;
    public ReadOnlySpan<byte> CardName;
    public ReadOnlySpan<byte> Container;
    public bool HasContainer;
    public bool AnyField;
    public Octets Undecoded;

    private const int MostCurrency = 999;

    // A second container adds to the first; no document says so, and none forbids it [inferred].
    private ArrayBufferWriter<byte>? joined;

    /// <summary>Reads all BMPs; false with the fault when one breaks its rule or two contradict each other about money.</summary>
    public bool TryRead(ReadOnlySpan<byte> data, int start, [NotNullWhen(false)] out DecodeFault? fault)
    {
        var reader = new ZvtBmpReader(data, start);
        while (true)
        {
            switch (reader.Next())
            {
                case ZvtBmpStep.Field:
                    AnyField = true;
                    if (Take(reader.Row!.Tag, reader.Value) is { } wrong)
                    {
                        fault = reader.Wrong(wrong);
                        return false;
                    }

                    break;
                case ZvtBmpStep.End:
                    fault = null;
                    return true;
                case ZvtBmpStep.Unknown:
                    Undecoded = Hidden(reader.Rest);
                    fault = null;
                    return true;
                default:
                    fault = reader.Fault!;
                    return false;
            }
        }
    }

    /// <summary>The character set that the message's own container names.</summary>
    public readonly byte? CharacterSet =>
        !Container.IsEmpty && Tlv.TryFind(Container, out var set, ZvtFields.CharacterSet) && set.Length == 1 ? set[0] : null;

    /// <summary>A copy of the container in which secret objects are made unreadable, lengths kept.</summary>
    public readonly Octets SafeContainer() => ZvtContainers.Safe(Container);

    /// <summary>
    /// Text without blanks and zero bytes at its end, control characters and card numbers; null when nothing is left.
    /// </summary>
    public static string? Trimmed(ReadOnlySpan<byte> value, Encoding encoding)
    {
        value = value.TrimEnd(" \0"u8);
        if (value.IsEmpty) return null;
        var text = TerminalWords.Text(CardNumbers.Read(value, encoding)).TrimEnd();
        return text.Length == 0 ? null : text;
    }

    /// <summary>The text of BMP 3C, whose lines are separated by CR (zvt.md §8.1).</summary>
    public static string? Lines(ReadOnlySpan<byte> value, Encoding encoding) => Trimmed(value, encoding);

    private static Octets Hidden(ReadOnlySpan<byte> rest)
    {
        // zvt.md §11: what follows an unknown BMP stays raw; it may hold a card number that we cannot name.
        var copy = rest.ToArray();
        CardNumbers.HideIn(copy);
        return new(copy);
    }

    // Null, or what is wrong with the value.
    private string? Take(uint tag, ReadOnlySpan<byte> value)
    {
        switch ((byte)tag)
        {
            case ZvtFields.ResultCode: return Once(ref ResultCode, value[0]);
            case ZvtFields.Amount: return TakeAmount(value);
            case ZvtFields.Currency: return TakeCurrency(value);
            case ZvtFields.Trace: return Digits(value, ref Trace);
            case ZvtFields.OriginalTrace: return Digits(value, ref OriginalTrace);
            case ZvtFields.Time: return Digits(value, ref Time);
            case ZvtFields.Date: return Digits(value, ref Date);
            case ZvtFields.FullDate: return Digits(value, ref FullDate);
            case ZvtFields.TerminalId: return Digits(value, ref TerminalId);
            case ZvtFields.Turnover: return Digits(value, ref Turnover);
            case ZvtFields.Receipt: return TakeReceipt(value);
            case ZvtFields.Totals: return TakeTotals(value);
            case ZvtFields.Expiry: Expiry = FieldFormatting.Loose(value); break;
            case ZvtFields.CardSequence: CardSequence = FieldFormatting.Loose(value); break;
            case ZvtFields.PaymentType: PaymentType = value[0]; break;
            case ZvtFields.Pan: MaskedPan = CardNumbers.ShowPacked(value); break;
            case ZvtFields.CardType: CardType = value[0]; break;
            case ZvtFields.OperatorCardType: OperatorCardType = value[0]; break;
            case ZvtFields.ResultCodeAs: ResultCodeAs = value[0]; break;
            case ZvtFields.AnswerSeconds: AnswerSeconds = value[0]; break;
            case ZvtFields.MostStatusInformations: MostStatusInformations = value[0]; break;
            case ZvtFields.Service: Service = value[0]; break;
            case ZvtFields.VuNumber: VuNumber = value; break;
            case ZvtFields.Authorisation: Authorisation = value; break;
            case ZvtFields.AdditionalText: AdditionalText = value; break;
            case ZvtFields.CardName: CardName = value; break;
            case ZvtFields.Container: TakeContainer(value); break;
        }

        return null;
    }

    private static string? Once(ref byte? field, byte value)
    {
        if (field is { } before && before != value) return $"a second value {value:X2} contradicts {before:X2}";
        field = value;
        return null;
    }

    private string? TakeAmount(ReadOnlySpan<byte> value)
    {
        if (!Bcd.TryNumber(value, out var amount)) return "not decimal digits";
        if (Amount is { } before && before != amount) return $"a second amount {amount} contradicts {before}";
        Amount = amount;
        return null;
    }

    private string? TakeCurrency(ReadOnlySpan<byte> value)
    {
        if (!Bcd.TryNumber(value, out var numeric)) return "not decimal digits";
        if (numeric > MostCurrency) return $"{numeric} is no number of ISO 4217";
        if (Currency is { } before && before != numeric) return $"a second currency {numeric} contradicts {before}";
        Currency = (int)numeric;
        return null;
    }

    private string? TakeReceipt(ReadOnlySpan<byte> value)
    {
        // zvt.md §7.5: FFFF stands for "none" and for "list all".
        return value is [0xFF, 0xFF] ? Once(ref Receipt, "FFFF") : Digits(value, ref Receipt);
    }

    private string? TakeTotals(ReadOnlySpan<byte> value)
    {
        const int Head = 4;
        const int PerKind = 7;
        if (value.Length < Head || (value.Length - Head) % PerKind != 0) return $"{value.Length} bytes are no totals";
        if (!Bcd.TryDigits(value[..2], out var first) || !Bcd.TryDigits(value[2..4], out var last)) return "not decimal digits";
        var kinds = new ZvtKindTotal[(value.Length - Head) / PerKind];
        for (var index = 0; index < kinds.Length; index++)
        {
            var kind = value.Slice(Head + index * PerKind, PerKind);
            if (!Bcd.TryNumber(kind[1..], out var sum)) return "not decimal digits";
            kinds[index] = new(kind[0], sum);
        }

        var told = new ZvtTotals(first, last, kinds);
        if (Totals is { } before && (before with { Kinds = kinds } != told || !before.Kinds.SequenceEqual(kinds)))
            return "second totals contradict the first";
        Totals = told;
        return null;
    }

    private void TakeContainer(ReadOnlySpan<byte> value)
    {
        if (HasContainer && !Container.IsEmpty)
        {
            if (joined is null)
            {
                joined = new ArrayBufferWriter<byte>();
                joined.Write(Container);
            }

            joined.Write(value);
            Container = joined.WrittenSpan;
        }
        else
        {
            Container = value;
        }

        HasContainer = true;
    }

    // Which of two numbers is the booking's nobody can tell.
    private static string? Digits(ReadOnlySpan<byte> value, ref string? field) =>
        Bcd.TryDigits(value, out var digits) ? Once(ref field, digits) : "not decimal digits";

    private static string? Once(ref string? field, string value)
    {
        if (field is { } before && before != value) return $"a second value {value} contradicts {before}";
        field = value;
        return null;
    }
}
