using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What the terminal's messages say about money (gpe.md §8, csob-b.md §10, k2-client.md §2.5). Pure.</summary>
internal sealed class BConclusions(BDialect dialect, Currency own)
{
    private const int CodeCharacters = 3;

    /// <summary>A result whose booking the host may know otherwise; the terminal is asked again before it is believed.</summary>
    public bool IsUncertain(string code) => dialect.Codes.GroupOf(code) is CodeGroup.Uncertain;

    public bool IsApproved(string? code) => code is not null && dialect.Codes.GroupOf(code) is CodeGroup.Approved or CodeGroup.Partial;

    /// <summary>What a final answer says.</summary>
    /// <exception cref="ProtocolViolationException">It has no code, or approves a part without naming it.</exception>
    public Conclusion Of(BFrame answer, TerminalRequest request)
    {
        var code = CodeOf(answer);
        var (outcome, reason) = Judge(code, request.Kind);
        var (amount, cash) = outcome is Outcome.Approved && request.Kind.MovesMoney() ? AmountOf(answer, code, request) : (null, null);
        // gpe.md §8: a part is never treated as the whole; that answer repeats what was asked, and the part has no amount. A reversal
        // succeeds under that code.
        if (dialect.Codes.GroupOf(code) is CodeGroup.Partial && request.Kind is not RequestKind.Reversal
            && amount is { } part && part.MinorUnits >= AskedOf(request)?.MinorUnits)
            throw new ProtocolViolationException("The terminal approved a part and names the whole amount.");
        if (amount is { } approved && AskedOf(request) is { } asked && approved != asked) reason = Reason.ApprovedOtherAmount;
        return new Conclusion(outcome, reason)
        {
            ApprovedAmount = amount,
            ApprovedCashback = cash,
            ResponseCode = code,
            TerminalText = TextOf(answer, code, request),
            References = new References(
                Empty(answer.Get(dialect, BFields.Sequence)), null, Empty(answer.Get(dialect, BFields.Approval)), null,
                answer.TerminalId, Empty(answer.Get(dialect, BFields.MerchantId)), Empty(answer.Get(dialect, BFields.Batch))),
            Card = CardOf(answer),
            Totals = BTotals.Of(answer, own, dialect),
            TotalsText = BTotals.TextOf(answer, dialect),
            PeriodClosed = request.Kind is RequestKind.Reconciliation ? IsClosed(code) : null,
            CheckReconciliation = request.Kind.MovesMoney() && IsUncertain(code),
            PrintText = BPrintText.TextOf(answer, dialect),
            PrintCodePage = answer.Get(dialect, BFields.CodePage),
            TerminalTime = TimeOf(answer),
            SignatureRequired = (answer.Flags & BFrame.SignatureRequired) != 0,
            Grounds = amount is not null && answer.Get(dialect, BFields.Amount) is not null && answer.Get(dialect, BFields.Currency) is null
                ? Grounds.Of(Ground.CurrencyAsAsked)
                : Grounds.None,
        };
    }

