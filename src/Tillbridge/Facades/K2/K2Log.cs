using System.Globalization;
using Tillbridge.Facades.K2.Links;

namespace Tillbridge.Facades.K2;

/// <summary>
/// The face's own log, one file per run, named by the time of its creation (k2-client.md §6). A log, not the record: when it cannot be
/// written payments go on, and the journal has everything.
/// </summary>
internal sealed class K2Log(string? directory, TimeProvider clock) : IDisposable
{
    private const int MostSameSecond = 1000;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private readonly Lock gate = new();
    private StreamWriter? file;
    private bool gaveUp;

    /// <summary>The folder of the logs.</summary>
    public string Directory { get; } = directory ?? Path.Combine(UserFolder(), "PointOfSale");

    /// <summary>Why nothing is written; null while it works.</summary>
    public string? Trouble { get; private set; }

    /// <summary>A frame that passed.</summary>
    public void Frame(string terminal, string session, K2Frame frame) =>
        Write(frame.At, terminal, session, frame.FromTerminal ? "<-" : "->", frame.Text);

    /// <summary>What a request asked for or ended with.</summary>
    public void Outcome(string terminal, string session, string text) => Write(clock.GetUtcNow(), terminal, session, "==", text);

    /// <summary>Something that went wrong.</summary>
    public void Fault(string terminal, string session, string text) => Write(clock.GetUtcNow(), terminal, session, "!!", text);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
            (file, gaveUp) = (null, true);
        }
    }

    private void Write(DateTimeOffset at, string terminal, string session, string mark, string text)
    {
        lock (gate)
        {
            if (gaveUp) return;
            try
            {
                file ??= Open();
                var local = TimeZoneInfo.ConvertTime(at, clock.LocalTimeZone);
                file.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{local:yyyy-MM-dd HH:mm:ss.fff zzz} {Plain(terminal)} {session} {mark} {Plain(text)}"));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                (gaveUp, Trouble) = (true, $"The log in '{Directory}' cannot be written: {failure.Message}");
            }
        }
    }

    private StreamWriter Open()
    {
        MakePrivate();
        Prune();
        var name = clock.GetLocalNow().ToString("yyyy-MM-dd_HH-mm-ss", CultureInfo.InvariantCulture);
        for (var number = 1; number <= MostSameSecond; number++)
        {
            var path = Path.Combine(Directory, number == 1 ? $"{name}.log" : $"{name}_{number}.log");
            if (File.Exists(path)) continue;
            try
            {
                var log = PrivateFile.Text(path, FileMode.CreateNew);
                (log.AutoFlush, log.NewLine) = (true, "\n");
                return log;
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was quicker in the same second.
            }
        }

        throw new IOException($"There are {MostSameSecond} files of this second.");
    }

    // References and amounts are nobody else's to read. A folder of the caller's own keeps the rights that it was given.
    private void MakePrivate()
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        PrivateFile.MakeDirectory(Directory);
        if (directory is null && !OperatingSystem.IsWindows()) File.SetUnixFileMode(Directory, Private);
    }

    private void Prune()
    {
        var oldest = clock.GetUtcNow().UtcDateTime - Kept;
        foreach (var old in System.IO.Directory.EnumerateFiles(Directory, "????-??-??_??-??-??*.log"))
        {
            if (File.GetLastWriteTimeUtc(old) < oldest) File.Delete(old);
        }
    }

    private static string Plain(string text) => VisibleText.Line(text.ReplaceLineEndings(" "));

    private static string UserFolder()
    {
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "Tillbridge");
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) || !Path.IsPathRooted(state))
            state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "tillbridge");
    }
}
