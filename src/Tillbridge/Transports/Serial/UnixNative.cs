using System.Runtime.InteropServices;

namespace Tillbridge.Transports.Serial;

/// <summary>The calls of the system's C library for serial ports and ptys, with the constants of Linux on x64 and arm64.</summary>
internal static partial class UnixNative
{
    public const int ReadWrite = 0x2;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int NoSuchFile = 2;        // ENOENT
    public const int Interrupted = 4;       // EINTR
    public const int InputOutput = 5;       // EIO
    public const int NoSuchDevice = 6;      // ENXIO
    public const int TryAgain = 11;         // EAGAIN, EWOULDBLOCK
    public const int AccessDenied = 13;     // EACCES
    public const int Busy = 16;             // EBUSY
    public const int NoDevice = 19;         // ENODEV
    public const int InvalidArgument = 22;  // EINVAL
    public const int NotATerminal = 25;     // ENOTTY

    public const uint Exclusive = 0x540C;      // TIOCEXCL
    public const uint NotExclusive = 0x540D;   // TIOCNXCL
    public const uint IsExclusive = 0x80045440; // TIOCGEXCL
    public const uint SetModemLines = 0x5416;  // TIOCMBIS
    public const int DataTerminalReady = 0x2;
    public const int RequestToSend = 0x4;

    public const int LockExclusively = 2;
    public const int LockWithoutWaiting = 4;
    public const int Unlock = 8;
    public const int FlushBoth = 2;            // TCIOFLUSH

    public const short PollIn = 0x1;
    public const short PollOut = 0x4;
    public const short PollError = 0x8;
    public const short PollHangUp = 0x10;
    public const short PollInvalid = 0x20;

    private const string Library = "libc";

    [StructLayout(LayoutKind.Sequential)]
    public struct Watched
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(Descriptor descriptor, Span<byte> bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(Descriptor descriptor, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<Watched> watched, nuint count, int milliseconds);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventDescriptor(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(Descriptor descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(Descriptor descriptor, nuint request, nint nothing);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(Descriptor descriptor, nuint request, in int value);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Query(Descriptor descriptor, nuint request, out int value);

    [LibraryImport(Library, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(Descriptor descriptor, Span<byte> termios);

    [LibraryImport(Library, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(Descriptor descriptor, int when, ReadOnlySpan<byte> termios);

    [LibraryImport(Library, EntryPoint = "tcflush", SetLastError = true)]
    public static partial int Flush(Descriptor descriptor, int which);

    [LibraryImport(Library, EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(Span<byte> termios);

    [LibraryImport(Library, EntryPoint = "cfsetispeed", SetLastError = true)]
    public static partial int SetInputSpeed(Span<byte> termios, uint speed);

    [LibraryImport(Library, EntryPoint = "cfsetospeed", SetLastError = true)]
    public static partial int SetOutputSpeed(Span<byte> termios, uint speed);

    [LibraryImport(Library, EntryPoint = "cfgetospeed")]
    public static partial uint GetOutputSpeed(ReadOnlySpan<byte> termios);

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport(Library, EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenPty(int flags);

    [LibraryImport(Library, EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantPty(Descriptor master);

    [LibraryImport(Library, EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockPty(Descriptor master);

    [LibraryImport(Library, EntryPoint = "ptsname_r", SetLastError = true)]
    public static partial int PtyName(Descriptor master, Span<byte> name, nuint size);
}
