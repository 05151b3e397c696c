using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>What a result says about money, held against the fields as they lie between their marks.</summary>
internal sealed class BConclusionParser(BDialect dialect) : ConclusionParser("conclusion")
{
    // A currency whose units on the wire are others than ours, so that totals are converted.
    private static readonly Currency Converted = Currency.TryFind("HUF", out var forint) ? forint : Currency.Euro;

    private readonly BConclusions inEuro = new(dialect, Currency.Euro);
    private readonly BConclusions converted = new(dialect, Converted);

    protected override Func<TerminalRequest, Conclusion?>? Open(byte[] input)
    {
        var frame = BCodec.Decode(input, dialect);
        if (!frame.IsSound || frame.Type != BFrame.Response) return null;
        foreach (var movesMoney in new[] { true, false })
        {
            foreach (var receipt in BReceipts.Inline(frame, dialect, movesMoney).All)
                Invariant.Holds(receipt.Lines.Count <= Receipt.MostLines, "a receipt is bounded");
        }

        return asked => Conclude(input, frame, asked);
    }

    private Conclusion Conclude(ReadOnlySpan<byte> input, BFrame frame, TerminalRequest asked)
    {
        converted.Of(frame, asked);
        var said = inEuro.Of(frame, asked);
        if (said.ApprovedAmount is { } amount) CheckAmount(input, amount, said, asked);
        return said;
    }

    // The digits that stand in the field, and no others: what is approved is what was named, or for a reversal what it undid.
    private void CheckAmount(ReadOnlySpan<byte> input, Money amount, Conclusion said, TerminalRequest asked)
    {
        var fields = Encoding.Latin1.GetString(input[(1 + BFraming.HeaderBytes)..^1]).Split((char)BFraming.FieldMark);
        string[] Named(string name) => [.. fields.Where(field => field.StartsWith(dialect.Fids[name], StringComparison.Ordinal))
            .Select(field => field[dialect.Fids[name].Length..].Split(BField.SubMark)[0])];

        var digits = Named(BFields.Amount);
        if (digits.Length == 0)
        {
            Invariant.Holds(asked.Kind is RequestKind.Reversal && amount == asked.Original!.Amount, "an amount was named, or undone");
            return;
        }

        var isNamed = Named(BFields.Currency).Length > 0;
        Invariant.Holds(isNamed || amount.Currency == Currency.Euro, "a currency was named, or it is the asked one");
        var exponent = dialect.Exponents.TryGetValue(amount.Currency.Code, out var own) ? own : amount.Currency.Exponent;
        var major = decimal.Parse(digits[0], NumberStyles.None, CultureInfo.InvariantCulture) / Power(exponent);
        var beside = asked.Kind is RequestKind.SaleWithCashback && !dialect.CashbackIncluded ? said.ApprovedCashback?.ToMajor() ?? 0 : 0;
        Invariant.Holds(
            major == amount.ToMajor() || major + beside == amount.ToMajor(), "what is approved is what stands in the field");
    }

    private static decimal Power(int exponent)
    {
        var power = 1m;
        for (; exponent > 0; exponent--) power *= 10;
        return power;
    }
}
