namespace Tillbridge.Transports.Serial;

/// <summary>A serial port of this machine, and what the system knows about it.</summary>
/// <param name="Device">How it is opened, for example <c>/dev/ttyUSB0</c> or <c>COM8</c>.</param>
public sealed record SerialPortEntry(string Device)
{
    /// <summary>The name under <c>/dev/serial/by-id</c>, which stays the same wherever the cable comes back; null without.</summary>
    public string? ById { get; init; }

    /// <summary>USB vendor id, four hexadecimal digits in lower case; null when it is not on USB.</summary>
    public string? UsbVendor { get; init; }

    /// <summary>USB product id, four hexadecimal digits in lower case.</summary>
    public string? UsbProduct { get; init; }

    /// <summary>The adapter's serial number, where it has one.</summary>
    public string? UsbSerial { get; init; }

    /// <summary>Maker and product as the adapter says them.</summary>
    public string? Description { get; init; }
}
