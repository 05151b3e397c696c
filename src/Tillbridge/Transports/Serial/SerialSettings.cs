namespace Tillbridge.Transports.Serial;

/// <summary>Which serial port, and how it is driven.</summary>
/// <param name="Port">
/// The device (<c>/dev/ttyUSB0</c>, <c>/dev/serial/by-id/…</c>, <c>COM8</c>), or <c>usb:VID:PID</c> or <c>usb:VID:PID:SERIAL</c>
/// for the adapter with these ids, wherever the system puts it.
/// </param>
/// <param name="Mode">Speed and form of the characters.</param>
public sealed record SerialSettings(string Port, SerialMode Mode)
{
    /// <summary>Reads a serial address: its port and its options.</summary>
    /// <param name="port">What stands after <c>serial://</c>.</param>
    /// <param name="options">The options <c>baud</c> and <c>framing</c>.</param>
    /// <param name="usual">What the protocol uses where the options say nothing.</param>
    /// <exception cref="ArgumentException">A part is not allowed; the message names it and what is allowed.</exception>
    public static SerialSettings Of(string port, IReadOnlyDictionary<string, string> options, SerialMode usual)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(port);
        ArgumentNullException.ThrowIfNull(usual);
        if (port.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A serial port's name holds no zero character.");
        _ = UsbPlace.TryParse(port, out _); // It throws where a USB place is written wrongly.
        return new SerialSettings(port, usual.With(options));
    }
}
