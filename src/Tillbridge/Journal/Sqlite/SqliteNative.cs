using System.Reflection;
using System.Runtime.InteropServices;

namespace Tillbridge.Journal.Sqlite;

/// <summary>The functions of the system's SQLite that we call. Strings are UTF-8; nothing here knows the journal's rules.</summary>
internal static partial class SqliteNative
{
    // A name that exists nowhere: every call goes through Resolve, which picks the system's own library.
    private const string Library = "tillbridge-system-sqlite3";

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

    /// <summary>3.22 is the first that reads a write-ahead log through a read-only connection.</summary>
    private const int OldestVersion = 3_022_000;

    private static readonly Lazy<nint> Handle = new(() => Load(SystemNames));

    static SqliteNative() => NativeLibrary.SetDllImportResolver(typeof(SqliteNative).Assembly, Resolve);

    private static string[] SystemNames =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    /// <summary>Makes sure that the library is there and new enough.</summary>
    /// <exception cref="JournalException">It is missing or too old; the text says what to install.</exception>
    public static void Require()
    {
        _ = Handle.Value;
        var version = LibraryVersion();
        if (version >= OldestVersion) return;
        throw new JournalException(
            JournalFault.LibraryMissing, $"The system's SQLite is {version}, {OldestVersion} or later is needed. {Cure}");
    }

    /// <summary>Loads the first of the libraries that is installed.</summary>
    public static nint Load(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle)) return handle;
        }

        throw new JournalException(
            JournalFault.LibraryMissing, $"SQLite was not found on this system (looked for {string.Join(", ", names)}). {Cure}");
    }

    private static string Cure =>
        OperatingSystem.IsWindows() ? "winsqlite3.dll is part of Windows 10 and later; on older systems put sqlite3.dll beside the program."
        : OperatingSystem.IsMacOS() ? "It is part of macOS; check /usr/lib."
        : "Install it: 'apt-get install libsqlite3-0' (Debian, Ubuntu), 'dnf install sqlite-libs' (Fedora, RHEL), "
            + "'apk add sqlite-libs' (Alpine).";

    private static nint Resolve(string library, Assembly assembly, DllImportSearchPath? path) =>
        library == Library ? Handle.Value : 0;

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
