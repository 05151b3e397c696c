using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Doctor;

/// <summary>How well it is with what was looked at.</summary>
internal enum Severity
{
    Well,
    Note,
    Wrong,
}

/// <summary>One thing that was found out.</summary>
/// <param name="Code">Stable, out of <see cref="FindingCodes"/>.</param>
/// <param name="Severity">Whether it keeps somebody from paying.</param>
/// <param name="Subject">The port, terminal or host that it is about.</param>
/// <param name="Text">What was found, one sentence.</param>
internal sealed record Finding(string Code, Severity Severity, string Subject, string Text)
{
    /// <summary>What to do about it; null when there is nothing to do.</summary>
    public string? Cure { get; init; }

    /// <summary>The terminal address that this finding speaks for; null when it speaks for none.</summary>
    public string? Address { get; init; }

    /// <summary>The serial port, with what the system knows about it.</summary>
    public SerialPortEntry? Port { get; init; }

    public static Finding Wrong(string code, string subject, string text, string cure) =>
        new(code, Severity.Wrong, subject, text) { Cure = cure };

    /// <summary>A message of the form "cause: cure", as ours mostly are, or of two sentences.</summary>
    public static Finding OfMessage(string code, string subject, string message)
    {
        var end = message.IndexOf(": ", StringComparison.Ordinal);
        if (end < 0) end = message.IndexOf(". ", StringComparison.Ordinal);
        if (end < 0) return Wrong(code, subject, message, "Check address, cable and permissions.");
        var cure = message[(end + 2)..];
        return Wrong(code, subject, message[..end] + ".", char.ToUpperInvariant(cure[0]) + cure[1..]);
    }
}
