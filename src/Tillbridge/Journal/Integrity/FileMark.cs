using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tillbridge.Journal.Integrity;

/// <summary>
/// Which file stands at a path: device and inode on Linux. Elsewhere only that one stands there: Windows keeps an open file
/// from being moved or deleted, and what macOS tells is not read [inferred].
/// </summary>
internal readonly partial record struct FileMark(ulong Device, ulong Inode)
{
    private const int CurrentDirectory = -100;  // AT_FDCWD
    private const uint WithInode = 0x100;       // STATX_INO
    private const int Size = 256, InodeAt = 32, DeviceAt = 136;

    /// <summary>The file at a path; null when there is none.</summary>
    public static FileMark? Of(string path)
    {
        Span<byte> told = stackalloc byte[Size];
        if (!Ask(path, told)) return File.Exists(path) ? default(FileMark) : null;
        return new FileMark(
            BinaryPrimitives.ReadUInt64LittleEndian(told[DeviceAt..]), BinaryPrimitives.ReadUInt64LittleEndian(told[InodeAt..]));
    }

    private static bool Ask(string path, Span<byte> told)
    {
        try
        {
            return OperatingSystem.IsLinux() && Statx(CurrentDirectory, path, 0, WithInode, told) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // An old C library; a container may refuse the call, too.
        }
    }

    // The one call of this family whose answer has the same form on every architecture of Linux.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> told);
}
