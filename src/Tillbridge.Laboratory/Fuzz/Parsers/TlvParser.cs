using Tillbridge.Protocols;
using Tillbridge.Wire;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>Objects of the BER kind, written again with each length in its shortest form.</summary>
internal sealed class TlvParser() : ProtocolParser("wire/tlv")
{
    public override object? Read(ReadOnlySpan<byte> input)
    {
        if (input.Length > TlvWriter.MostValueBytes || !Tlv.IsWellFormed(input)) return null;
        Tlv.TryFind(input, out _, 0x2F, 0x1F10);
        return Octets.Copy(input);
    }

    public override byte[] Write(object read) => Shortest(read).ToArray();

    public override bool Same(object one, object other) => Shortest(one).SequenceEqual(Shortest(other));

    private static ReadOnlySpan<byte> Shortest(object read) => Copy(new Tlv(((Octets)read).Span)).ToOctets().Span;

    private static TlvWriter Copy(Tlv walk)
    {
        var writer = new TlvWriter();
        while (walk.Next())
        {
            if (walk.SaysConstructed && IsWhole(walk.Inside())) writer.Add(walk.Tag, Copy(walk.Inside()));
            else writer.Add(walk.Tag, walk.Value);
        }

        return writer;
    }

    private static bool IsWhole(Tlv inside)
    {
        while (inside.Next()) { }
        return inside.Why is null;
    }
}
