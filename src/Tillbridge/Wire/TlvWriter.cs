using System.Buffers;

namespace Tillbridge.Wire;

/// <summary>Builds a container of tag-length-value objects, each length in its shortest form.</summary>
internal sealed class TlvWriter
{
    public const int MostValueBytes = 0xFFFF;

    private readonly ArrayBufferWriter<byte> buffer = new();

    public bool IsEmpty => buffer.WrittenCount == 0;

    public TlvWriter Add(uint tag, params ReadOnlySpan<byte> value)
    {
        WriteTag(buffer, tag);
        WriteLength(buffer, value.Length);
        buffer.Write(value);
        return this;
    }

    public TlvWriter Add(uint tag, TlvWriter inside) => Add(tag, inside.buffer.WrittenSpan);

    public Octets ToOctets() => Octets.Copy(buffer.WrittenSpan);

    public static void WriteLength(IBufferWriter<byte> to, int length)
    {
        Invariant.Holds(length is >= 0 and <= MostValueBytes, "an object is no longer than two length bytes can say");
        if (length > 0xFF) to.Write<byte>([0x82, (byte)(length >> 8), (byte)length]);
        else if (length > 0x7F) to.Write<byte>([0x81, (byte)length]);
        else to.Write<byte>([(byte)length]);
    }

    private static void WriteTag(ArrayBufferWriter<byte> to, uint tag)
    {
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            if (shift == 0 || tag >> shift != 0) to.Write<byte>([(byte)(tag >> shift)]);
        }
    }
}
