namespace Tillbridge.Transports;

/// <summary>Why a connection could not be made, where the system says it.</summary>
public enum ConnectFault
{
    /// <summary>Something else; the message says what.</summary>
    Other,

    /// <summary>The device is there, and nothing listens at its port.</summary>
    Refused,

    /// <summary>There is no way to the device.</summary>
    Unreachable,

    /// <summary>The host name is not known.</summary>
    NameUnknown,

    /// <summary>The device did not answer in time.</summary>
    TimedOut,

    /// <summary>The device offers no TLS, or none that is trusted.</summary>
    NotTrusted,

    /// <summary>This user may not open the serial port.</summary>
    NoPermission,

    /// <summary>Another program holds the serial port.</summary>
    PortBusy,

    /// <summary>The serial port is not there.</summary>
    PortMissing,

    /// <summary>What is named is no serial port.</summary>
    NotAPort,

    /// <summary>The serial port cannot do the wanted speed or framing.</summary>
    ModeNotServed,
}
