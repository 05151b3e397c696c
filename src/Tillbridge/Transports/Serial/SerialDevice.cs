namespace Tillbridge.Transports.Serial;

/// <summary>The one place that knows which system this is.</summary>
internal static class SerialDevice
{
    /// <summary>Opens a port; one that is named by USB ids is looked up anew each time.</summary>
    /// <exception cref="LinkLostException">It cannot be opened; the message names cause and cure.</exception>
    public static ITransportConnection Open(SerialSettings settings, SerialPorts ports)
    {
        var device = ports.Find(settings.Port);
        if (OperatingSystem.IsLinux()) return UnixSerial.Open(device, settings.Mode);
        if (OperatingSystem.IsWindows()) return WindowsSerial.Open(device, settings.Mode);
        throw Unserved();
    }

    /// <summary>Why a device cannot be opened now; null when it can. Nothing is sent or set.</summary>
    public static LinkLostException? WhyClosed(string device)
    {
        if (OperatingSystem.IsLinux()) return UnixSerial.WhyClosed(device);
        return OperatingSystem.IsWindows() ? WindowsSerial.WhyClosed(device) : Unserved();
    }

    private static LinkLostException Unserved() => new("Serial lines are served on Linux and Windows only.");
}
