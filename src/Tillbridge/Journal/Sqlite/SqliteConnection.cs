using System.Runtime.InteropServices;
using System.Text;

namespace Tillbridge.Journal.Sqlite;

/// <summary>How a database file is opened.</summary>
internal enum SqliteAccess
{
    /// <summary>Read and write an existing file.</summary>
    ReadWrite,

    /// <summary>Read while another connection may write.</summary>
    ReadOnly,

    /// <summary>Read a file that nobody writes, without touching its directory.</summary>
    Immutable,
}

/// <summary>One connection to one file. Not for two threads at once: its owner sees to that.</summary>
internal sealed class SqliteConnection : IDisposable
{
    // Our own readers hold locks for milliseconds; longer means that a stranger sits on the file.
    private const int BusyLimitMs = 5000;

    // errno values: they say why more exactly than SQLite's code. EDQUOT differs between Linux and macOS.
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, NoAccess = 13, NotPermitted = 1;
    private static readonly int OverQuota = OperatingSystem.IsMacOS() ? 69 : 122;

    private readonly SqliteHandle handle;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);

    private SqliteConnection(SqliteHandle handle, string file) => (this.handle, File) = (handle, file);

    /// <summary>The file's full path.</summary>
    public string File { get; }

    /// <summary>True while no transaction is open.</summary>
    public bool IsIdle => SqliteNative.GetAutocommit(handle) != 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => SqliteNative.Changes(handle);

    /// <summary>Steps of SQLite's machine for all kept statements so far.</summary>
    public long Work => statements.Values.Sum(statement => statement.Work);

    /// <summary>Opens a file; it is created empty if missing and writable.</summary>
    public static SqliteConnection Open(string file, SqliteAccess access)
    {
        SqliteNative.Require();
        var (name, flags) = access switch
        {
            SqliteAccess.ReadWrite => (file, SqliteNative.OpenReadWrite | SqliteNative.OpenCreate),
            SqliteAccess.ReadOnly => (file, SqliteNative.OpenReadOnly),
            _ => (new Uri(file).AbsoluteUri + "?immutable=1", SqliteNative.OpenReadOnly | SqliteNative.OpenUri),
        };
        var code = SqliteNative.Open(name, out var handle, flags | SqliteNative.OpenFullMutex, 0);
        var connection = new SqliteConnection(handle, file);
        try
        {
            if (handle.IsInvalid) throw new JournalException(JournalFault.Failed, "SQLite had no memory to open a file.");
            connection.Check(code);
            connection.Check(SqliteNative.ExtendedResultCodes(handle, 1));
            connection.Check(SqliteNative.BusyTimeout(handle, BusyLimitMs));
            return connection;
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A statement for this text, kept for the next use; give it back by disposing it.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            var text = Encoding.UTF8.GetBytes(sql);
            Check(SqliteNative.Prepare(handle, text, text.Length, out var prepared, 0));
            statement = new SqliteStatement(this, prepared);
            statements.Add(sql, statement);
        }

        statement.Borrow();
        return statement;
    }

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Execute(string sql) => Check(SqliteNative.Execute(handle, sql, 0, 0, 0));

    /// <summary>The first column of the first row as text; null when there is none.</summary>
    public string? Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.TextOrNull(0) : null;
    }

    /// <summary>Reads with several statements what stands at one moment.</summary>
    public T InSnapshot<T>(Func<SqliteConnection, T> read)
    {
        Execute("BEGIN");
        try
        {
            return read(this);
        }
        finally
        {
            Rollback();
        }
    }

    /// <summary>Ends what runs on this connection, with an error; the one call that another thread may make.</summary>
    public void Interrupt() => SqliteNative.Interrupt(handle);

    /// <summary>Undoes an open transaction; after some errors SQLite has done so already.</summary>
    public void Rollback()
    {
        foreach (var statement in statements.Values) statement.Dispose();
        if (!IsIdle) Execute("ROLLBACK");
    }

    /// <summary>Throws what a result code means.</summary>
    public void Check(int code)
    {
        if (code == SqliteNative.Ok) return;
        var text = Marshal.PtrToStringUTF8(SqliteNative.ErrorMessage(handle)) ?? "no text";
        var system = SqliteNative.SystemError(handle);
        var fault = FaultOf(code, system);
        var codes = system == 0 ? $"SQLite {code}" : $"SQLite {code}, system error {system}";
        throw new JournalException(fault, $"{Says(fault)}: {text} ({codes}), file '{File}'. {CureOf(fault)}");
    }

    /// <summary>
    /// Lets go of the file without closing it. A close deletes the log by its name, which may be that of another journal by now.
    /// </summary>
    public void Abandon() => handle.SetHandleAsInvalid();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Close();
        statements.Clear();
        handle.Dispose();
    }

    /// <summary>The journal's word for a result code of SQLite and the system error behind it.</summary>
    internal static JournalFault FaultOf(int code, int system)
    {
        const int CorruptFileSystem = 10 | (33 << 8);
        if (code == CorruptFileSystem) return JournalFault.Corrupt;
        var primary = code & 0xFF;

        // IOERR and CANTOPEN hide a full or read-only disk; only there is the system's error the newer one.
        if (primary is 10 or 14)
        {
            if (system == NoSpace || system == OverQuota) return JournalFault.Full;
            if (system is ReadOnlyFileSystem or NoAccess or NotPermitted) return JournalFault.ReadOnly;
        }

        return primary switch
        {
            13 => JournalFault.Full,
            3 or 8 or 14 => JournalFault.ReadOnly,
            11 or 26 => JournalFault.Corrupt,
            5 or 6 => JournalFault.InUse,
            _ => JournalFault.Failed,
        };
    }

    private static string Says(JournalFault fault) => fault switch
    {
        JournalFault.Full => "The disk of the journal is full",
        JournalFault.ReadOnly => "The journal cannot be written or opened",
        JournalFault.Corrupt => "The journal is damaged",
        JournalFault.InUse => "The journal is locked by another program",
        _ => "The journal failed",
    };

    private static string CureOf(JournalFault fault) => fault switch
    {
        JournalFault.Full => "Free space on that disk; writing goes on by itself.",
        JournalFault.ReadOnly => "Check the permissions and the mount of the directory.",
        JournalFault.Corrupt => JournalDirectory.CorruptCure,
        JournalFault.InUse => "End the program that has the file open.",
        _ => "Check the disk and the system's log.",
    };
}
