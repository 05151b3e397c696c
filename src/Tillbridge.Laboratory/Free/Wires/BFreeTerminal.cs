using System.Buffers;
using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Laboratory.Free.Wires;

/// <summary>A drawn terminal that speaks the frames of GPE or ČSOB B.</summary>
internal sealed class BFreeTerminal(World world, SimClock clock, FreeDice dice, HashSet<Assumption> broken, BDialect dialect)
    : FreeTerminal(world, clock, dice, broken, tellsLastNumber: false)
{
    private const string OwnDevice = "12345678";
    private const int Euro = 978;

    private readonly BMessageCodec codec = new(dialect);
    private readonly SimClock wall = clock;

    private string Unknown => dialect.Id == BDialectFiles.Gpe ? dialect.Simulator.Unsupported : dialect.Simulator.FormatError;

    public override bool TakesBackUnheard => false;

    public override bool CarriesOurNumber => true;

    public override bool HasEnd => false;

    public override bool Echoes(Told told) => !Dice.Odd(Oddity.NoEcho, 0)
        && (told.Invoice is not null || (told.Reference is not null && !Dice.Odd(Oddity.EchoesInvoiceOnly, 0)));

    public override bool TellsNumberOf(Told told) => (!Mind.TraceIsAbsent && dialect.Has(BFields.Sequence)) || told.Approval is not null
        || (!Dice.Odd(Oddity.NoEcho, 0) && told.Invoice is not null);

    public override bool KnowsByCodeAlone(Told told) => (Mind.TraceIsAbsent || !dialect.Has(BFields.Sequence))
        && (Dice.Odd(Oddity.NoEcho, 0)
            || (told.Invoice is null && (told.Reference is null || Dice.Odd(Oddity.EchoesInvoiceOnly, 0))));

    public override bool TellsKindOf(RequestKind kind) => true;

    public override bool KeepsRefusals => true;

    public override string Approved => "000";

    public override IReadOnlyList<string> Refusals { get; } =
        dialect.Id == BDialectFiles.Gpe ? ["055", "061", "051", "101"] : ["-12", "-01", "-18", "-09"];

    public override byte[] Accepted() => Bytes(new BFrame(BFrame.Activity));

    public override byte[] Progress() => Accepted();

    public override byte[] Refused() => Bytes(Answer(BOperations.Purchase, dialect.Codes.FirstOf(CodeGroup.Busy)!, []));

    public override byte[] End(bool isGood, string code) => [];

    public override byte[] Result(Told told, FreeOrder order) => Bytes(Frame(told, order.Kind, isMemory: false));

    public override void Received(FreeLink link, byte[] bytes)
    {
        if (!Talks.TryGetValue(link, out var talk)) return;
        var rest = new ReadOnlySequence<byte>(talk.Rest.Length == 0 ? bytes : [.. talk.Rest, .. bytes]);
        while (codec.TryTake(ref rest, out var frame)) Hear(talk, codec.Decode(frame.ToArray(), Sender.Ecr));
        talk.Rest = rest.ToArray();
    }

    private void Hear(FreeTalk talk, BFrame request)
    {
        if (request.Type is not BFrame.Request) return; // B0 confirms, and nothing waits for it.
        var operation = dialect.OperationOf(request.Get(dialect, BFields.Type));
        switch (operation)
        {
            case BOperations.AppInfo:
                var knows = !Dice.Odd(Oddity.EnquiryUnknown, 0);
                talk.Say(Reply(Answer(operation, knows ? Approved : Unknown, [])));
                break;
            case BOperations.Passivate:
                talk.Say(Reply(Answer(operation, dialect.Passivate.Nothing[0], [])));
                break;
            case BOperations.LastTransaction:
                talk.Say(Reply(Repeat()));
                break;
            case BOperations.SubTotals:
                talk.Say(Reply(Total()));
                break;
            case BOperations.Purchase or BOperations.Refund or BOperations.Reversal:
                Take(talk, OrderOf(request, operation));
                break;
            default:
                talk.Say(Reply(Answer(operation ?? BOperations.Handshake, Unknown, [])));
                break;
        }
    }

    private FreeOrder OrderOf(BFrame request, string operation)
    {
        var amount = BAmounts.Read(request.Get(dialect, BFields.Amount), Currency.Euro, dialect);
        return new FreeOrder(Session, KindOf(operation), amount?.MinorUnits ?? 0, Euro)
        {
            Invoice = request.Get(dialect, BFields.Invoice) ?? request.Get(dialect, BFields.LongInvoice),
            Reference = request.Get(dialect, BFields.Reference),
            Original = operation is BOperations.Reversal ? request.Get(dialect, BFields.Approval) : null,
        };
    }

    private BFrame Repeat()
    {
        var silent = Dice.Odd(IsRecovering ? Oddity.MemorySilent : Oddity.BaselineSilent, Session);
        if (silent) return Answer(BOperations.LastTransaction, Unknown, []);
        return LastTold(IsRecovering) is { } last
            ? Frame(last, last.Kind, isMemory: true)
            : Answer(BOperations.LastTransaction, dialect.Codes.LastNotFound.First(), []);
    }

    private BFrame Total()
    {
        if (Dice.Odd(Oddity.TotalsRefused, 0)) return Answer(BOperations.SubTotals, Unknown, []);
        if (Dice.Odd(Oddity.TotalsWithoutSums, Session)) return Answer(BOperations.SubTotals, Approved, []);
        var told = TotalsTold();
        var text = BTotals.Write(
            [
                new(TotalsGroup.Debit, told.Takings, Money.Euro(told.Taken)),
                new(TotalsGroup.Credit, told.Givings, Money.Euro(-told.Given)),
            ],
            dialect);
        return Answer(BOperations.SubTotals, Approved, [Field(BFields.Totals, text!)]);
    }

    private BFrame Frame(Told told, RequestKind kind, bool isMemory)
    {
        var operation = OperationOf(kind);
        var fields = new List<BField>();
        if (told.Code is { } code) fields.Add(Field(BFields.Response, code));
        if (isMemory && !Dice.Odd(Oddity.KindUntold, 0)) fields.Add(Field(BFields.Original, dialect.TypeOf(operation)));
        if (told is { Minor: { } minor, IsHidden: false })
            fields.Add(Field(BFields.Amount, told.IsUnreadable ? "12A" : minor.ToString(CultureInfo.InvariantCulture).PadLeft(3, '0')));
        if (told is { Currency: { } currency, IsHidden: false })
            fields.Add(Field(BFields.Currency, currency.ToString("D3", CultureInfo.InvariantCulture)));
        var echoes = !Dice.Odd(Oddity.NoEcho, 0);
        if (told.Invoice is { } invoice && echoes)
        {
            var isLong = invoice.Length > dialect.Invoice.ShortMax && dialect.Invoice.LongMax > 0;
            fields.Add(Field(isLong ? BFields.LongInvoice : BFields.Invoice, invoice));
        }

        if (told.Reference is { } reference && echoes && !Dice.Odd(Oddity.EchoesInvoiceOnly, 0))
            fields.Add(Field(BFields.Reference, reference));
        if (told.Approval is { } approval) fields.Add(Field(BFields.Approval, approval));
        if (told is { Receipt: { } receipt } && !Mind.TraceIsAbsent && dialect.Has(BFields.Sequence))
            fields.Add(Field(BFields.Sequence, receipt));
        var type = dialect.TypeOf(isMemory ? BOperations.LastTransaction : operation);
        var flags = !isMemory && told.IsApproval && dialect.Reread.Contains(operation) ? "8000" : "0000";
        return Headed(new BFrame(BFrame.Response) { FlagsText = flags, Fields = [Field(BFields.Type, type), .. fields] }, told.Device);
    }

    private BFrame Answer(string operation, string code, IReadOnlyList<BField> rest) => Headed(
        new BFrame(BFrame.Response)
        {
            Fields = [Field(BFields.Type, dialect.TypeOf(operation)), Field(BFields.Response, code), .. rest],
        });

    private BFrame Headed(BFrame frame, string? device = null) => frame with
    {
        Version = dialect.Version,
        TerminalId = device ?? OwnDevice,
        Time = wall.GetLocalNow().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture),
    };

    private BField Field(string name, string text)
    {
        var fid = dialect.Fids[name];
        var raw = BFrame.RawOf(text, dialect.Encoding);
        return fid.Length == 1 ? new(fid[0], raw) : new(fid[0], $"{BField.SubMark}{fid[1]}{raw}");
    }

    private FreeStep[] Reply(BFrame answer) =>
    [
        new FreeStep(Accepted, false, TimeSpan.FromMilliseconds(3)),
        new FreeStep(() => Bytes(answer), false, TimeSpan.FromMilliseconds(3)),
    ];

    private byte[] Bytes(BFrame frame)
    {
        var buffer = new ArrayBufferWriter<byte>();
        codec.Encode(frame.TerminalId == "00000000" ? Headed(frame) : frame, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static string OperationOf(RequestKind kind) => kind switch
    {
        RequestKind.Refund => BOperations.Refund,
        RequestKind.Reversal => BOperations.Reversal,
        _ => BOperations.Purchase,
    };

    private static RequestKind KindOf(string operation) => operation switch
    {
        BOperations.Refund => RequestKind.Refund,
        BOperations.Reversal => RequestKind.Reversal,
        _ => RequestKind.Sale,
    };
}
