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

    /// <summary>The file at a path; null when there is none, or when nobody can say.</summary>
    public static FileMark? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return File.Exists(path) ? default(FileMark) : null;
        Span<byte> told = stackalloc byte[Size];
        if (Statx(CurrentDirectory, path, 0, WithInode, told) != 0) return null;
        return new FileMark(
            BinaryPrimitives.ReadUInt64LittleEndian(told[DeviceAt..]), BinaryPrimitives.ReadUInt64LittleEndian(told[InodeAt..]));
    }

    // The one call of this family whose answer has the same form on every architecture of Linux.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, Span<byte> told);
}
