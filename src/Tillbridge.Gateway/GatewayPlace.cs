using System.Globalization;

namespace Tillbridge.Gateway;

/// <summary>
/// Where the gateway of a data directory listens, as a file in that directory: a command that finds the journal in use can go through
/// its owner, also when the port was a free one or no configuration is at hand.
/// </summary>
public static class GatewayPlace
{
    private const string FileName = "gateway.place";
    private const int MostCharacters = 300;

    /// <summary>Where the process that owns the directory listens; null when it has not said so, or is no gateway.</summary>
    /// <param name="data">The data directory.</param>
    /// <param name="process">The process that owns it: what a gateway left behind that died is no word of its successor.</param>
    public static Uri? Find(string data, int process)
    {
        try
        {
            var file = new FileInfo(Path.Combine(data, FileName));
            if (!file.Exists || file.Length > MostCharacters) return null;
            return File.ReadAllText(file.FullName).Trim().Split(' ') is [var owner, var place]
                && owner == process.ToString(CultureInfo.InvariantCulture)
                && Uri.TryCreate(place, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp
                ? address
                : null;
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static void Tell(string data, Uri address) => Try(() => PrivateFile.Write(
        Path.Combine(data, FileName), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {address}\n")));

    internal static void Forget(string data) => Try(() => File.Delete(Path.Combine(data, FileName)));

    // A convenience for who asks later: nothing of a payment depends on it.
    private static void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Who needs it says so, and names the other ways.
        }
    }
}
