using System.Buffers.Binary;
using System.Globalization;

namespace Tillbridge.Transports.Serial;

/// <summary>Why a serial port cannot be used, with the cure, out of the system's error number.</summary>
internal static class UnixSerialFault
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint WantsGroup = 0x10;      // STATX_GID
    private const int GroupOffset = 24;        // stx_gid, the same on every machine.
    private const int StatusBytes = 256;

    public static LinkLostException Of(string device, int error) => new(Explain(device, error))
    {
        Fault = error switch
        {
            UnixNative.AccessDenied => ConnectFault.NoPermission,
            UnixNative.Busy => ConnectFault.PortBusy,
            UnixNative.NoSuchFile or UnixNative.NoDevice or UnixNative.NoSuchDevice or UnixNative.InputOutput => ConnectFault.PortMissing,
            UnixNative.NotATerminal or UnixNative.InvalidArgument => ConnectFault.NotAPort,
            _ => ConnectFault.Other,
        },
    };

    public static string Explain(string device, int error) => error switch
    {
        UnixNative.AccessDenied => Forbidden(device, GroupOf(device) ?? "dialout"),
        UnixNative.Busy => $"The serial port {device} is in use by another program: end it (sudo fuser -v {device} names it), "
            + "or choose another port.",
        UnixNative.NoSuchFile or UnixNative.NoDevice or UnixNative.NoSuchDevice =>
            $"There is no serial port {device}: is the cable plugged in? {SerialPorts.Describe(new SerialPorts().List())}",
        UnixNative.NotATerminal or UnixNative.InvalidArgument =>
            $"{device} is no serial port: name one that is. {SerialPorts.Describe(new SerialPorts().List())}",
        UnixNative.InputOutput => $"The serial port {device} hung up: is the cable plugged in?",
        _ => $"The serial port {device} cannot be opened (error {error.ToString(CultureInfo.InvariantCulture)}).",
    };

    /// <summary>The sentence about a missing permission.</summary>
    public static string Forbidden(string device, string group) => group == "root"
        // Nobody should join that group, and the device's mode mostly lets its group do nothing.
        ? $"No permission for {device}: only root may open it. Give it to a group by a rule of udev, such as "
        + $"KERNEL==\"{Path.GetFileName(device)}\", GROUP=\"dialout\", MODE=\"0660\" in /etc/udev/rules.d/50-tillbridge.rules - "
        + "then join that group and log in again (a service: restart it)."
        : $"No permission for {device}: it belongs to the group {group}. Join it with: sudo usermod -aG {group} $USER - "
        + "then log out and in again (a service: restart it).";

    private static string? GroupOf(string device)
    {
        Span<byte> status = stackalloc byte[StatusBytes];
        if (UnixNative.Status(CurrentDirectory, device, 0, WantsGroup, status) < 0) return null;
        var number = BinaryPrimitives.ReadUInt32LittleEndian(status[GroupOffset..]).ToString(CultureInfo.InvariantCulture);
        try
        {
            var groups = File.ReadLines("/etc/group").Select(line => line.Split(':'));
            return groups.FirstOrDefault(parts => parts.Length > 2 && parts[2] == number)?[0] ?? number;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return number;
        }
    }
}
