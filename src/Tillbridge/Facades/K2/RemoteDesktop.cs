using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Tillbridge.Facades.K2;

/// <summary>Asks Windows from which computer a remote session comes. Reviewed against the API's documentation, not run.</summary>
[SupportedOSPlatform("windows")]
internal static partial class RemoteDesktop
{
    private const int CurrentSession = -1;
    private const int ClientNameClass = 10;      // WTSClientName
    private const int ProtocolTypeClass = 16;    // WTSClientProtocolType
    private const short Console = 0;

    /// <summary>The client computer's name; null on the console, or where it cannot be told.</summary>
    public static string? ClientName()
    {
        if (!Query(ProtocolTypeClass, buffer => Marshal.ReadInt16(buffer), out var protocol) || protocol == Console) return null;
        return Query(ClientNameClass, Marshal.PtrToStringUni, out var name) && !string.IsNullOrEmpty(name) ? name : null;
    }

    private static bool Query<T>(int what, Func<nint, T> read, out T? value)
    {
        value = default;
        if (WTSQuerySessionInformationW(0, CurrentSession, what, out var buffer, out _) == 0) return false;
        try
        {
            value = read(buffer);
            return true;
        }
        finally
        {
            WTSFreeMemory(buffer);
        }
    }

    [LibraryImport("wtsapi32.dll")]
    private static partial int WTSQuerySessionInformationW(nint server, int session, int what, out nint buffer, out int bytes);

    [LibraryImport("wtsapi32.dll")]
    private static partial void WTSFreeMemory(nint buffer);
}
