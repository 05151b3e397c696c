using System.Buffers;
using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Laboratory.Free.Wires;

/// <summary>A drawn terminal that speaks ZVT.</summary>
internal sealed class ZvtFreeTerminal(World world, SimClock clock, FreeDice dice, HashSet<Assumption> broken)
    : FreeTerminal(world, clock, dice, broken, tellsLastNumber: true)
{
    private const string OwnDevice = "65000001";
    private const int Euro = 978;
    private const int OurKind = 2;
    private const int Kinds = 7;

    // A bitmap that no table has, with two bytes of its own.
    private static readonly byte[] UnknownField = [0x52, 0x02, 0xAB, 0xCD];

    public override bool TakesBackUnheard => true;

    public override bool CarriesOurNumber => false;

    public override bool HasEnd => true;

    public override bool Echoes(Told told) => false;

    public override bool TellsNumberOf(Told told) => told.Receipt is not null;

    // Only a reversal names what it undid.
    public override bool TellsKindOf(RequestKind kind) => kind is RequestKind.Reversal && !Mind.TraceIsAbsent;

    public override bool KeepsRefusals => false;

    public override string Approved => "00";

    public override IReadOnlyList<string> Refusals { get; } = ["05", "6C", "64"];

    public override byte[] Accepted() => ZvtCodec.Encode(ZvtPositive.Plain);

    public override byte[] Refused() => ZvtCodec.Encode(new ZvtNegative(ZvtResultCodes.ReceiverNotReady));

    public override byte[] Progress() => ZvtCodec.Encode(new ZvtIntermediateStatus(0x0A));

    public override byte[] End(bool isGood, string code) => isGood
        ? ZvtCodec.Encode(new ZvtCompletion())
        : ZvtCodec.Encode(new ZvtAbort { ResultCode = byte.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture) });

    public override byte[] Result(Told told, FreeOrder order) => ZvtCodec.Encode(StatusOf(told));

    public override void Received(FreeLink link, byte[] bytes)
    {
        if (!Talks.TryGetValue(link, out var talk)) return;
        var rest = new ReadOnlySequence<byte>(talk.Rest.Length == 0 ? bytes : [.. talk.Rest, .. bytes]);
        while (ZvtFraming.TryTake(ref rest, out var apdu))
        {
            if (ZvtCodec.TryDecode(apdu.ToArray(), Sender.Ecr, ZvtText.Default, out var message, out _)) Hear(talk, message);
        }

        talk.Rest = rest.ToArray();
    }

    private void Hear(FreeTalk talk, ZvtMessage message)
    {
        switch (message)
        {
            case ZvtPositive or ZvtNegative:
                talk.Answered();
                break;
            case ZvtRegistration:
                var registered = new ZvtCompletion { RegistrationStatus = 0, TerminalId = OwnDevice, Currency = Euro };
                talk.Say([Step(ZvtPositive.Plain), Step(registered)]);
                break;
            case ZvtStatusEnquiry:
                talk.Say(Dice.Odd(Oddity.EnquiryUnknown, 0)
                    ? [Step(new ZvtNegative(ZvtResultCodes.UnknownCommand))]
                    : [Step(ZvtPositive.Plain), Step(new ZvtCompletion { SoftwareVersion = "FREE 1", TerminalStatus = 0 })]);
                break;
            case ZvtRepeatReceipt:
                talk.Say(Repeat());
                break;
            case ZvtCommand { Code: ZvtCommands.Totals }:
                talk.Say(Total());
                break;
            case ZvtTransaction order:
                var (kind, currency) = (KindOf(order.Code), order.Currency ?? Euro);
                Take(talk, new FreeOrder(Session, kind, order.Amount ?? 0, currency) { Original = order.Receipt });
                break;
            default:
                talk.Say([Step(new ZvtNegative(ZvtResultCodes.UnknownCommand))]);
                break;
        }
    }

    private FreeStep[] Repeat()
    {
        if (Dice.Odd(IsRecovering ? Oddity.MemorySilent : Oddity.BaselineSilent, Session))
            return [Step(new ZvtNegative(ZvtResultCodes.UnknownCommand))];
        return LastTold(IsRecovering) is { } last
            ? [Step(ZvtPositive.Plain), Step(StatusOf(last)), Step(new ZvtCompletion())]
            : [Step(ZvtPositive.Plain), Step(new ZvtAbort { ResultCode = ZvtResultCodes.CardNotReadable })];
    }

    private FreeStep[] Total()
    {
        if (Dice.Odd(Oddity.TotalsRefused, 0)) return [Step(new ZvtNegative(ZvtResultCodes.UnknownCommand))];
        if (Dice.Odd(Oddity.TotalsWithoutSums, Session)) return [Step(ZvtPositive.Plain), Step(new ZvtCompletion())];
        var told = TotalsTold();
        var kinds = new ZvtKindTotal[Kinds];
        kinds[OurKind] = new(told.Count, Math.Abs(told.Net));
        var status = new ZvtStatusInformation
        {
            ResultCode = 0,
            Amount = Math.Abs(told.Net),
            Currency = Euro,
            Totals = new ZvtTotals(told.FirstReceipt, told.LastReceipt, kinds),
        };
        return [Step(ZvtPositive.Plain), Step(status), Step(new ZvtCompletion())];
    }

    private static ZvtStatusInformation StatusOf(Told told)
    {
        var whole = new ZvtStatusInformation
        {
            ResultCode = told.Code is { } code ? byte.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture) : null,
            Amount = told.Minor,
            Currency = told.Currency,
            Trace = told.Trace,
            OriginalTrace = told.UndoneTrace,
            Time = told.Time?.ToString("HHmmss", CultureInfo.InvariantCulture),
            Date = told.Time?.ToString("MMdd", CultureInfo.InvariantCulture),
            TerminalId = told.Device ?? OwnDevice,
            Authorisation = told.Approval,
            Receipt = told.Receipt,
        };
        if (told.IsUnreadable) whole = whole with { Amount = null, Undecoded = Octets.Copy([0x04, 0x00, 0x00, 0x00, 0x00, 0x1A, 0x00]) };
        if (!told.IsHidden) return whole;
        // What stands behind the unknown field is there on the wire, and nobody can say where it begins.
        var behind = ZvtCodec.Encode(whole with { ResultCode = null });
        return new ZvtStatusInformation { ResultCode = whole.ResultCode, Undecoded = Octets.Copy([.. UnknownField, .. behind[3..]]) };
    }

    private static FreeStep Step(ZvtMessage message) => new(
        () => ZvtCodec.Encode(message), message is not (ZvtPositive or ZvtNegative), TimeSpan.FromMilliseconds(3));

    private static RequestKind KindOf(ushort code) => code switch
    {
        ZvtCommands.Refund => RequestKind.Refund,
        ZvtCommands.Reversal => RequestKind.Reversal,
        _ => RequestKind.Sale,
    };
}
