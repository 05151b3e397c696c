using System.Runtime.InteropServices;

namespace Tillbridge.Journal.Sqlite;

/// <summary>The functions of SQLite that we call; the library comes with the package SQLite. Strings are UTF-8.</summary>
internal static partial class SqliteNative
{
    // The package's own name: no system's library has it, so none is taken by accident.
    private const string Library = "e_sqlite3";

    public const int Ok = 0;
    public const int Row = 100;
    public const int Done = 101;
    public const int Busy = 5;
    public const int StepsOfMachine = 4;
    public const int OpenReadOnly = 0x1;
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenUri = 0x40;
    public const int OpenFullMutex = 0x10000;

    /// <summary>Tells SQLite to copy what is bound before the call returns.</summary>
    public const nint Transient = -1;

    /// <summary>3.51.3 repaired a reset of the write-ahead log that could damage the file.</summary>
    private const int OldestVersion = 3_051_003;

    private static readonly Lazy<nint> Handle = new(() => Load(Library));

    /// <summary>As SQLite counts: 3053004 is 3.53.4.</summary>
    public static int Version => LibraryVersion();

    /// <summary>Makes sure that the library is there and new enough.</summary>
    /// <exception cref="JournalException">It is missing or too old; the text says what to do.</exception>
    public static void Require()
    {
        _ = Handle.Value;
        RequireVersion(Version);
    }

    /// <summary>Refuses a library that another package may have put in the place of ours.</summary>
    public static void RequireVersion(int version)
    {
        if (version >= OldestVersion) return;
        throw new JournalException(
            JournalFault.LibraryMissing, $"The SQLite that was loaded is {version}, {OldestVersion} or later is needed. {Cure}");
    }

    /// <summary>Loads the library from beside the program.</summary>
    public static nint Load(string name)
    {
        if (NativeLibrary.TryLoad(name, typeof(SqliteNative).Assembly, searchPath: null, out var handle)) return handle;
        throw new JournalException(
            JournalFault.LibraryMissing, $"SQLite's library ({name}) is not beside the program in {AppContext.BaseDirectory}. {Cure}");
    }

    private const string Cure =
        "It comes with the package SQLite, in the program's folder or in its folder 'runtimes': copy the whole folder, or publish again.";

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion_number")]
    private static partial int LibraryVersion();

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string file, out SqliteHandle database, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint database);

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_result_codes")]
    public static partial int ExtendedResultCodes(SqliteHandle database, int on);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    public static partial int BusyTimeout(SqliteHandle database, int milliseconds);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execute(SqliteHandle database, string sql, nint callback, nint argument, nint error);

    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int GetAutocommit(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_interrupt")]
    public static partial void Interrupt(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial nint ErrorMessage(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_system_errno")]
    public static partial int SystemError(SqliteHandle database);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2")]
    public static partial int Prepare(
        SqliteHandle database, ReadOnlySpan<byte> sql, int bytes, out SqliteStatementHandle statement, nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int FinalizeStatement(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_stmt_status")]
    public static partial int Status(SqliteStatementHandle statement, int counter, int reset);

    [LibraryImport(Library, EntryPoint = "sqlite3_clear_bindings")]
    public static partial int ClearBindings(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(SqliteStatementHandle statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindLong(SqliteStatementHandle statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    public static partial int BindText(
        SqliteStatementHandle statement, int index, ReadOnlySpan<byte> text, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    public static partial int BindBlob(
        SqliteStatementHandle statement, int index, ReadOnlySpan<byte> blob, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnLong(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    public static partial nint ColumnText(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial nint ColumnBlob(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnBytes(SqliteStatementHandle statement, int column);
}

/// <summary>An open database; close_v2 waits for statements that are still alive.</summary>
internal sealed class SqliteHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => SqliteNative.Close(handle) == SqliteNative.Ok;
}

/// <summary>A prepared statement.</summary>
internal sealed class SqliteStatementHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    // The code that finalize returns repeats the last step's error, which was dealt with then.
    protected override bool ReleaseHandle()
    {
        _ = SqliteNative.FinalizeStatement(handle);
        return true;
    }
}
