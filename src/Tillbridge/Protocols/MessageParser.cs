using System.Buffers;

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
