using System.Globalization;

namespace Tillbridge.Journal;

/// <summary>The data directory of one journal, owned by one process for as long as this object lives.</summary>
internal sealed class JournalDirectory : IDisposable
{
    public const string FileName = "journal.db";
    public const string CorruptCure =
        "Keep the file as it is, run 'tillbridge journal verify', then restore a backup or start with a new data directory.";

    private const string LockName = "journal.lock";

    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // System errors behind an IOException: errno on Unix, HRESULT on Windows.
    private static readonly int[] FullCodes = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];
    private static readonly int[] SharingCodes = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];
    private static readonly int[] ReadOnlyCodes = [30, 20, 17, unchecked((int)0x80070013), unchecked((int)0x80070050)];

    // A lock of the system holds between processes; not every file system makes it hold inside one.
    private static readonly HashSet<string> OwnedHere = new(StringComparer.Ordinal);

    private readonly string directory;
    private readonly FileStream held;

    private JournalDirectory(string directory, FileStream held) => (this.directory, this.held) = (directory, held);

    /// <summary>Full path of the journal's file.</summary>
    public string File => Path.Combine(directory, FileName);

    /// <summary>Full path of the file whose lock says that the directory has an owner.</summary>
    public string Lock => Path.Combine(directory, LockName);

    private static string OwnerOf(string directory) => Path.Combine(directory, "journal.owner");

    /// <summary>Makes the directory if it is missing and takes it into possession.</summary>
    /// <exception cref="JournalException">Somebody else owns it, or it cannot be written.</exception>
    public static JournalDirectory Claim(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        lock (OwnedHere)
        {
            if (!OwnedHere.Add(full)) throw InUse(full);
        }

        try
        {
            return Take(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Forget(full);
            throw Explain(full, error);
        }
    }

    /// <summary>
    /// Who owns the directory at this moment, for a message; null when nobody does, or when this user may not look. Takes
    /// nothing into possession and makes nothing.
    /// </summary>
    public static string? HolderOf(string directory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        lock (OwnedHere)
        {
            if (OwnedHere.Contains(full)) return "this process";
        }

        // Without an owner's note there is no owner, and no reason to touch the lock.
        var path = Path.Combine(full, LockName);
        if (!System.IO.File.Exists(OwnerOf(full)) || !System.IO.File.Exists(path)) return null;
        try
        {
            using var free = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return null;
        }
        catch (IOException error) when (SharingCodes.Contains(error.HResult))
        {
            return Owner(full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            System.IO.File.Delete(OwnerOf(directory));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file only names the owner in a message; the lock is what counts.
        }

        held.Dispose();
        Forget(directory);
    }

    private static JournalDirectory Take(string directory)
    {
        var isWindows = OperatingSystem.IsWindows();
        if (isWindows) Directory.CreateDirectory(directory);
        else Directory.CreateDirectory(directory, PrivateDirectory);

        var held = Create(Path.Combine(directory, LockName), FileShare.None);
        try
        {
            // Made here and not by SQLite, so that it and the files beside it are never readable for others.
            Create(Path.Combine(directory, FileName), FileShare.ReadWrite | FileShare.Delete).Dispose();
            using var owner = Create(OwnerOf(directory), FileShare.ReadWrite | FileShare.Delete);
            owner.SetLength(0);
            owner.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            return new JournalDirectory(directory, held);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw;
        }
    }

    private static FileStream Create(string path, FileShare share)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFile;
        return new FileStream(path, options);
    }

    private static void Forget(string directory)
    {
        lock (OwnedHere) OwnedHere.Remove(directory);
    }

    private static JournalException Explain(string directory, Exception error)
    {
        if (SharingCodes.Contains(error.HResult)) return InUse(directory);
        if (FullCodes.Contains(error.HResult))
            return new JournalException(JournalFault.Full, $"The disk of '{directory}' is full. Free space and start again.", error);
        if (System.IO.File.Exists(directory))
            return new JournalException(JournalFault.ReadOnly, $"'{directory}' is a file, not a directory.", error);
        return error is UnauthorizedAccessException || ReadOnlyCodes.Contains(error.HResult)
            ? new JournalException(
                JournalFault.ReadOnly,
                $"The data directory '{directory}' cannot be written: {error.Message} Check permissions and mount.",
                error)
            : new JournalException($"The data directory '{directory}' cannot be used: {error.Message}", error);
    }

    private static JournalException InUse(string directory) => new(
        JournalFault.InUse,
        $"The data directory '{directory}' is in use by {Owner(directory)}, where a payment may be running: wait until it is over. "
        + "One journal has one owner; another directory knows nothing of what this one left open.");

    private static string Owner(string directory)
    {
        try
        {
            const int MostDigits = 20;
            var pid = System.IO.File.ReadAllText(OwnerOf(directory)).Trim();
            return pid.Length is > 0 and < MostDigits ? $"process {pid}" : "another process";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
