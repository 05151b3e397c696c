using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols;

/// <summary>
/// Finds out whether a terminal of this protocol answers, and what keeps it from serving us. It says harmless messages only:
/// none that moves money, prints or closes, and no answer to a result that it has not asked for.
/// </summary>
public interface IProtocolProbe
{
    /// <summary>TCP ports on which terminals listen unless set otherwise, the usual one first; empty when none is usual.</summary>
    IReadOnlyList<int> UsualPorts { get; }

    /// <summary>Forms of the serial line with which terminals are met, the usual one first; empty without a serial carrier.</summary>
    IReadOnlyList<SerialMode> SerialModes { get; }

    /// <summary>Asks once, over one connection.</summary>
    /// <param name="transport">The way to the terminal.</param>
    /// <param name="settings">
    /// As for its driver; its password is used as it stands and none is guessed. Null only finds out whether the protocol is spoken, and
    /// leaves the terminal's registration as it is.
    /// </param>
    /// <param name="clock">Measures the waits; each has an end.</param>
    /// <param name="shutdown">Gives up; what was found out until then is answered.</param>
    /// <exception cref="LinkLostException">It cannot be reached, or said nothing of this protocol.</exception>
    /// <exception cref="ProtocolViolationException">What answers speaks something else.</exception>
    Task<ProbeAnswer> Ask(ITransport transport, DriverSettings? settings, TimeProvider clock, CancellationToken shutdown);

    /// <summary>
    /// A sentence when bytes are this protocol in a form that the carrier does not have, with cause and cure after a colon, such
    /// as serial frames on a socket; null when they are not.
    /// </summary>
    string? Recognise(ReadOnlySpan<byte> heard, Carrier carrier);
}

/// <summary>What a probe found out.</summary>
/// <param name="Verdict">As a value.</param>
/// <param name="Text">As one sentence.</param>
/// <param name="Cure">What to do about it, one sentence; null when all is well.</param>
public sealed record ProbeAnswer(ProbeVerdict Verdict, string Text, string? Cure);

/// <summary>How a terminal of the protocol answered.</summary>
public enum ProbeVerdict
{
    /// <summary>It speaks the protocol and would serve us.</summary>
    Ready,

    /// <summary>It speaks the protocol, and something has to be done at it first.</summary>
    NotReady,

    /// <summary>It is dealing with something else.</summary>
    Busy,

    /// <summary>It refuses the password.</summary>
    WrongPassword,

    /// <summary>It refuses something else of our settings.</summary>
    WrongSettings,
}
