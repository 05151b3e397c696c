using Tillbridge.Gateway;

namespace Tillbridge.Cli.Services;

/// <summary>Who started the gateway and wants to know how it goes: systemd, or the service manager of Windows.</summary>
internal interface IOverseer
{
    /// <summary>The gateway listens and has its journal open.</summary>
    void Ready(GatewayHost host);

    /// <summary>The gateway was asked to end. May be told more than once.</summary>
    void Stopping();

    /// <summary>Completes when the overseer has no question to the gateway any more; it may be taken apart then.</summary>
    Task LetGo();
}
