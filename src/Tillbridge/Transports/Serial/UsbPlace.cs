namespace Tillbridge.Transports.Serial;

/// <summary>A USB adapter by its ids, instead of by the name that the system happens to give it.</summary>
/// <param name="Vendor">Four hexadecimal digits, lower case.</param>
/// <param name="Product">Four hexadecimal digits, lower case.</param>
/// <param name="Serial">Its serial number; null takes any.</param>
internal sealed record UsbPlace(string Vendor, string Product, string? Serial)
{
    private const string Prefix = "usb:";

    /// <summary>False when the port is named by a device.</summary>
    /// <exception cref="ArgumentException">It begins with usb: and goes on wrongly.</exception>
    public static bool TryParse(string port, out UsbPlace place)
    {
        place = new("", "", null);
        if (!port.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return false;
        var parts = port[Prefix.Length..].Split(':', 3);
        if (parts.Length < 2 || !IsId(parts[0]) || !IsId(parts[1]) || (parts.Length == 3 && parts[2].Length == 0))
        {
            throw new ArgumentException(
                $"'{port}' names no USB adapter; write usb:VID:PID or usb:VID:PID:SERIAL with ids of four hexadecimal digits, "
                + "for example usb:0403:6001.");
        }

        place = new(parts[0].ToLowerInvariant(), parts[1].ToLowerInvariant(), parts.ElementAtOrDefault(2));
        return true;
    }

    public bool Is(SerialPortEntry port) =>
        port.UsbVendor == Vendor && port.UsbProduct == Product && (Serial is null || port.UsbSerial == Serial);

    public override string ToString() => $"{Prefix}{Vendor}:{Product}{(Serial is null ? "" : ":" + Serial)}";

    private static bool IsId(string text) => text.Length == 4 && text.All(char.IsAsciiHexDigit);
}
