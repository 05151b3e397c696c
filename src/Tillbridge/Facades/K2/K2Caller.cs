namespace Tillbridge.Facades.K2;

/// <summary>Who pays: by it the routing rules choose the terminal.</summary>
/// <param name="Workstation">Name of the workstation; upper and lower case differ.</param>
/// <param name="User">The till's or ERP's user; upper and lower case are one.</param>
public sealed record K2Caller(string? Workstation, string? User)
{
    /// <summary>
    /// This machine and the user of its system. Over a remote desktop the client computer's name counts (k2-client.md §5); a
    /// reconnected session may come from another one, so it is read anew each time.
    /// </summary>
    public static K2Caller Detect() => new(DetectWorkstation(), Environment.UserName);

    private static string DetectWorkstation()
    {
        if (OperatingSystem.IsWindows()) return RemoteDesktop.ClientName() ?? Environment.MachineName;
        return Environment.GetEnvironmentVariable("CLIENTNAME") is { Length: > 0 } client ? client : Environment.MachineName;
    }
}
