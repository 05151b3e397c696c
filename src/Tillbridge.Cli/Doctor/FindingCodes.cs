using Tillbridge.Transports;

namespace Tillbridge.Cli.Doctor;

/// <summary>The codes of findings. They never change their meaning: programs read them.</summary>
internal static class FindingCodes
{
    public const string Ok = "ok";
    public const string NoPorts = "no-ports";
    public const string NoPermission = "no-permission";
    public const string PortBusy = "port-busy";
    public const string PortMissing = "port-missing";
    public const string NotAPort = "not-a-port";
    public const string PortMode = "port-mode";
    public const string ConnectionRefused = "connection-refused";
    public const string HostUnreachable = "host-unreachable";
    public const string ConnectTimeOut = "connect-time-out";
    public const string NameUnknown = "name-unknown";
    public const string NotTrusted = "tls-not-trusted";
    public const string Unreachable = "unreachable";
    public const string NoAnswer = "no-answer";
    public const string HangsUp = "hangs-up";
    public const string Noise = "noise";
    public const string Echo = "echo";
    public const string OtherProtocol = "other-protocol";
    public const string WrongSpeed = "wrong-speed";
    public const string WrongPassword = "wrong-password";
    public const string WrongSettings = "wrong-settings";
    public const string TerminalBusy = "terminal-busy";
    public const string NotReady = "not-ready";
    public const string GatewayRunning = "gateway-running";
    public const string NoProbe = "no-probe";
    public const string GaveUp = "gave-up";

    /// <summary>The code of a connection that could not be made.</summary>
    public static string Of(ConnectFault fault) => fault switch
    {
        ConnectFault.Refused => ConnectionRefused,
        ConnectFault.Unreachable => HostUnreachable,
        ConnectFault.NameUnknown => NameUnknown,
        ConnectFault.TimedOut => ConnectTimeOut,
        ConnectFault.NotTrusted => NotTrusted,
        ConnectFault.NoPermission => NoPermission,
        ConnectFault.PortBusy => PortBusy,
        ConnectFault.PortMissing => PortMissing,
        ConnectFault.NotAPort => NotAPort,
        ConnectFault.ModeNotServed => PortMode,
        _ => Unreachable,
    };
}
