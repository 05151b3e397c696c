using Tillbridge.Domain;

namespace Tillbridge.Protocols;

/// <summary>The peer broke the rules of its protocol, or speaks another one. The message holds no card data.</summary>
public sealed class ProtocolViolationException : Exception
{
    /// <summary>An exception without words.</summary>
    public ProtocolViolationException() { }

    /// <summary>An exception that says which rule was broken.</summary>
    public ProtocolViolationException(string message) : base(message) { }

    /// <summary>An exception that says which rule was broken, with its cause.</summary>
    public ProtocolViolationException(string message, Exception inner) : base(message, inner) { }

    /// <summary>A stable code out of <see cref="Domain.Reason"/>.</summary>
    public string Reason { get; init; } = Domain.Reason.ProtocolViolation;
}
