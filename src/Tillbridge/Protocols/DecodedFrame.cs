namespace Tillbridge.Protocols;

/// <summary>Who sent a frame.</summary>
public enum Sender
{
    /// <summary>The selling side.</summary>
    Ecr,

    /// <summary>The terminal.</summary>
    Terminal,
}

/// <summary>One field of a decoded frame for a reader: masked where it is secret.</summary>
/// <param name="Name">The protocol's name of the field, in snake case.</param>
/// <param name="Value">Its value, masked.</param>
/// <param name="Offset">Where it begins in the message, in bytes.</param>
public sealed record DecodedField(string Name, string Value, int Offset);

/// <summary>Why a frame could not be decoded.</summary>
/// <param name="Field">The field that was being read.</param>
/// <param name="Offset">Where, in bytes from the beginning of the message.</param>
/// <param name="Text">What is wrong with it.</param>
public sealed record DecodeFault(string Field, int Offset, string Text);

/// <summary>One message of a protocol, taken apart for a human reader. Holds no full card number and no password.</summary>
/// <param name="Message">The protocol's name of the message; empty when it could not be told.</param>
/// <param name="Fields">Its fields in wire order.</param>
/// <param name="Error">What is wrong; null when it decodes.</param>
public sealed record DecodedFrame(string Message, IReadOnlyList<DecodedField> Fields, DecodeFault? Error)
{
    /// <summary>Where the next message begins in the input; the input's length when this was the last.</summary>
    public int End { get; init; }

    /// <summary>Amount in minor units.</summary>
    public long? AmountMinor { get; init; }

    /// <summary>Alphabetic currency code.</summary>
    public string? Currency { get; init; }

    /// <summary>The result code as the protocol's own document prints it.</summary>
    public string? ResultCode { get; init; }

    /// <summary>Receipt number.</summary>
    public string? Receipt { get; init; }

    /// <summary>Retrieval reference number.</summary>
    public string? Rrn { get; init; }

    /// <summary>Approval code.</summary>
    public string? Approval { get; init; }

    /// <summary>The caller's reference.</summary>
    public string? Reference { get; init; }

    /// <summary>Trace number.</summary>
    public string? Trace { get; init; }

    /// <summary>Terminal id.</summary>
    public string? TerminalId { get; init; }

    /// <summary>Masked card number.</summary>
    public string? MaskedPan { get; init; }
}
