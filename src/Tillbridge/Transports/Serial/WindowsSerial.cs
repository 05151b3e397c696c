using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Tillbridge.Transports.Serial;

/// <summary>Opens a serial port on Windows. Reviewed against the API's documentation, never run: see README.md.</summary>
internal static partial class WindowsSerial
{
    private const int MostNameCharacters = 1 << 16;
    private const uint LongestRead = 1000;  // ms; a read that brings nothing is begun again.
    private const uint LongestWrite = 5000; // ms

    /// <exception cref="LinkLostException">It cannot be opened or set; the message names cause and cure.</exception>
    public static WindowsPort Open(string device, SerialMode mode)
    {
        var port = OpenAlone(device);
        if (port.IsInvalid) throw Fault(device, Marshal.GetLastPInvokeError());
        Span<byte> state = stackalloc byte[WindowsNative.StateBytes];
        var parity = mode.Parity switch { SerialParity.None => 'N', SerialParity.Even => 'E', _ => 'O' };
        var wanted = string.Create(
            CultureInfo.InvariantCulture,
            $"baud={mode.Baud} parity={parity} data={mode.DataBits} stop={mode.StopBits} ")
            + "to=off xon=off odsr=off octs=off dtr=on rts=on idsr=off";
        // With both read fields at their most, a read returns at once with what is there, or else waits for the first byte.
        var limits = new WindowsNative.TimeOuts
        {
            ReadInterval = uint.MaxValue, ReadMultiplier = uint.MaxValue, ReadConstant = LongestRead, WriteConstant = LongestWrite,
        };
        var isSet = WindowsNative.GetState(port, state) && WindowsNative.BuildState(wanted, state)
            && WindowsNative.SetState(port, Checked(state, mode)) && WindowsNative.SetTimeOuts(port, in limits)
            && WindowsNative.Purge(port, WindowsNative.PurgeEverything);
        if (isSet) return new WindowsPort(port, device);
        var error = Marshal.GetLastPInvokeError();
        port.Dispose();
        throw new LinkLostException($"The serial port {device} cannot do {mode} (error {error}): set baud and framing to what it can.")
        {
            Fault = ConnectFault.ModeNotServed,
        };
    }

    /// <summary>Why the port cannot be opened now; null when it can. Nothing is sent or set.</summary>
    public static LinkLostException? WhyClosed(string device)
    {
        using var port = OpenAlone(device);
        return port.IsInvalid ? Fault(device, Marshal.GetLastPInvokeError()) : null;
    }

    /// <summary>The names of this machine's serial ports.</summary>
    public static IReadOnlyList<string> Names()
    {
        var names = new char[MostNameCharacters];
        var size = WindowsNative.QueryDevices(null, names, MostNameCharacters);
        return [.. new string(names, 0, (int)size).Split('\0').Where(name => Com.IsMatch(name))
            .OrderBy(name => int.Parse(name.AsSpan(3), CultureInfo.InvariantCulture))];
    }

    private static Span<byte> Checked(Span<byte> state, SerialMode mode)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(state[WindowsNative.FlagsOffset..]) | WindowsNative.Binary;
        flags = mode.Parity is SerialParity.None ? flags & ~WindowsNative.ChecksParity : flags | WindowsNative.ChecksParity;
        BinaryPrimitives.WriteUInt32LittleEndian(state[WindowsNative.FlagsOffset..], flags);
        return state;
    }

    // COM10 and above are found only under this prefix, and the others, too. No sharing: the port is ours alone.
    private static SafeFileHandle OpenAlone(string device)
    {
        var name = device.StartsWith(@"\\", StringComparison.Ordinal) ? device : @"\\.\" + device;
        return WindowsNative.CreateFile(name, WindowsNative.ReadWrite, 0, 0, WindowsNative.OpenExisting, WindowsNative.Overlapped, 0);
    }

    private static LinkLostException Fault(string device, int error) => new(Explain(device, error))
    {
        Fault = error switch
        {
            WindowsNative.NotFound => ConnectFault.PortMissing,
            WindowsNative.AccessDenied or WindowsNative.SharingViolation => ConnectFault.PortBusy,
            _ => ConnectFault.Other,
        },
    };

    private static string Explain(string device, int error) => error switch
    {
        WindowsNative.NotFound =>
            $"There is no serial port {device}: is the cable plugged in? {SerialPorts.Describe(new SerialPorts().List())}",
        WindowsNative.AccessDenied or WindowsNative.SharingViolation =>
            $"The serial port {device} is in use by another program, or this user may not open it: end that program, "
            + "or choose another port.",
        _ => $"The serial port {device} cannot be opened (error {error}).",
    };

    [GeneratedRegex(@"^COM\d{1,5}$")]
    private static partial Regex Com { get; }
}
