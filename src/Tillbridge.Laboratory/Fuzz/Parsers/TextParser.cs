using System.Text;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>A parser of text out of functions; null of the first means refused.</summary>
internal sealed class TextParser<T>(
    string name, Func<string, T?> read, Func<T, string>? write = null, Func<T, T, bool>? same = null) : ProtocolParser(name)
    where T : class
{
    // Every caller bounds its texts; beyond, only the platform's own decoding of broken UTF-8 would be measured.
    private const int MostBytes = 16 * 1024;

    public override object? Read(ReadOnlySpan<byte> input) => input.Length <= MostBytes ? read(Encoding.UTF8.GetString(input)) : null;

    // What was left out of a short text can make it too long to be read again.
    public override byte[]? Write(object value) =>
        write is not null && Encoding.UTF8.GetBytes(write((T)value)) is { Length: <= MostBytes } written ? written : null;

    public override bool Same(object one, object other) => same?.Invoke((T)one, (T)other) ?? Equals(one, other);
}
