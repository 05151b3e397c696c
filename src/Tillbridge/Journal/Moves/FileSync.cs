using System.Runtime.InteropServices;

namespace Tillbridge.Journal.Moves;

/// <summary>Brings files and the names in a directory onto the disk.</summary>
internal static partial class FileSync
{
    private const int ReadOnly = 0;

    /// <summary>Brings what a file holds onto the disk.</summary>
    public static void Flush(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Brings the names of a directory onto the disk, so that a new one is not the old one again after a loss of power.</summary>
    public static void FlushDirectory(string directory)
    {
        // Windows keeps its own journal of names, and has no such call.
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0 || Sync(descriptor) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (descriptor >= 0) _ = Close(descriptor);
            throw new IOException($"The directory '{directory}' cannot be brought onto the disk (system error {error}).");
        }

        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
