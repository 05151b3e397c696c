using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Transports.Serial;

/// <summary>Ports as Linux tells them, in a tree that a test built.</summary>
public sealed class SerialPortsTests : IDisposable
{
    private const string Ftdi = "devices/pci0/usb1/1-1";

    private readonly string root = Directory.CreateTempSubdirectory("tillbridge-sysfs").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Ports_are_listed_with_what_the_system_knows()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links as sysfs has them need Linux.");
        Adapter(Ftdi, "ttyUSB0", "0403", "6001", "A10K", "FTDI", "FT232R USB UART");
        Board("ttyS0", type: "4");
        Board("ttyS1", type: "0");
        Directory.CreateDirectory(Path.Combine(root, "sys/class/tty/console"));

        var ports = new SerialPorts(root).List();

        Assert.Equal(["ttyS0", "ttyUSB0"], ports.Select(port => Path.GetFileName(port.Device)));
        Assert.Null(ports[0].UsbVendor);
        Assert.Equal(
            new SerialPortEntry(Path.Combine(root, "dev/ttyUSB0"))
            {
                ById = Path.Combine(root, "dev/serial/by-id/usb-FTDI_A10K"),
                UsbVendor = "0403", UsbProduct = "6001", UsbSerial = "A10K", Description = "FTDI FT232R USB UART",
            },
            ports[1]);
    }

    [Theory]
    [InlineData("usb:0403:6001")]
    [InlineData("usb:0403:6001:A10K")]
    public void An_adapter_is_found_under_whatever_name_it_came_back(string place)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links as sysfs has them need Linux.");
        var ports = new SerialPorts(root);
        Adapter(Ftdi, "ttyUSB0", "0403", "6001", "A10K", "FTDI", "FT232R");
        Assert.EndsWith("/dev/ttyUSB0", ports.Find(place), StringComparison.Ordinal);

        Directory.Delete(Path.Combine(root, "sys"), recursive: true);
        var gone = Assert.Throws<LinkLostException>(() => ports.Find(place));
        Assert.Contains("not plugged in", gone.Message, StringComparison.Ordinal);

        Adapter("devices/pci0/usb2/2-4", "ttyUSB3", "0403", "6001", "A10K", "FTDI", "FT232R");
        Assert.EndsWith("/dev/ttyUSB3", ports.Find(place), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_alike_adapters_must_be_told_apart_by_their_serial_number()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Links as sysfs has them need Linux.");
        Adapter(Ftdi, "ttyUSB0", "0403", "6001", "A", "FTDI", "FT232R");
        Adapter("devices/pci0/usb1/1-2", "ttyUSB1", "0403", "6001", "B", "FTDI", "FT232R");
        var ports = new SerialPorts(root);

        var several = Assert.Throws<LinkLostException>(() => ports.Find("usb:0403:6001"));

        Assert.Contains("usb:0403:6001:B", several.Message, StringComparison.Ordinal);
        Assert.EndsWith("/dev/ttyUSB1", ports.Find("usb:0403:6001:B"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_is_named_is_not_looked_up() => Assert.Equal("/dev/ttyS9", new SerialPorts(root).Find("/dev/ttyS9"));

    // As the kernel lays it out: the class holds links, the adapter's ids are some steps above the tty.
    private void Adapter(string device, string tty, string vendor, string product, string serial, string maker, string name)
    {
        var port = Path.Combine(root, "sys", device, $"{Path.GetFileName(device)}:1.0", tty);
        Write(Path.Combine(root, "sys", device), "idVendor", vendor);
        Write(Path.Combine(root, "sys", device), "idProduct", product);
        Write(Path.Combine(root, "sys", device), "serial", serial);
        Write(Path.Combine(root, "sys", device), "manufacturer", maker);
        Write(Path.Combine(root, "sys", device), "product", name);
        Tty(port, tty, "../..");
        Directory.CreateDirectory(Path.Combine(root, "dev/serial/by-id"));
        var link = Path.Combine(root, "dev/serial/by-id", $"usb-{maker}_{serial}");
        File.Delete(link);
        File.CreateSymbolicLink(link, $"../../{tty}");
    }

    private void Board(string tty, string type)
    {
        var port = Path.Combine(root, "sys/devices/platform/serial8250");
        Tty(port, tty, "../..");
        Write(Path.Combine(port, "tty", tty), "type", type);
    }

    private void Tty(string port, string tty, string toPort)
    {
        var home = Path.Combine(port, "tty", tty);
        Directory.CreateDirectory(home);
        Directory.CreateSymbolicLink(Path.Combine(home, "device"), toPort);
        Directory.CreateDirectory(Path.Combine(root, "sys/class/tty"));
        Directory.CreateSymbolicLink(
            Path.Combine(root, "sys/class/tty", tty), Path.GetRelativePath(Path.Combine(root, "sys/class/tty"), home));
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        File.WriteAllText(Path.Combine(root, "dev", tty), "");
    }

    private static void Write(string directory, string file, string text)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, file), text + "\n");
    }
}
