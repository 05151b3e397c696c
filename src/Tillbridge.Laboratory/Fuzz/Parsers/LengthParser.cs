using Tillbridge.Protocols;
using Tillbridge.Wire;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>The ways to tell a length; the first byte of the input chooses one.</summary>
internal sealed class LengthParser() : ProtocolParser("wire/length")
{
    private static readonly LengthRule[] Rules =
        [LengthRule.LlVar, LengthRule.LllVar, LengthRule.Ber, LengthRule.Rest, LengthRule.Bytes(0), LengthRule.Bytes(6)];

    public override object? Read(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return null;
        var rest = input[1..];
        if (Rules[input[0] % Rules.Length].Measure(rest, out var prefix, out var length) is not null) return null;
        Invariant.Holds(prefix >= 0 && length >= 0 && prefix + length <= rest.Length, "a value lies inside of the input");
        return new Octets(input[..(1 + prefix + length)].ToArray());
    }

    public override byte[] Write(object read) => ((Octets)read).Memory.ToArray();
}
