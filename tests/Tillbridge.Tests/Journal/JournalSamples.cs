using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Journal;

/// <summary>Sessions and entries as the engine writes them.</summary>
internal static class JournalSamples
{
    public const string Till = "till-1";

    public static Session Intent(
        ManualClock clock, string? key = null, RequestKind kind = RequestKind.Sale, string terminal = Till,
        string fingerprint = "f1", string? reference = null) =>
        new(
            IdSource.Of(clock).NewSession(),
            terminal,
            new TerminalRequest(kind) { Amount = kind.NeedsAmount() ? Money.Euro(1250) : null, Reference = reference },
            clock.GetUtcNow())
        {
            Key = key,
            Fingerprint = fingerprint,
        };

    public static Session Sent(this Session session, ManualClock clock) =>
        session with { Phase = SessionPhase.InFlight, SentAt = clock.GetUtcNow() };

    public static Session Closed(this Session session, ManualClock clock, Outcome outcome = Outcome.Approved) => session with
    {
        Phase = SessionPhase.Closed,
        ClosedAt = clock.GetUtcNow(),
        Conclusion = new Conclusion(outcome, outcome is Outcome.Approved ? Reason.Approved : Reason.Cancelled)
        {
            ApprovedAmount = outcome is Outcome.Approved ? session.Request.Amount : null,
            References = new References(Receipt: "0042", Approval: "00A1"),
        },
    };

    public static JournalEntry State(this Session session, RecordKind kind = RecordKind.State) =>
        new(session.Id, session.Terminal, kind, """{"state":"changed"}""", session);

    public static JournalEntry Frame(this Session session, string body = """{"hex":"060F"}""") =>
        new(session.Id, session.Terminal, RecordKind.Frame, body);

    /// <summary>Makes a session durable from intent to conclusion.</summary>
    public static async Task<Session> Whole(
        this IJournal journal, ManualClock clock, RequestKind kind = RequestKind.Sale, Outcome outcome = Outcome.Approved,
        string terminal = Till, string? key = null)
    {
        var stop = TestContext.Current.CancellationToken;
        var intent = Intent(clock, key, kind, terminal);
        await journal.Accept(intent, "{}", stop);
        var sent = intent.Sent(clock);
        await journal.Append(sent.State(), stop);
        var closed = sent.Closed(clock, outcome);
        await journal.Append(closed.State(RecordKind.Concluded), stop);
        return closed;
    }

    /// <summary>A session in which every field is filled.</summary>
    public static Session Full(ManualClock clock) => Intent(clock, key: "key-1") with
    {
        Request = new TerminalRequest(RequestKind.SaleWithCashback)
        {
            Amount = Money.Euro(1250),
            Cashback = new Money(5000, Currency.Of("CZK")),
            Tip = Money.Euro(0),
            Discount = Money.Euro(10),
            Reference = "Objednávka №7 \"x\"",
            MintedReference = "123456789",
            Details = new RequestDetails("REF-7", "42", "A1", "P") { TillTotals = [new BrandTotal(TotalsGroup.Debit, 2, Money.Euro(5))] },
            Original = new Original(new SessionId(new string('a', 32)), "17", Rrn: "R", Approval: "A", Trace: "T", Amount: Money.Euro(1)),
            Merchant = 2,
            Language = "cs",
            Confirm = true,
        },
        Metadata = new Dictionary<string, string> { ["till"] = "3", ["пусто"] = "" },
        Phase = SessionPhase.Closed,
        Conclusion = new Conclusion(Outcome.Approved, Reason.Recovered)
        {
            ApprovedAmount = Money.Euro(1200),
            ApprovedCashback = Money.Euro(200),
            TotalsText = "0012+000",
            PeriodClosed = false,
            CheckReconciliation = true,
            PrintText = "0Děkujeme\n{CUT}",
            PrintCodePage = "2",
            ResponseCode = "00",
            TerminalText = "Zahlung erfolgt ✓",
            References = new References("0042", "rrn", "app", "trace", "tid", "mid", "7"),
            Card = new CardView("411111******1111", "Visa", "10", "chip", "01"),
            Totals = new Totals(Money.Euro(-5), null, null, "9", [new BrandTotal("Visa", 0, Money.Euro(0))]),
            TerminalTime = new DateTime(2026, 3, 1, 9, 0, 0, DateTimeKind.Unspecified).AddTicks(1234567),
            SignatureRequired = true,
            Grounds = Grounds.Of(Ground.RepeatsBooking, Ground.MemoryIsTrue),
        },
        Announced = new Conclusion(Outcome.Unknown, Reason.Approved),
        Baseline = Baseline.Nothing,
        SentAt = clock.GetUtcNow().AddTicks(1),
        ClosedAt = clock.GetUtcNow().ToOffset(TimeSpan.FromHours(2)).AddTicks(9_999_999),
        AbortAsked = true,
        BrokenBy = Reason.ProtocolViolation,
        ResolvedBy = "Eva",
        ResolveNote = "looked\nup",
        Receipts = [new Receipt(ReceiptAudience.Merchant, [new ReceiptLine("SUMME", Centred: true, Indent: 3)], true, true)],
        Incidents = [new Incident("code", "text", clock.GetUtcNow())],
    };
}
