using System.Globalization;
using System.IO.Ports;
using System.Text.RegularExpressions;

namespace Tillbridge.Transports.Serial;

/// <summary>Opens a serial port on Windows by System.IO.Ports. Never run on Windows: see README.md.</summary>
internal static partial class WindowsSerial
{
    private const int NotAllowed = unchecked((int)0x80070057);       // ERROR_INVALID_PARAMETER: a form that the port cannot do.
    private const int SharingViolation = unchecked((int)0x80070020); // Another program has it.
    private const string DevicePrefix = @"\\.\";                     // System.IO.Ports puts it in front of COM names by itself.
    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(5);

    /// <exception cref="LinkLostException">It cannot be opened or set; the message names cause and cure.</exception>
    public static WindowsPort Open(string device, SerialMode mode)
    {
        var port = Make(device, mode);
        try
        {
            port.Open();
            // What an earlier conversation left must not be taken for an answer of this one.
            port.DiscardInBuffer();
            return new WindowsPort(port, device);
        }
        catch (Exception wrong) when (IsRefusal(wrong))
        {
            port.Dispose();
            throw Fault(device, mode, wrong);
        }
    }

    /// <summary>Why the port cannot be opened now; null when it can. Nothing is sent.</summary>
    public static LinkLostException? WhyClosed(string device)
    {
        var usual = new SerialMode(9600, 8, SerialParity.None, 1);
        using var port = Make(device, usual);
        try
        {
            port.Open();
            return null;
        }
        catch (Exception wrong) when (IsRefusal(wrong))
        {
            return Fault(device, usual, wrong);
        }
    }

    /// <summary>The names of this machine's serial ports.</summary>
    public static IReadOnlyList<string> Names() =>
        [.. SerialPort.GetPortNames().Where(name => Com.IsMatch(name)).Distinct(StringComparer.OrdinalIgnoreCase)
            .OrderBy(name => int.Parse(name.AsSpan(3), CultureInfo.InvariantCulture))];

    // Some terminals take no bytes without the two lines. A character with a wrong parity stays; the check of the frame finds it out.
    private static SerialPort Make(string device, SerialMode mode) => new()
    {
        PortName = device.StartsWith(DevicePrefix, StringComparison.Ordinal) ? device[DevicePrefix.Length..] : device,
        BaudRate = mode.Baud,
        DataBits = mode.DataBits,
        Parity = mode.Parity switch { SerialParity.None => Parity.None, SerialParity.Even => Parity.Even, _ => Parity.Odd },
        StopBits = mode.StopBits == 2 ? StopBits.Two : StopBits.One,
        Handshake = Handshake.None,
        ParityReplace = 0,
        DtrEnable = true,
        RtsEnable = true,
        WriteTimeout = (int)LongestWrite.TotalMilliseconds,
    };

    private static bool IsRefusal(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException;

    private static LinkLostException Fault(string device, SerialMode mode, Exception wrong) => wrong switch
    {
        FileNotFoundException => new(
            $"There is no serial port {device}: is the cable plugged in? {SerialPorts.Describe(new SerialPorts().List())}")
        {
            Fault = ConnectFault.PortMissing,
        },
        UnauthorizedAccessException or IOException { HResult: SharingViolation } => new(
            $"The serial port {device} is in use by another program, or this user may not open it: end that program, "
            + "or choose another port.")
        {
            Fault = ConnectFault.PortBusy,
        },
        ArgumentOutOfRangeException or IOException { HResult: NotAllowed } => new(
            $"The serial port {device} cannot do {mode}: set baud and framing to what it can.")
        {
            Fault = ConnectFault.ModeNotServed,
        },
        _ => new($"The serial port {device} cannot be opened: {wrong.Message}") { Fault = ConnectFault.Other },
    };

    [GeneratedRegex(@"^COM\d{1,5}$", RegexOptions.IgnoreCase)]
    private static partial Regex Com { get; }
}
