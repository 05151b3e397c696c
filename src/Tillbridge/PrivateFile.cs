using System.Text;

namespace Tillbridge;

/// <summary>
/// The one place that makes files: what is new is its owner's alone to read and write, whatever the umask says. A file that is there
/// already keeps the rights that somebody gave it.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OfFiles = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfDirectories = OfFiles | UnixFileMode.UserExecute;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Opens a file for writing, and makes it if the mode says so.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share, int bufferSize = 4096)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = share, BufferSize = bufferSize };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OfFiles;
        return new FileStream(path, options);
    }

    /// <summary>A text file from its beginning, in UTF-8.</summary>
    public static StreamWriter Text(string path, FileMode mode = FileMode.Create, FileShare share = FileShare.Read) =>
        new(Open(path, mode, share), Utf8);

    /// <summary>Writes a whole text file.</summary>
    public static void Write(string path, string text)
    {
        using var file = Text(path);
        file.Write(text);
    }

    /// <summary>Makes a directory and what is missing above it.</summary>
    public static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // The system gives the mode to the last one only.
        var missing = new Stack<string>();
        for (var place = Path.GetFullPath(path); !Directory.Exists(place) && place.Length > 1; place = Path.GetDirectoryName(place)!)
            missing.Push(place);
        foreach (var place in missing) Directory.CreateDirectory(place, OfDirectories);
    }
}
