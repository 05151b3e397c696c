using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tillbridge.Transports.Serial;

/// <summary>The calls of the Windows communications API.</summary>
internal static partial class WindowsNative
{
    public const uint ReadWrite = 0xC0000000;    // GENERIC_READ | GENERIC_WRITE
    public const uint OpenExisting = 3;
    public const uint Overlapped = 0x40000000;   // FILE_FLAG_OVERLAPPED
    public const uint PurgeEverything = 0xF;     // PURGE_TXABORT | RXABORT | TXCLEAR | RXCLEAR
    public const int StateBytes = 28;            // sizeof(DCB)
    public const int FlagsOffset = 8;            // The bit fields of a DCB.
    public const uint Binary = 0x1;              // fBinary
    public const uint ChecksParity = 0x2;        // fParity

    public const int NotFound = 2;               // ERROR_FILE_NOT_FOUND
    public const int AccessDenied = 5;           // ERROR_ACCESS_DENIED: also when another program has it.
    public const int SharingViolation = 32;

    private const string Library = "kernel32.dll";

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeOuts
    {
        public uint ReadInterval;
        public uint ReadMultiplier;
        public uint ReadConstant;
        public uint WriteMultiplier;
        public uint WriteConstant;
    }

    [LibraryImport(Library, EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial SafeFileHandle CreateFile(
        string name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Library, EntryPoint = "GetCommState", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool GetState(SafeFileHandle port, Span<byte> state);

    [LibraryImport(Library, EntryPoint = "BuildCommDCBW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool BuildState(string definition, Span<byte> state);

    [LibraryImport(Library, EntryPoint = "SetCommState", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetState(SafeFileHandle port, Span<byte> state);

    [LibraryImport(Library, EntryPoint = "SetCommTimeouts", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool SetTimeOuts(SafeFileHandle port, in TimeOuts limits);

    [LibraryImport(Library, EntryPoint = "PurgeComm", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Purge(SafeFileHandle port, uint what);

    [LibraryImport(Library, EntryPoint = "QueryDosDeviceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    public static partial uint QueryDevices(string? device, Span<char> names, uint size);
}
