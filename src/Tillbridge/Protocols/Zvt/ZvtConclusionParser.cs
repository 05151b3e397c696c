using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What 04 0F, 06 0F and 06 1E say about money, held against the bytes of BMP 04, 27 and 49 wherever they lie.</summary>
internal sealed class ZvtConclusionParser() : ConclusionParser("conclusion")
{
    private static readonly ZvtConclusions Conclusions = new(Currency.Euro, new StoppedClock());

    protected override Func<TerminalRequest, Conclusion?>? Open(byte[] input) =>
        ZvtCodec.TryDecode(input, Sender.Terminal, ZvtText.Default, out var message, out _)
            ? asked => Conclude(input, message, asked)
            : null;

    private static Conclusion? Conclude(ReadOnlySpan<byte> input, ZvtMessage message, TerminalRequest asked)
    {
        var announced = new Conclusion(Outcome.Approved, Reason.Approved) { ApprovedAmount = Money.Euro(1250) };
        switch (message)
        {
            case ZvtStatusInformation status:
                var said = Conclusions.Announced(status, asked);
                if (said.ApprovedAmount is { } amount) CheckAmount(input, amount, asked);
                if (asked.Kind.MovesMoney() && said.Outcome is not Outcome.Unknown)
                    return ZvtConclusions.Completed(new ZvtCompletion(), status, said, asked).Conclusion;
                return said;

            case ZvtAbort aborted:
                var after = ZvtConclusions.Aborted(aborted, announced);
                Invariant.Holds(after.Outcome is not Outcome.Approved, "an abort is never an approval");
                after = ZvtConclusions.Aborted(aborted, null);
                Invariant.Holds(after.Outcome is not Outcome.Approved, "an abort is never an approval");
                return after;

            case ZvtCompletion completion:
                return ZvtConclusions.Completed(completion, null, null, asked).Conclusion;

            default:
                return null;
        }
    }

    private static void CheckAmount(ReadOnlySpan<byte> input, Money amount, TerminalRequest asked)
    {
        Invariant.Holds(Holds(input, ZvtFields.ResultCode, "00"), "an approval stands in the message");
        if (amount.Currency != Currency.Euro)
        {
            var currency = amount.Currency.Numeric.ToString("D4", CultureInfo.InvariantCulture);
            Invariant.Holds(Holds(input, ZvtFields.Currency, currency), "the currency stands in the message");
        }

        var digits = amount.MinorUnits.ToString("D12", CultureInfo.InvariantCulture);
        var isUndone = asked.Kind is RequestKind.Reversal or RequestKind.CancelPreAuthorization && amount == asked.Original!.Amount;
        Invariant.Holds(isUndone || Holds(input, ZvtFields.Amount, digits), "what is approved stands in the message");
    }

    private static bool Holds(ReadOnlySpan<byte> input, byte tag, string digits)
    {
        ReadOnlySpan<byte> field = [tag, .. Convert.FromHexString(digits)];
        return input.IndexOf(field) >= 0;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
