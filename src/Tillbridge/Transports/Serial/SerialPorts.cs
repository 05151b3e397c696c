namespace Tillbridge.Transports.Serial;

/// <summary>The serial ports of this machine, as Linux tells them in sysfs and under <c>/dev</c>, or as Windows names them.</summary>
/// <param name="root">Where <c>sys</c> and <c>dev</c> lie; <c>/</c> but for tests.</param>
public sealed class SerialPorts(string root = "/")
{
    private const int MostPorts = 1000;
    private const int MostSteps = 8; // From a tty up to the USB device that carries it.
    private const string NoUart = "0"; // serial_core.h: PORT_UNKNOWN, a port that the board does not have.

    /// <summary>Every port that is really there, by device name.</summary>
    public IReadOnlyList<SerialPortEntry> List()
    {
        if (OperatingSystem.IsWindows() && root == "/") return [.. WindowsSerial.Names().Select(name => new SerialPortEntry(name))];
        var names = ByIdNames();
        var ports = new List<SerialPortEntry>();
        foreach (var entry in Entries(Path.Combine(root, "sys", "class", "tty")).Take(MostPorts))
        {
            if (Read(entry, names) is { } port) ports.Add(port);
        }

        return [.. ports.OrderBy(port => port.Device, StringComparer.Ordinal)];
    }

    /// <summary>The device to open now for a port of an address: itself, or where the named USB adapter is at this moment.</summary>
    /// <exception cref="LinkLostException">No such adapter, or several; the message lists what is there.</exception>
    public string Find(string port)
    {
        ArgumentNullException.ThrowIfNull(port);
        if (!UsbPlace.TryParse(port, out var place)) return port;
        var ports = List();
        var fitting = ports.Where(place.Is).ToList();
        if (fitting.Count == 1) return fitting[0].Device;
        throw new LinkLostException(fitting.Count == 0
            ? $"The USB adapter {place} is not plugged in: check the cable. {Describe(ports)}"
            : $"Several adapters are {place}: add the serial number of one (usb:VID:PID:SERIAL). {Describe(fitting)}")
        {
            Fault = ConnectFault.PortMissing,
        };
    }

    /// <summary>
    /// Why the port of an address cannot be opened now, with the cure; null when it can. Sends nothing and sets nothing, so that
    /// whoever has the port open notices nothing. On Windows, where a port has one user, a free one is open for a moment.
    /// </summary>
    public LinkLostException? WhyClosed(string port)
    {
        try
        {
            return SerialDevice.WhyClosed(Find(port));
        }
        catch (LinkLostException missing)
        {
            return missing;
        }
    }

    /// <summary>The ports in one sentence, for a message.</summary>
    internal static string Describe(IReadOnlyList<SerialPortEntry> ports) => ports.Count == 0
        ? "This machine has no serial port."
        : $"There {(ports.Count == 1 ? "is" : "are")} {string.Join(", ", ports.Select(Describe))}.";

    private static string Describe(SerialPortEntry port) => port.UsbVendor is null
        ? port.Device
        : $"{port.Device} (usb:{port.UsbVendor}:{port.UsbProduct}{(port.UsbSerial is null ? "" : ":" + port.UsbSerial)}"
            + $"{(port.Description is null ? "" : ", " + port.Description)})";

    private SerialPortEntry? Read(string entry, Dictionary<string, string> names)
    {
        // A tty without a device is a console or a pty.
        var home = Target(entry) ?? entry;
        if (Target(Path.Combine(home, "device")) is not { } device) return null;
        if (Text(home, "type") is NoUart) return null;
        var path = Path.Combine(root, "dev", Path.GetFileName(entry));
        var port = new SerialPortEntry(path) { ById = names.GetValueOrDefault(path) };
        var step = device;
        for (var steps = 0; steps < MostSteps && step is not null && step.Length > root.Length; steps++)
        {
            if (Text(step, "idVendor") is { } vendor)
            {
                string?[] words = [Text(step, "manufacturer"), Text(step, "product")];
                var description = string.Join(' ', words.Where(word => word is not null));
                return port with
                {
                    UsbVendor = vendor.ToLowerInvariant(),
                    UsbProduct = Text(step, "idProduct")?.ToLowerInvariant(),
                    UsbSerial = Text(step, "serial"),
                    Description = description.Length == 0 ? null : description,
                };
            }

            step = Path.GetDirectoryName(step);
        }

        return port;
    }

    private Dictionary<string, string> ByIdNames()
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var link in Entries(Path.Combine(root, "dev", "serial", "by-id")).Take(MostPorts))
        {
            if (Target(link) is { } device) names.TryAdd(device, link);
        }

        return names;
    }

    private static IEnumerable<string> Entries(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Where a link leads; the directory that holds it must be given without links. Null when it is none.
    private static string? Target(string link)
    {
        try
        {
            return Directory.ResolveLinkTarget(link, returnFinalTarget: false) is { } target ? Path.GetFullPath(target.FullName) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null; // The cable went while we looked.
        }
    }

    private static string? Text(string directory, string file)
    {
        try
        {
            var path = Path.Combine(directory, file);
            var text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
            return text.Length == 0 ? null : text;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
