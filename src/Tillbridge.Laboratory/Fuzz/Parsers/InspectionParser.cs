using Tillbridge.Domain.Cards;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>A protocol's reader for people. It may find fault with everything, but must say where and come to an end.</summary>
internal sealed class InspectionParser(IProtocol protocol) : ProtocolParser("inspect")
{
    private static readonly Sender?[] Sides = [null, Sender.Ecr, Sender.Terminal];

    public override object? Read(ReadOnlySpan<byte> input)
    {
        var frame = protocol.Decode(input, Sides[input.Length % Sides.Length]);
        Invariant.Holds(frame.End >= 0 && frame.End <= input.Length, "a message ends inside of the input");
        Invariant.Holds(frame.Error is not null || frame.End > 0, "a message without a fault has bytes");
        Invariant.Holds(frame.Error is null || frame.Error.Offset >= 0, "a fault lies at a place");
        foreach (var field in frame.Fields)
        {
            Invariant.Holds(field.Offset >= 0 && field.Offset <= input.Length, "a field lies inside of the input");
            Invariant.Holds(IsBytes(field.Value) || !CardText.Holds(field.Value), "a field shows no card number");
        }

        if (frame.ResultCode is { } code) protocol.ResponseText(code, "en");
        return frame.Error is null ? frame : null;
    }

    // What nobody can name is shown in hexadecimal, hidden by a search of its own; its digits are halves of bytes and no text.
    private static bool IsBytes(string value) => value.All(char.IsAsciiHexDigit);
}
