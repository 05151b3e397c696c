namespace Tillbridge.Protocols;

/// <summary>Holds a recorded trace against a dialect: says what in it the dialect does not expect.</summary>
public interface ITraceLinter
{
    /// <summary>What disagrees in these bytes, one sentence each, none of them with card data; empty when they fit.</summary>
    /// <param name="bytes">One or more whole messages.</param>
    /// <param name="from">Who sent them; null when the trace does not tell.</param>
    IReadOnlyList<string> Look(ReadOnlySpan<byte> bytes, Sender? from);
}
