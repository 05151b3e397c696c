namespace Tillbridge.Wire;

/// <summary>Bytes with value equality, so that records that hold them can be compared.</summary>
internal readonly struct Octets(ReadOnlyMemory<byte> memory) : IEquatable<Octets>
{
    public static Octets None => default;

    public ReadOnlyMemory<byte> Memory { get; } = memory;

    public ReadOnlySpan<byte> Span => Memory.Span;

    public int Length => Memory.Length;

    public bool IsEmpty => Memory.IsEmpty;

    public static Octets Hex(string hex) => new(Convert.FromHexString(hex));

    public static Octets Copy(ReadOnlySpan<byte> span) => span.IsEmpty ? default : new(span.ToArray());

    public bool Equals(Octets other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? other) => other is Octets octets && Equals(octets);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Convert.ToHexString(Span);
}
