using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt;

/// <summary>
/// What the terminal's messages say about money (zvt.md §7, §13, §17). What it did not say is not filled in from what was asked: absent,
/// unreadable or unknown is "not told", and recovery decides. Pure but for the year of a booking's date.
/// </summary>
internal sealed class ZvtConclusions(Currency own, TimeProvider clock, Grounds without = default)
{
    private const byte AbortInstruction = 0x1E;
    private const byte UpdateFollows = 0xE0;
    private const uint TagTip = 0x1F36;

    private static readonly string[] KindNames = ["girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "others"];

    /// <summary>84 xx in place of the acknowledge: the command was not started.</summary>
    public static Conclusion Refused(ZvtNegative refused)
    {
        // 84 1E LEN 6F: the code proper stands in the data (§6.1).
        var code = refused is { Code: AbortInstruction, Data.Length: > 0 } ? refused.Data.Span[0] : refused.Code;
        var reason = code switch
        {
            ZvtResultCodes.PleaseWait or ZvtResultCodes.ReceiverNotReady or ZvtResultCodes.NoAnswer => Reason.TerminalBusy,
            ZvtResultCodes.UnknownCommand => Reason.Unsupported,
            _ => Reason.TerminalRefused,
        };
        return new Conclusion(Outcome.Failed, reason)
        {
            ResponseCode = Hex(code),
            TerminalText = code == ZvtResultCodes.WrongCurrency
                ? "The terminal has another currency; set the terminal's currency in the configuration."
                : ZvtCodes.ResultText(code, "en"),
            Grounds = Grounds.Of(Ground.RefusedAtOnce, Ground.ResultIsTrue),
        };
    }

    /// <summary>What was named for a reversal is not the terminal's last booking, which is all that it undoes; null when it is.</summary>
    public static Conclusion? OtherLast(TerminalRequest request, ZvtStatusInformation? last) =>
        request.Kind is not RequestKind.Reversal || Original.SameReceipt(last?.Receipt, request.Original?.Receipt)
            ? null
            : new(Outcome.Failed, Reason.TerminalRefused)
            {
                TerminalText = "This terminal always reverses its last payment, and that is not the one that was named.",
            };

    /// <summary>Another terminal than the address names, where a changed one would charge; null when it is not.</summary>
    public static Conclusion? OtherDevice(TerminalRequest request, string? wanted, string? told) =>
        !request.Kind.NeedsProof() || wanted is null || ZvtMark.IsNone(told) || told!.TrimStart('0') == wanted.Trim().TrimStart('0')
            ? null
            : new(Outcome.Failed, Reason.TerminalRefused)
            {
                TerminalText = $"Terminal {told} answers here, and the address asks for tid={wanted}; nothing was sent. "
                    + "Correct the address.",
            };

    /// <summary>A serial line on which answers to earlier questions still come in.</summary>
    public static Conclusion OutOfStep => new(Outcome.Failed, Reason.TerminalBusy)
    {
        TerminalText = "Answers to earlier questions still come in on the serial line; nothing was sent. Try again in a moment.",
    };

    /// <summary>What a status information announces, before it is committed.</summary>
    /// <exception cref="ProtocolViolationException">It approves, and what was approved cannot be read.</exception>
    public Conclusion Announced(ZvtStatusInformation status, TerminalRequest request)
    {
        var (outcome, reason) = status.ResultCode is { } code ? ZvtCodes.Judge(code)
            : request.Kind.MovesMoney() ? (Outcome.Unknown, Reason.CannotTell) : (Outcome.Approved, Reason.Done);
        var amount = outcome is Outcome.Approved && request.Kind.MovesMoney() ? AmountOf(status, request) : null;
        if (outcome is Outcome.Approved && !request.Kind.MovesMoney()) reason = Reason.Done;
        if (amount is { } approved && request.Total is { } asked && approved != asked) reason = Reason.ApprovedOtherAmount;
        return new Conclusion(outcome, reason)
        {
            ApprovedAmount = amount,
            ApprovedTip = amount is { } whole ? TipOf(status, whole) : null,
            ResponseCode = status.ResultCode is { } result ? Hex(result) : null,
            TerminalText = status.ErrorText ?? status.AdditionalText ?? BalanceOf(status, request),
            References = new References(
                status.Receipt, null, Empty(status.Authorisation), status.Trace,
                status.TerminalId, Empty(status.VuNumber), status.Turnover),
            Card = CardOf(status),
            TerminalTime = ZvtMark.TimeOf(ZvtMark.AtOf(status), clock.GetLocalNow().DateTime),
            Totals = TotalsOf(status) ?? SumOf(status, request),
            NamesOriginal = request.Original?.Trace is { } undone && !ZvtMark.IsNone(undone) && status.OriginalTrace == undone,
            SignatureRequired = status.CardholderVerification is 0x01 or 0x05 or 0x06 or 0x07,
            Grounds = amount is not null && status is { Amount: not null, Currency: null }
                ? Grounds.Of(Ground.CurrencyAsAsked)
                : Grounds.None,
        };
    }

    /// <summary>06 0F: the announced result stands; for money without a result nothing is said (§17).</summary>
    public static (Conclusion Conclusion, IncidentSeen? Incident) Completed(
        ZvtCompletion completion, ZvtStatusInformation? status, Conclusion? announced, TerminalRequest request)
    {
        if (request.Kind.MovesMoney())
        {
            if (announced is null or { Outcome: Outcome.Unknown })
                throw new ProtocolViolationException("06 0F ended a payment without a result.");
            if (announced.Outcome is Outcome.Approved && request.Kind is RequestKind.Reversal
                && UndidAnother(status!, request) is { } incident)
            {
                return (
                    announced with { Outcome = Outcome.Unknown, Reason = Reason.OtherBookingReversed, ApprovedAmount = null },
                    incident);
            }

            return (announced, null);
        }

        // [vendor:card complete] an End-of-Day may complete with E0: closed, a software update follows (§8.2).
        var closed = completion.ResultCode == UpdateFollows && request.Kind is RequestKind.Reconciliation;
        if (completion.ResultCode is { } code and not 0 && !closed)
        {
            var (outcome, reason) = ZvtCodes.Judge(code);
            return (new(outcome, reason) { ResponseCode = Hex(code), TerminalText = ZvtCodes.ResultText(code, "en") }, null);
        }

        if (request.Kind is RequestKind.Status) return (StatusOf(completion), null);
        // A question whose answer did not come was not answered.
        if (request.Kind is RequestKind.Repeat && announced is null)
        {
            return (
                new(Outcome.Failed, Reason.CannotTell) { TerminalText = "The terminal did not say what its last transaction was." }, null);
        }

        var done = announced ?? new Conclusion(Outcome.Approved, Reason.Done);
        return (done with { References = done.References with { TerminalId = done.References.TerminalId ?? completion.TerminalId } }, null);
    }

    /// <summary>06 1E: failed, also when an approval was announced before (§9.8, §17).</summary>
    public static Conclusion Aborted(ZvtAbort aborted, Conclusion? announced)
    {
        var code = aborted.ResultCode ?? ZvtResultCodes.SystemError;
        var (outcome, reason) = ZvtCodes.Judge(code);
        // 06 1E says that it failed, whatever the code: an abort is never an approval.
        if (outcome is Outcome.Approved) (outcome, reason) = (Outcome.Failed, Reason.TerminalFailed);
        if (announced is { Outcome: Outcome.Approved }) (outcome, reason) = (Outcome.Declined, Reason.ReversedByTerminal);
        var said = announced ?? new Conclusion(outcome, reason);
        return said with
        {
            Outcome = outcome,
            Reason = reason,
            ApprovedAmount = null,
            ResponseCode = Hex(code),
            TerminalText = aborted.ErrorText ?? said.TerminalText ?? ZvtCodes.ResultText(code, "en"),
        };
    }

    /// <summary>BMP 60 with the sum of BMP 04 (§8.4); null when the terminal sent no totals.</summary>
    public Totals? TotalsOf(ZvtStatusInformation status)
    {
        // A sum in a currency that nobody knows is no sum.
        if (status.Totals is not { } totals || !TryCurrency(status, out var named)) return null;
        var currency = named ?? own;
        var kinds = totals.Kinds.Select((kind, index) => new BrandTotal(
            KindNames[Math.Min(index, KindNames.Length - 1)], kind.Count, new Money(kind.MinorUnits, currency))).ToList();
        var net = status.Amount ?? kinds.Sum(kind => kind.Sum.MinorUnits);
        // A count is one byte: a full one may have run over.
        int? count = kinds.Exists(kind => kind.Count == byte.MaxValue) ? null : kinds.Sum(kind => kind.Count);
        return new Totals(new Money(net, currency), count, totals.FirstReceipt, totals.LastReceipt, kinds)
        {
            IsUnsigned = true,
        };
    }

    // Where a close names no BMP 60, its amount alone is the total.
    private Totals? SumOf(ZvtStatusInformation status, TerminalRequest request) =>
        request.Kind is RequestKind.Reconciliation or RequestKind.Subtotals
        && status.Amount is { } sum && TryCurrency(status, out var named)
            ? new Totals(new Money(sum, named ?? own), null, null, null, []) { IsUnsigned = true }
            : null;

    /// <summary>The currency that was named, null where none was; false when it is none that we know.</summary>
    public static bool TryCurrency(ZvtStatusInformation status, out Currency? currency)
    {
        currency = null;
        return status.Currency is not { } numeric || Currency.TryFind(numeric, out currency);
    }

    private Money? AmountOf(ZvtStatusInformation status, TerminalRequest request)
    {
        if (!TryCurrency(status, out var named))
            throw new ProtocolViolationException($"The terminal approved an amount in currency {status.Currency:D3}, which is not known.");
        var asked = request.Total ?? request.Original?.Amount;
        // Behind a BMP that no table knows nothing can be read: a second result may stand there, or what a reversal undid (§11).
        var isHidden = status.Undecoded.Length > 0
            && ((request.Kind is RequestKind.Reversal && status.OriginalTrace is null) || MayHoldResult(status.Undecoded.Span));
        if (isHidden) throw new ProtocolViolationException("The terminal's result stands behind a field that cannot be read.");
        // The terminal names the currency only if we sent one (§3.2); what it names is what it took.
        if (status.Amount is { } minor)
        {
            return named is not null || !without.Has(Ground.CurrencyAsAsked)
                ? new Money(minor, named ?? asked?.Currency ?? own)
                : throw new ProtocolViolationException("The terminal approved an amount and does not say in which currency.");
        }

        // What was released has no amount of its own, and a reversal that names the booking it undid names that one's amount.
        if (request.Kind is RequestKind.CancelPreAuthorization) return asked;
        if (request.Kind is RequestKind.Reversal && status.OriginalTrace is { } undone && undone == request.Original?.Trace) return asked;
        throw new ProtocolViolationException("The terminal approved and does not say how much.");
    }

    // Tag 1F36, six bytes BCD; part of BMP 04 (§8.1), so that more than the whole is no tip (found by fuzzing).
    private static Money? TipOf(ZvtStatusInformation status, Money whole) =>
        Tlv.TryFind(status.Tlv.Span, out var digits, TagTip)
        && long.TryParse(Convert.ToHexString(digits), NumberStyles.None, CultureInfo.InvariantCulture, out var tip)
        && tip > 0 && tip <= whole.MinorUnits
            ? new Money(tip, whole.Currency)
            : null;

    private static bool MayHoldResult(ReadOnlySpan<byte> rest)
    {
        for (var index = 0; index < rest.Length - 1; index++)
        {
            if (rest[index] == ZvtFields.ResultCode && rest[index + 1] != 0) return true;
        }

        return false;
    }

    // Portalum #24: some terminals undo their last payment whatever number they are given.
    private static IncidentSeen? UndidAnother(ZvtStatusInformation status, TerminalRequest request)
    {
        var original = request.Original!;
        var otherTrace = status.OriginalTrace is { } trace && original.Trace is { } wanted && trace != wanted;
        var otherAmount = status.Amount is { } minor && original.Amount is { } amount && minor != amount.MinorUnits
            && request.Amount is null;
        if (!otherTrace && !otherAmount) return null;
        return new IncidentSeen(
            Reason.OtherBookingReversed,
            $"Receipt {original.Receipt} (trace {original.Trace ?? "-"}, {original.Amount?.ToString() ?? "-"}) was to be reversed; "
            + $"the terminal reversed trace {status.OriginalTrace ?? "-"}, "
            + $"amount {status.Amount?.ToString(CultureInfo.InvariantCulture) ?? "-"}.");
    }

    private static Conclusion StatusOf(ZvtCompletion completion)
    {
        var status = completion.TerminalStatus ?? 0;
        var ready = status == 0;
        return new Conclusion(ready ? Outcome.Approved : Outcome.Failed, ready ? Reason.Done : Reason.TerminalNotReady)
        {
            ResponseCode = Hex(status),
            TerminalText = ready ? completion.SoftwareVersion : ZvtCodes.TerminalStatusText(status, "en"),
            References = new References(TerminalId: completion.TerminalId),
        };
    }

    private string? BalanceOf(ZvtStatusInformation status, TerminalRequest request) =>
        request.Kind is RequestKind.Balance && status.Amount is { } minor && TryCurrency(status, out var named)
            ? $"Balance {new Money(minor, named ?? own)}" : null;

    private static CardView? CardOf(ZvtStatusInformation status)
    {
        var type = status.LongCardType ?? (status.CardType is { } code and not 255 ? code : null);
        var brand = Empty(status.CardName) ?? (type is { } known ? ZvtCodes.CardName(known) : null);
        if (status.MaskedPan is null && brand is null && type is null) return null;
        var entry = status.Technology switch { 0 => "stripe", 1 => "chip", 2 => "contactless", _ => null };
        return new CardView(
            Empty(status.MaskedPan), brand, type?.ToString(CultureInfo.InvariantCulture), entry, status.CardSequence);
    }

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string Hex(byte code) => code.ToString("X2", CultureInfo.InvariantCulture);
}