    // A code that nobody knows is a decline; what is no code at all, or two, says nothing (csob-b.md §4, gpe.md §3).
    private string CodeOf(BFrame answer)
    {
        var code = answer.Get(dialect, BFields.Response)
            ?? throw new ProtocolViolationException("The terminal's answer has no response code.");
        if (code.Length != CodeCharacters || !code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
            throw new ProtocolViolationException("The terminal's response code is none of three characters.");
        foreach (var name in new[] { BFields.Response, BFields.Amount, BFields.Cashback, BFields.Currency })
        {
            if (!dialect.Fids.TryGetValue(name, out var fid)) continue;
            var other = dialect.OtherFids.GetValueOrDefault(name);
            var values = answer.Fields.Where(field => field.Fid.ToString() is var letter && (letter == fid || letter == other))
                .Select(field => name == BFields.Currency ? BAmounts.CurrencyOf(field.Own)?.Code ?? field.Raw : field.Raw);
            if (values.Distinct().Count() > 1) throw new ProtocolViolationException($"The terminal's answer says two things as {name}.");
        }

        return code;
    }

    public static DateTime? TimeOf(BFrame answer) => DateTime.TryParseExact(
        answer.Time, "yyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    /// <summary>It is doing something else; nothing was sent.</summary>
    public static Conclusion Busy { get; } = new(Outcome.Failed, Reason.TerminalBusy) { TerminalText = "The terminal is busy." };

    /// <summary>The address names another terminal than the one that answers; nothing was sent.</summary>
    public static Conclusion OtherDevice(string wanted, string heard) => new(Outcome.Failed, Reason.TerminalRefused)
    {
        TerminalText = $"Terminal {heard} answers here, and the address asks for tid={wanted}; nothing was sent. Correct the address.",
    };

    /// <summary>Its last transaction is the one that is asked for already; nothing was sent.</summary>
    public static Conclusion There(BLast last) => new(Outcome.Failed, Reason.BookedAlready)
    {
        TerminalText = $"The terminal's last transaction carries {last.Invoice ?? last.Reference} over the same amount already; "
            + "nothing was sent. Look at that booking, or use another reference.",
    };

    /// <summary>What was asked in all; for a reversal what it undoes.</summary>
    public static Money? AskedOf(TerminalRequest request) =>
        request.Total ?? (request.Kind.NeedsOriginal() ? request.Original?.Amount : null);

    /// <summary>What a code says of a request of that kind.</summary>
    public (Outcome Outcome, string Reason) Judge(string code, RequestKind kind)
    {
        var group = dialect.Codes.GroupOf(code);
        if (kind is RequestKind.Reset) return JudgePassivate(code);
        if (kind is RequestKind.Reversal && dialect.Codes.ReversalSuccess.Contains(code)) return (Outcome.Approved, Reason.Approved);
        var (outcome, reason) = group switch
        {
            CodeGroup.Approved => (Outcome.Approved, kind.MovesMoney() ? Reason.Approved : Reason.Done),
            CodeGroup.Partial => (Outcome.Approved, kind.MovesMoney() ? Reason.ApprovedOtherAmount : Reason.Done),
            CodeGroup.Reversed => (Outcome.Declined, Reason.ReversedByTerminal),
            CodeGroup.Busy => (Outcome.Failed, Reason.TerminalBusy),
            CodeGroup.Cancelled => (Outcome.Cancelled, Reason.Cancelled),
            CodeGroup.Timeout => (Outcome.Cancelled, Reason.TerminalTimeOut),
            CodeGroup.Declined => (Outcome.Declined, Reason.DeclinedByIssuer),
            CodeGroup.Failed or CodeGroup.Uncertain => (Outcome.Failed, Reason.TerminalFailed),
            CodeGroup.NotExecuted => (Outcome.Failed, Reason.TerminalRefused),
            CodeGroup.ReversalRefused => (Outcome.Declined, Reason.ReversalRefused),
            CodeGroup.TotalsDifferClosed => (Outcome.Declined, Reason.TotalsDifferClosed),
            CodeGroup.TotalsDifferOpen => (Outcome.Declined, Reason.TotalsDifferOpen),
            _ => (Outcome.Declined, Reason.DeclinedByTerminal),
        };
        // The sentences about totals belong to a close alone, that about a reversal to a reversal.
        var isClose = kind is RequestKind.Reconciliation;
        if (group is CodeGroup.TotalsDifferClosed or CodeGroup.TotalsDifferOpen && !isClose) reason = Reason.DeclinedByTerminal;
        if (group is CodeGroup.ReversalRefused && kind is not RequestKind.Reversal) reason = Reason.DeclinedByTerminal;
        // 082 on a reversal: it was undone, or the reversal itself was; nobody says which.
        if (kind is RequestKind.Reversal && group is CodeGroup.Reversed) return (Outcome.Unknown, Reason.CannotTell);
        if (kind is RequestKind.Reversal && (outcome is Outcome.Declined or Outcome.Approved))
            return (Outcome.Declined, Reason.ReversalRefused);
        if (outcome is not Outcome.Approved && dialect.Codes.Reasons.TryGetValue(code, out var finer)) reason = finer;
        return (outcome, reason);
    }

    private (Outcome, string) JudgePassivate(string code)
    {
        if (dialect.Passivate.Cancelled.Contains(code) || dialect.Passivate.Nothing.Contains(code)) return (Outcome.Approved, Reason.Done);
        return dialect.Passivate.Late.Contains(code) ? (Outcome.Failed, Reason.TerminalBusy) : (Outcome.Failed, Reason.TerminalRefused);
    }

    private bool? IsClosed(string code) => dialect.Codes.GroupOf(code) switch
    {
        CodeGroup.Approved or CodeGroup.Partial or CodeGroup.TotalsDifferClosed => true,
        CodeGroup.Other or CodeGroup.Uncertain => null,
        _ => false,
    };

    // What the terminal names is what it took (protocols README §5.5).
    private (Money? Amount, Money? Cash) AmountOf(BFrame answer, string code, TerminalRequest request)
    {
        var asked = AskedOf(request);
        if (!BAmounts.TryCurrency(answer.Get(dialect, BFields.Currency), out var stated))
            throw new ProtocolViolationException("The terminal approved an amount in a currency that is not known.");
        var currency = stated ?? asked?.Currency ?? own;
        var digits = answer.Get(dialect, BFields.Amount);
        if (digits is null)
        {
            // A reversal that names the booking it undid names that one's amount.
            var undone = request.Original?.Approval;
            if (request.Kind is RequestKind.Reversal && Original.SameApproval(undone, answer.Get(dialect, BFields.Approval)))
                return (asked, null);
            throw new ProtocolViolationException(dialect.Codes.GroupOf(code) is CodeGroup.Partial
                ? "The terminal approved a part and does not say how much."
                : "The terminal approved and does not say how much.");
        }

        if (stated is null && !dialect.Trusts(Ground.CurrencyAsAsked))
            throw new ProtocolViolationException("The terminal approved an amount and does not say in which currency.");
        if (BAmounts.Read(digits, currency, dialect) is not { } named)
            throw new ProtocolViolationException($"The terminal's amount '{digits}' cannot be read in {currency.Code}.");
        if (request.Cashback is not { MinorUnits: > 0 } wanted) return (named, null);
        if (answer.Get(dialect, BFields.Cashback) is { } cashDigits)
        {
            if (BAmounts.Read(cashDigits, currency, dialect) is not { } cash)
                throw new ProtocolViolationException($"The terminal's cash amount '{cashDigits}' cannot be read in {currency.Code}.");
            return (dialect.CashbackIncluded ? named : named + cash, cash);
        }

        // It echoes what was asked, so it gave the cash that was asked.
        if (dialect.CashbackIncluded) return (named, named == asked ? wanted : null);
        if (named == asked || (named.Currency == wanted.Currency && named + wanted == asked)) return (asked, wanted);
        throw new ProtocolViolationException("The terminal approved another amount and does not say how much of it is cash.");
    }

    private string? TextOf(BFrame answer, string code, TerminalRequest request)
    {
        if (Empty(answer.Get(dialect, BFields.Text)) is { } text) return text;
        if (Empty(answer.Get(dialect, BFields.Version)) is { } version) return version;
        if (request.Kind is not RequestKind.Balance || !IsApproved(code)) return null; // Its own words only; ours are in the messages.
        return BAmounts.TryCurrency(answer.Get(dialect, BFields.Currency), out var currency)
            && BAmounts.Read(answer.Get(dialect, BFields.Amount), currency ?? own, dialect) is { } balance ? $"Balance {balance}" : null;
    }

    private CardView? CardOf(BFrame answer)
    {
        var (pan, product) = (Empty(answer.Get(dialect, BFields.Pan)), Empty(answer.Get(dialect, BFields.CardProduct)));
        return pan is null && product is null ? null : new CardView(pan, product);
    }

    // Its words end on screens and paper, where a control character would be a command.
    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null
        : text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter))
        : text;
}
