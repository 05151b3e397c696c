namespace Tillbridge.Transports;

/// <summary>A connection could not be made or broke. What that means for the money is the engine's decision.</summary>
public sealed class LinkLostException : Exception
{
    /// <summary>An exception without words.</summary>
    public LinkLostException() { }

    /// <summary>An exception that says what happened.</summary>
    public LinkLostException(string message) : base(message) { }

    /// <summary>An exception that says what happened, with its cause.</summary>
    public LinkLostException(string message, Exception inner) : base(message, inner) { }

    /// <summary>True when the peer was connected and said nothing for too long.</summary>
    public bool IsSilence { get; init; }

    /// <summary>
    /// True when the way in which the line broke allows that the device was off in between, as a reset does: it may then
    /// have forgotten, however soon it answers again.
    /// </summary>
    public bool PeerWasAway { get; init; }

    /// <summary>Why no connection could be made, as a value beside the words.</summary>
    public ConnectFault Fault { get; init; }

    /// <summary>The certificate that was not trusted; null when none was shown.</summary>
    public PeerCertificate? Certificate { get; init; }
}
