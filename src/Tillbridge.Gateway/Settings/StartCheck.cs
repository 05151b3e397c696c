using System.Net;
using System.Net.Sockets;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// Examines what a start needs of this machine: places to listen on, directories that can be written, the journal that is expected.
/// Nothing is begun, and what is tried is gone afterwards.
/// </summary>
public static class StartCheck
{
    private const string Probe = ".tillbridge-check";

    /// <summary>What a start with these settings would find.</summary>
    /// <param name="settings">Settings that were read without a fault.</param>
    /// <param name="stop">Ends the reading.</param>
    public static async Task<StartFindings> Examine(GatewaySettings settings, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var (faults, notes) = (new List<JsonFault>(), new List<string>());
        Listen("listen", settings.Listen, faults, notes);
        if (settings.ZvtCallback is { } callback) Listen("facades.zvtCallback.listen", callback.Listen, faults, notes);
        Directory("data", settings.Data, faults);
        if (settings.LogDirectory is { } logs) Directory("log.directory", logs, faults);
        if (faults.All(fault => fault.Path != "data")) await Journal(settings, faults, notes, stop);
        return new(faults, notes);
    }

    private static void Listen(string path, IPEndPoint place, List<JsonFault> faults, List<string> notes)
    {
        if (place.Port == 0) return;
        using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As a server does it: what a connection of a moment ago still holds is free.
            if (!OperatingSystem.IsWindows()) socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(place);
            socket.Listen(1);
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            notes.Add($"{path}: {place} is in use now; that is well if this gateway runs already, else another program has it.");
        }
        catch (SocketException wrong)
        {
            faults.Add(new(path, $"Nothing can listen on {place} here: {wrong.Message}."));
        }
    }

    // The nearest directory that is there would have to take the new ones.
    private static void Directory(string path, string directory, List<JsonFault> faults)
    {
        var place = directory;
        while (!System.IO.Directory.Exists(place) && !File.Exists(place) && Path.GetDirectoryName(place) is { Length: > 0 } above)
            place = above;
        try
        {
            if (File.Exists(place)) throw new IOException($"'{place}' is a file.");
            var probe = Path.Combine(place, Probe);
            PrivateFile.Open(probe, FileMode.Create, FileShare.None).Dispose();
            File.Delete(probe);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            faults.Add(new(path, $"The directory '{directory}' cannot be used: {wrong.Message} Choose another, or give this user rights."));
        }
    }

    private static async Task Journal(GatewaySettings settings, List<JsonFault> faults, List<string> notes, CancellationToken stop)
    {
        try
        {
            settings.Witness?.RequirePresence();
            if (JournalDirectory.HolderOf(settings.Data) is { } holder)
                notes.Add($"data: the journal in {settings.Data} is in use by {holder}; that is well if this gateway runs already.");
            if (!File.Exists(Path.Combine(settings.Data, JournalDirectory.FileName))) return;
            using var reader = JournalReader.Open(settings.Data);
            await reader.Query(new SessionQuery { Limit = 1 }, stop);
        }
        catch (JournalException refused)
        {
            faults.Add(new("data", refused.Message));
        }
    }
}
