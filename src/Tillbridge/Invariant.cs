using System.Diagnostics.CodeAnalysis;

namespace Tillbridge;

/// <summary>We broke our own rules: a defect of Tillbridge, never of a peer or of input.</summary>
public sealed class InvariantException : Exception
{
    /// <summary>An exception without words.</summary>
    public InvariantException() { }

    /// <summary>An exception that names the broken rule.</summary>
    public InvariantException(string message) : base(message) { }

    /// <summary>An exception that names the broken rule and its cause.</summary>
    public InvariantException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Assertions that are always on, also in release.</summary>
internal static class Invariant
{
    /// <summary>Throws when the condition does not hold; <paramref name="rule"/> says what should have been true.</summary>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string rule)
    {
        if (!condition) throw new InvariantException($"Broken rule: {rule}.");
    }
}
