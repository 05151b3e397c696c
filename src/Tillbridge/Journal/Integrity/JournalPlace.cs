namespace Tillbridge.Journal.Integrity;

/// <summary>
/// The files that an open journal writes to, as they stood in the directory when it was opened. A system goes on writing into
/// files that were moved away or deleted; what is paid then is gone at the next start.
/// </summary>
internal sealed class JournalPlace
{
    // The log holds the newest commits, and the index of the log tells other programs of them.
    private static readonly string[] Suffixes = ["", "-wal", "-shm"];

    private readonly (string Path, FileMark? Mark)[] files;

    private JournalPlace((string, FileMark?)[] files) => this.files = files;

    /// <summary>Remembers the files of a journal that was just opened and written to.</summary>
    /// <param name="file">The journal's file.</param>
    /// <param name="ownership">The file whose lock keeps a second owner out; without it he would come in.</param>
    public static JournalPlace Of(string file, string ownership)
    {
        var paths = Suffixes.Select(suffix => file + suffix).Append(ownership);
        var place = new JournalPlace([.. paths.Select(path => (path, FileMark.Of(path)))]);
        place.Check();
        return place;
    }

    /// <summary>True while the file itself, whatever became of its log, is the one in the directory.</summary>
    public bool HoldsFile => files[0] is var (path, mark) && FileMark.Of(path) is { } now && now == mark;

    /// <summary>Costs four questions to the system, some microseconds.</summary>
    /// <exception cref="JournalException">One of the files is not the one in the directory any more.</exception>
    public void Check()
    {
        foreach (var (path, mark) in files)
        {
            var now = FileMark.Of(path);
            if (now is not null && now == mark) continue;
            throw new JournalException(
                JournalFault.Moved,
                $"'{path}' {(now is null ? "is gone" : "is another file than the one that was opened")}: it was moved, replaced, "
                + "deleted or its disk was taken away. No orders are taken. Stop the program, bring the data directory back as it was, "
                + "then start again; 'tillbridge journal verify' tells whether it is whole.");
        }
    }
}
