using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Doctor;

/// <summary>The serial ports of this machine: what they are, and whether they can be opened. No byte is sent.</summary>
internal sealed class PortSurvey(SerialPorts ports)
{
    private const string NoPortsCure =
        "Plug the adapter in and ask again: it shows itself as /dev/ttyUSB0 or /dev/ttyACM0, on Windows as COM3. If nothing comes, "
        + "`sudo dmesg | tail` (Windows: Device Manager) names it or the driver that is missing (ftdi_sio, cp210x, pl2303, ch341, "
        + "cdc_acm); a container or virtual machine must be given the device.";

    /// <summary>One finding for each port, or one that says there are none.</summary>
    public IEnumerable<Finding> Look()
    {
        var found = ports.List();
        if (found.Count == 0)
        {
            yield return new Finding(FindingCodes.NoPorts, Severity.Note, "ports", "This machine shows no serial port.")
            {
                Cure = NoPortsCure,
            };
        }

        foreach (var port in found)
        {
            var place = PlaceOf(port);
            yield return Closed(port.Device) is { } closed
                ? closed with { Subject = Describe(port), Port = port }
                : new Finding(
                    FindingCodes.Ok, Severity.Well, Describe(port), $"It can be opened; its address is PROTOCOL+serial://{place}.")
                {
                    Port = port,
                };
        }
    }

    /// <summary>Why a port must not be opened now: it cannot, or another program has it open; null when it may.</summary>
    public Finding? Closed(string port)
    {
        var closed = ports.WhyClosed(port);
        if (closed is not null && closed.Fault is not ConnectFault.PortBusy) return Impressions.OfFault(port, closed);
        // What a program has open without locking others out could be opened, and the two would take each other's bytes.
        var holder = PortHolders.Of(DeviceOf(port));
        if (holder is null) return closed is null ? null : Impressions.OfFault(port, closed);
        return Finding.Wrong(
            FindingCodes.PortBusy, port, $"The serial port is in use by {holder}.",
            "End that program (a gateway: ask it for a test instead), or choose another port.");
    }

    private string DeviceOf(string port)
    {
        try
        {
            return ports.Find(port);
        }
        catch (LinkLostException)
        {
            return port; // An adapter that is not there; the reason was told already.
        }
    }

    // A name that stays when the cable is plugged in elsewhere.
    private static string PlaceOf(SerialPortEntry port) => port switch
    {
        { UsbVendor: not null, UsbProduct: not null, UsbSerial: { } serial } => $"usb:{port.UsbVendor}:{port.UsbProduct}:{serial}",
        { ById: { } name } => name,
        _ => port.Device,
    };

    private static string Describe(SerialPortEntry port)
    {
        if (port.UsbVendor is null) return port.Device;
        var serial = port.UsbSerial is null ? "" : $", serial number {port.UsbSerial}";
        var name = port.Description is null ? "" : $", {port.Description}";
        return $"{port.Device} (USB {port.UsbVendor}:{port.UsbProduct}{name}{serial})";
    }
}
