using System.Text;

namespace Tillbridge.Gateway;

/// <summary>The files of one run, as they are written by one thread: the next one at 20 MB, the last 20 stay.</summary>
internal sealed class RunLogFiles(string directory, string run, Func<string, Stream>? open) : IDisposable
{
    private const long MostFileBytes = 20 * 1024 * 1024;
    private const int MostFiles = 20;
    private const int MostHeldBytes = 64 * 1024;

    private readonly MemoryStream held = new();
    private Stream? file;
    private long written;
    private long lines;
    private int part;
    private bool isTorn;

    /// <summary>Takes a line, which stands for so many, and says how many the disk did not take.</summary>
    public long Write(string line, long stands)
    {
        held.Write(Encoding.UTF8.GetBytes(line));
        held.WriteByte((byte)'\n');
        lines += stands;
        return held.Length >= MostHeldBytes ? Flush() : 0;
    }

    /// <summary>Hands what is held to the disk and says how many lines it did not take.</summary>
    public long Flush()
    {
        if (held.Length == 0) return 0;
        var asked = lines;
        try
        {
            if (file is null || written > MostFileBytes) Roll();
            // Half of a line may stand there from before.
            if (isTorn) file!.Write("\n"u8);
            isTorn = false;
            file!.Write(held.GetBuffer().AsSpan(0, (int)held.Length));
            file.Flush();
            written += held.Length;
            return 0;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            // A full disk stops the journal, which says so; the log must not stop the gateway besides.
            isTorn = file is not null;
            return asked;
        }
        finally
        {
            held.SetLength(0);
            lines = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file?.Dispose();
        held.Dispose();
    }

    // Unbuffered: what a full disk refused must not come back by itself.
    private static FileStream Open(string path) => PrivateFile.Open(path, FileMode.Append, FileShare.ReadWrite, bufferSize: 0);

    private void Roll()
    {
        var path = Path.Combine(directory, part == 0 ? $"{run}.log" : $"{run}-{part + 1}.log");
        var next = (open ?? Open)(path);
        file?.Dispose();
        (file, written, isTorn) = (next, next.CanSeek ? next.Length : 0, false);
        part++;
        var old = new DirectoryInfo(directory).GetFiles("tillbridge-*.log").OrderByDescending(log => log.LastWriteTimeUtc);
        foreach (var log in old.Skip(MostFiles)) log.Delete();
    }
}
