using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Transports.Serial;

public sealed class SerialSettingsTests
{
    [Theory]
    [InlineData("zvt+serial:///dev/ttyUSB0", "/dev/ttyUSB0", "9600 8n2")]
    [InlineData("zvt+serial:///dev/ttyUSB0?baud=115200", "/dev/ttyUSB0", "115200 8n2")]
    [InlineData("zvt+serial:///dev/ttyS1?framing=8n1&baud=19200", "/dev/ttyS1", "19200 8n1")]
    [InlineData("zvt+serial://COM8?framing=7E1", "COM8", "9600 7e1")]
    [InlineData("zvt+serial://usb:0403:6001:A1?framing=8o2", "usb:0403:6001:A1", "9600 8o2")]
    public void An_address_says_port_speed_and_framing(string text, string port, string mode)
    {
        var settings = ProtocolCatalog.Serial(TerminalAddress.TryParse(text, out _)!);
        Assert.Equal((port, mode), (settings.Port, settings.Mode.ToString()));
        Assert.Equal(Carrier.Serial, ProtocolCatalog.Transport(TerminalAddress.TryParse(text, out _)!, TimeProvider.System).Carrier);
    }

    [Theory]
    [InlineData("zvt+serial:///dev/ttyUSB0?baud=9601", "baud", "115200")]
    [InlineData("zvt+serial:///dev/ttyUSB0?baud=09600", "baud", "9600")]
    [InlineData("zvt+serial:///dev/ttyUSB0?framing=9n1", "framing", "8n1")]
    [InlineData("zvt+serial:///dev/ttyUSB0?framing=8x1", "framing", "7e1")]
    [InlineData("zvt+serial:///dev/ttyUSB0?framing=8n", "framing", "8n2")]
    [InlineData("zvt+serial:///dev/ttyUSB0?tls=true", "tls", "baud and framing")]
    [InlineData("zvt+serial://usb:403:6001", "usb:403:6001", "usb:VID:PID")]
    [InlineData("zvt+serial://usb:0403", "usb:0403", "usb:VID:PID")]
    [InlineData("zvt+serial://usb:0403:6001:", "usb:0403:6001:", "usb:VID:PID")]
    public void A_wrong_part_is_named_with_what_is_allowed(string text, string named, string allowed)
    {
        var wrong = Assert.Throws<ArgumentException>(() => ProtocolCatalog.Serial(TerminalAddress.TryParse(text, out _)!));
        Assert.Contains(named, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(allowed, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_of_serial_lines_is_refused_on_tcp()
    {
        var address = TerminalAddress.TryParse("zvt+tcp://10.0.0.5:20007?baud=9600", out _)!;
        Assert.Contains("baud", Assert.Throws<ArgumentException>(() => ProtocolCatalog.Transport(address, TimeProvider.System)).Message,
            StringComparison.Ordinal);
    }
}
