using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tillbridge.Journal.Integrity;

/// <summary>
/// One file with two marks that are overwritten in turn, so that a torn write leaves the other, and below them a word for the
/// person who finds it.
/// </summary>
internal sealed class WitnessFile : IDisposable
{
    private const int Marks = 2;
    private const int MostBytes = 64 * 1024;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SafeFileHandle file;
    private readonly FileMark? place;
    private int turn;

    private WitnessFile(string path, SafeFileHandle file) => (Path, this.file, place) = (path, file, FileMark.Of(path));

    public string Path { get; }

    /// <summary>False when the file was moved or deleted since it was opened.</summary>
    public bool IsInPlace => FileMark.Of(Path) is { } now && now == place;

    /// <summary>What a file says; null when there is none.</summary>
    /// <exception cref="JournalException">There is one, and neither of its marks can be read.</exception>
    public static WitnessMark? Read(string path)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Math.Min(RandomAccess.GetLength(file), MostBytes)];
            _ = RandomAccess.Read(file, bytes, 0);
            return Enumerable.Range(0, Marks)
                .Select(index => WitnessMark.Read(bytes.AsSpan(Math.Min(index * WitnessMark.Width, bytes.Length))))
                .Where(mark => mark is not null).MaxBy(mark => mark!.Tip.Sequence)
                ?? throw new JournalException(
                    JournalFault.Unexpected,
                    $"'{path}', which says which journal is expected, is damaged. Look at the journal with 'tillbridge journal verify'; "
                    + "if it is the right one, 'tillbridge journal restore' takes it as it is.");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(
                JournalFault.Unexpected, $"'{path}', which says which journal is expected, cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Opens a file for writing, made if missing, and writes the mark.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="data">The data directory that it speaks of.</param>
    /// <param name="mark">What it says from now on.</param>
    /// <exception cref="IOException">It cannot be written; also <see cref="UnauthorizedAccessException"/>.</exception>
    public static WitnessFile Open(string path, string data, WitnessMark mark)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (!File.Exists(path)) Make(path, data, mark);
        var witness = new WitnessFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
        // Both: what stood there before must not be taken for newer.
        for (var index = 0; index < Marks; index++) witness.Write(mark);
        witness.Flush();
        return witness;
    }

    /// <summary>Overwrites the older mark; on the disk when the system finds time, or with <see cref="Flush"/>.</summary>
    public void Write(WitnessMark mark)
    {
        RandomAccess.Write(file, mark.Write(), turn * WitnessMark.Width);
        turn = (turn + 1) % Marks;
    }

    public void Flush() => RandomAccess.FlushToDisk(file);

    public void Dispose() => file.Dispose();

    // Under another name first, so that nobody ever finds half of it.
    private static void Make(string path, string data, WitnessMark mark)
    {
        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Private;
        using (var stream = new FileStream(fresh, options))
        {
            for (var index = 0; index < Marks; index++) stream.Write(mark.Write());
            stream.Write(Encoding.UTF8.GetBytes(
                $"\nTillbridge expects this journal in\n{data}\nand refuses to start with an older or another one, or without.\n"
                + "'tillbridge journal init' and 'tillbridge journal restore' change that; see docs/operations.md.\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
