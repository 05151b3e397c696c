using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>Counts which messages and codes of a protocol were said.</summary>
internal sealed class WordCount
{
    private const int MostMessagesInAWrite = 64;

    public Dictionary<string, long> Messages { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, long> Codes { get; } = new(StringComparer.Ordinal);

    public void Heard(IProtocol protocol, Sender from, ReadOnlySpan<byte> bytes)
    {
        for (var count = 0; count < MostMessagesInAWrite && bytes.Length > 0; count++)
        {
            var frame = protocol.Decode(bytes, from);
            // A piece of a message, as when it is sent byte by byte.
            if (frame.Error is not null || frame.Message.Length == 0 || frame.End <= 0) return;
            Messages[frame.Message] = Messages.GetValueOrDefault(frame.Message) + 1;
            if (frame.ResultCode is { } code && from is Sender.Terminal) Codes[code] = Codes.GetValueOrDefault(code) + 1;
            bytes = bytes[Math.Min(frame.End, bytes.Length)..];
        }
    }

    public void Add(WordCount other)
    {
        foreach (var (word, count) in other.Messages) Messages[word] = Messages.GetValueOrDefault(word) + count;
        foreach (var (word, count) in other.Codes) Codes[word] = Codes.GetValueOrDefault(word) + count;
    }
}
