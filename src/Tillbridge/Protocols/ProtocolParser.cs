namespace Tillbridge.Protocols;

/// <summary>
/// One reader of bytes from outside, in the form in which the laboratory tortures it: whatever comes in, it says what it understood or
/// that it refuses; it throws nothing, is quick and small, and what it understood can be written and read again.
/// </summary>
/// <param name="name">Its name within its protocol, lower case, for example <c>framing</c>.</param>
public abstract class ProtocolParser(string name)
{
    /// <summary>Its name within its protocol.</summary>
    public string Name { get; } = name;

    /// <summary>What the input says; null when it is refused. Throws nothing: an exception is a finding.</summary>
    public abstract object? Read(ReadOnlySpan<byte> input);

    /// <summary>The input in its canonical form; null when nobody writes what this parser reads.</summary>
    public virtual byte[]? Write(object read) => null;

    /// <summary>True when both say the same.</summary>
    public virtual bool Same(object one, object other) => Equals(one, other);

    /// <summary>Sets lengths and checks right in place, so that a mutation reaches what lies behind them.</summary>
    public virtual void Mend(Span<byte> input) { }
}
