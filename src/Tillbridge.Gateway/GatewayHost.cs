namespace Tillbridge.Gateway;

/// <summary>The server.</summary>
public static class GatewayHost;
