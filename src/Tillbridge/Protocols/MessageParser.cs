using System.Buffers;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;

namespace Tillbridge.Protocols;

/// <summary>The codec of a protocol for what one side sends. A protocol that can refuse without an exception derives from it.</summary>
internal class MessageParser<T>(string name, IMessageCodec<T> codec, Sender from) : ProtocolParser(name)
    where T : class
{
    protected Sender From { get; } = from;

    public override object? Read(ReadOnlySpan<byte> input)
    {
        try
        {
            return codec.Decode(input, From);
        }
        catch (ProtocolViolationException)
        {
            return null;
        }
    }

    public override byte[]? Write(object read)
    {
        var buffer = new ArrayBufferWriter<byte>();
        codec.Encode((T)read, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The masked, readable form of whatever comes as a frame.</summary>
internal sealed class DumpParser<T>(string name, IMessageCodec<T> codec) : ProtocolParser(name)
    where T : class
{
    // Even and odd lengths stand for the two sides, so that both are tried.
    public override object Read(ReadOnlySpan<byte> input) =>
        codec.Dump(input, input.Length % 2 == 0 ? Sender.Ecr : Sender.Terminal);
}

/// <summary>
/// What the journal keeps of whatever comes as a frame. It is made before the frame is read, so that one on which it fell over would
/// never be read at all.
/// </summary>
internal sealed class MaskParser<T>(string name, IMessageCodec<T> codec) : ProtocolParser(name)
    where T : class
{
    public override object? Read(ReadOnlySpan<byte> input)
    {
        var from = input.Length % 2 == 0 ? Sender.Ecr : Sender.Terminal;
        var masked = codec.Mask(input, from);
        if (!IsFrame(input)) return null;
        Invariant.Holds(masked.Length == input.Length, "a masked frame is as long as the frame");
        Invariant.Holds(codec.Mask(masked, from).AsSpan().SequenceEqual(masked), "what is masked stays as it is");
        return masked;
    }

    private bool IsFrame(ReadOnlySpan<byte> input)
    {
        try
        {
            var rest = new ReadOnlySequence<byte>(input.ToArray());
            return codec.TryTake(ref rest, out var frame) && frame.Length == input.Length;
        }
        catch (ProtocolViolationException)
        {
            return false;
        }
    }
}

/// <summary>
/// What a driver concludes from one message, for one question of every kind that moves money: nothing about an amount may be said that
/// the message does not say, and no card number. A protocol adds a second reading of the bytes that knows nothing of its codec.
/// </summary>
internal abstract class ConclusionParser(string name) : ProtocolParser(name)
{
    // A longer message says nothing more about money, and all these conclusions of one would be measured as if they were one.
    private const int MostBytes = 4 * 1024;

    private static readonly Original Before = new(
        Receipt: "0042", Approval: "123456", Trace: "000123", Amount: Money.Euro(1250));

    /// <summary>Questions over 12.50 EUR; the one with cash asks for 2.50 EUR of it.</summary>
    protected static IReadOnlyList<TerminalRequest> Asked { get; } =
    [
        new(RequestKind.Sale) { Amount = Money.Euro(1250) },
        new(RequestKind.SaleWithCashback) { Amount = Money.Euro(1000), Cashback = Money.Euro(250) },
        new(RequestKind.Refund) { Amount = Money.Euro(1250) },
        new(RequestKind.Reversal) { Original = Before },
        new(RequestKind.PreAuthorization) { Amount = Money.Euro(1250) },
        new(RequestKind.Capture) { Amount = Money.Euro(1250), Original = Before },
        new(RequestKind.CancelPreAuthorization) { Original = Before },
        new(RequestKind.Reconciliation),
        new(RequestKind.Subtotals),
        new(RequestKind.Balance),
    ];

    /// <summary>Reads a message once, and then concludes from it for each question; null when it is none that concludes.</summary>
    protected abstract Func<TerminalRequest, Conclusion?>? Open(byte[] input);

    public override object? Read(ReadOnlySpan<byte> input)
    {
        if (input.Length > MostBytes) return null;
        if (Opened(input.ToArray()) is not { } conclude) return null;
        var said = new List<Conclusion>();
        foreach (var asked in Asked)
        {
            if (Tried(conclude, asked) is not { } conclusion) continue;
            Check(conclusion, asked);
            said.Add(conclusion);
        }

        return said.Count == 0 ? null : said;
    }

    private Func<TerminalRequest, Conclusion?>? Opened(byte[] input)
    {
        try
        {
            return Open(input);
        }
        catch (ProtocolViolationException)
        {
            return null;
        }
    }

    private static Conclusion? Tried(Func<TerminalRequest, Conclusion?> conclude, TerminalRequest asked)
    {
        try
        {
            return conclude(asked);
        }
        catch (ProtocolViolationException)
        {
            return null;
        }
    }

    private static void Check(Conclusion said, TerminalRequest asked)
    {
        var isMoney = asked.Kind.MovesMoney();
        Invariant.Holds(said.Outcome is Outcome.Approved || said.ApprovedAmount is null, "only an approval has an amount");
        Invariant.Holds(!isMoney || said.Outcome is not Outcome.Approved || said.ApprovedAmount is not null, "an approval says how much");
        Invariant.Holds(isMoney || said.ApprovedAmount is null, "what moves no money approves none");
        if (said.ApprovedAmount is { } amount)
        {
            Invariant.Holds(amount.MinorUnits >= 0, "no amount is below zero");
            var isOther = asked.Total is { } total && total != amount;
            Invariant.Holds(!isOther || said.Reason == Reason.ApprovedOtherAmount, "another amount than the one asked is called so");
            Invariant.Holds(said.ApprovedCashback is not { } cash || (cash.MinorUnits >= 0 && cash.MinorUnits <= amount.MinorUnits
                && cash.Currency == amount.Currency), "cash is a part of what was approved");
            Invariant.Holds(said.ApprovedTip is not { } tip || tip.MinorUnits <= amount.MinorUnits, "a tip is a part of what was approved");
        }

        var safe = ((Concluded)TerminalWords.Safe(new Concluded(said))).Conclusion;
        var again = ((Concluded)TerminalWords.Safe(new Concluded(safe))).Conclusion;
        Invariant.Holds(safe == again, "what was made fit to be shown is fit");
    }
}
