using Tillbridge.Protocols;
using Tillbridge.Wire;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>A parser of bytes out of a function; null of it means refused.</summary>
internal sealed class BytesParser(
    string name, Func<byte[], object?> read, Func<object, byte[]>? write = null) : ProtocolParser(name)
{
    public override object? Read(ReadOnlySpan<byte> input) => read(input.ToArray());

    public override byte[]? Write(object value) => write?.Invoke(value);

    /// <summary>One whose value is the canonical form itself, so that it must not change when it is read again.</summary>
    public static BytesParser Canonical(string name, Func<byte[], byte[]?> read) =>
        new(name, input => read(input) is { } value ? new Octets(value) : null, value => ((Octets)value).Memory.ToArray());
}
