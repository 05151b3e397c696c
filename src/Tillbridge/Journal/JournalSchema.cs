using System.Globalization;
using Tillbridge.Journal.Moves;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Journal;

/// <summary>The tables of the journal's file, in their newest form; files of an earlier one are moved over.</summary>
internal static class JournalSchema
{
    /// <summary>"TILL", so that a stranger's database is not taken for ours.</summary>
    private const int ApplicationId = 0x54494C4C;

    // origin: where the chain of this file begins (ChainOrigin). subjects: whose the records are, by the number of the first. records: the
    // hash chain, kinds as their numbers, times in ticks. frames: what passed on the wire before a record, which holds their hash only.
    private const string Chain = """
        CREATE TABLE origin (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            sequence INTEGER NOT NULL,
            hash BLOB NOT NULL,
            moved_to INTEGER NOT NULL,
            frames_to INTEGER NOT NULL);
        INSERT INTO origin VALUES (1, 0, zeroblob(32), 0, 0);
        CREATE TABLE moved_tips (sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL);

        CREATE TABLE subjects (number INTEGER PRIMARY KEY, session BLOB NOT NULL UNIQUE, terminal TEXT NOT NULL);
        CREATE TABLE records (
            sequence INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            subject INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            body TEXT NOT NULL,
            state_hash BLOB,
            frames_hash BLOB,
            hash BLOB NOT NULL);
        CREATE INDEX records_of_subject ON records (subject);
        CREATE TABLE frames (record INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """;

    // sessions: what the chain's newest states say, for searching. intent is the number of a session's first record. place is the same
    // until the session was sent, then that of the record that said so: an order that no step of the system's clock can turn round.
    // seal: the hash of the row's state, as the chain has it. Keys and what is unsettled have two indexes, in pages of their own: one
    // flipped bit hides nothing (decisions.md). closes: a reconciliation after which the terminal counts anew.
    private const string Sessions = """
        CREATE TABLE sessions (
            intent INTEGER PRIMARY KEY,
            place INTEGER NOT NULL,
            id TEXT NOT NULL UNIQUE,
            terminal TEXT NOT NULL,
            key TEXT,
            fingerprint NOT NULL,
            kind TEXT NOT NULL,
            phase TEXT NOT NULL,
            outcome TEXT,
            reference TEXT,
            receipt TEXT,
            created_at TEXT NOT NULL,
            sent_at INTEGER,
            closed_at INTEGER,
            state NOT NULL,
            face TEXT,
            seal BLOB NOT NULL,
            closes INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX sessions_by_key ON sessions (key, intent) WHERE key IS NOT NULL;
        CREATE INDEX sessions_by_key_again ON sessions (key) WHERE key IS NOT NULL;
        CREATE INDEX sessions_by_place ON sessions (terminal, place);
        CREATE INDEX sessions_by_time ON sessions (created_at, id);
        CREATE INDEX sessions_of_terminal_by_time ON sessions (terminal, created_at, id);
        CREATE INDEX sessions_by_reference ON sessions (reference) WHERE reference IS NOT NULL;
        CREATE INDEX unsettled ON sessions (intent)
            WHERE phase <> 'closed' OR outcome IS NULL OR outcome = 'unknown';
        CREATE INDEX unsettled_again ON sessions (terminal)
            WHERE phase <> 'closed' OR outcome IS NULL OR outcome = 'unknown';
        CREATE INDEX closes ON sessions (terminal, place) WHERE closes = 1;
        """;

    // terminals: the owner's number. opening: a write that proves a disk. identity: what is kept outside of the directory, too; kept says
    // where. face_notes: which sessions a foreign interface still has to deliver or lists; record is the number of its newest note.
    private const string Others = """
        CREATE TABLE terminals (name TEXT PRIMARY KEY, fence INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE opening (only INTEGER PRIMARY KEY CHECK (only = 1), at TEXT NOT NULL, times INTEGER NOT NULL);
        CREATE TABLE identity (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL, kept TEXT);
        INSERT INTO identity (only, id) VALUES (1, lower(hex(randomblob(16))));
        CREATE TABLE face_notes (
            session TEXT NOT NULL,
            face TEXT NOT NULL,
            intent INTEGER NOT NULL,
            record INTEGER,
            settled INTEGER NOT NULL,
            listed INTEGER NOT NULL,
            PRIMARY KEY (session, face)) WITHOUT ROWID;
        CREATE INDEX open_face_notes ON face_notes (face, intent) WHERE settled = 0 OR listed = 1;
        """;

    // book_lines: what each settled booking adds to its period (BookLine), and the sums up to it, so that nobody adds up a period of a
    // year. doubted_books: terminals whose lines are to be made out of the sessions.
    private const string Books = """
        CREATE TABLE book_lines (
            place INTEGER PRIMARY KEY,
            terminal TEXT NOT NULL,
            session TEXT NOT NULL UNIQUE,
            approved INTEGER NOT NULL,
            reversal INTEGER NOT NULL,
            heard INTEGER NOT NULL,
            summed INTEGER NOT NULL,
            currency TEXT,
            receipt TEXT,
            approval TEXT,
            batch TEXT,
            undone_session TEXT,
            undone_receipt TEXT,
            undone_approval TEXT,
            units INTEGER,
            told INTEGER NOT NULL,
            own_net INTEGER NOT NULL,
            own_taken INTEGER NOT NULL,
            own_given INTEGER NOT NULL,
            own_least INTEGER NOT NULL,
            own_most INTEGER NOT NULL,
            net INTEGER NOT NULL,
            taken INTEGER NOT NULL,
            given INTEGER NOT NULL,
            least INTEGER NOT NULL,
            most INTEGER NOT NULL,
            seal BLOB NOT NULL);
        CREATE INDEX lines_of_terminal ON book_lines (terminal, place);
        CREATE INDEX lines_approved ON book_lines (terminal, place) WHERE approved = 1;
        CREATE INDEX lines_heard ON book_lines (terminal, place) WHERE heard = 1;
        CREATE INDEX lines_untold ON book_lines (terminal, place) WHERE told = 0;
        CREATE INDEX lines_by_currency ON book_lines (terminal, summed, currency, place);
        CREATE INDEX lines_by_net ON book_lines (terminal, net, place);
        CREATE INDEX lines_by_receipt ON book_lines (terminal, receipt, place) WHERE receipt IS NOT NULL;
        CREATE INDEX lines_by_approval ON book_lines (terminal, approval, place) WHERE approval IS NOT NULL;
        CREATE INDEX lines_by_batch ON book_lines (terminal, batch, place) WHERE batch IS NOT NULL;
        CREATE INDEX lines_by_undone_session ON book_lines (terminal, undone_session, place) WHERE undone_session IS NOT NULL;
        CREATE INDEX lines_by_undone_receipt ON book_lines (terminal, undone_receipt, place) WHERE undone_receipt IS NOT NULL;
        CREATE INDEX lines_by_undone_approval ON book_lines (terminal, undone_approval, place) WHERE undone_approval IS NOT NULL;
        CREATE TABLE doubted_books (terminal TEXT PRIMARY KEY) WITHOUT ROWID;
        """;

    /// <summary>The number of the first schema with records of this form.</summary>
    public const int FirstWithOrigin = 6;

    /// <summary>The number of the newest schema.</summary>
    public const int Current = 6;

    private const string Newest = $"{Chain}\n{Sessions}\n{Others}\n{Books}";

    /// <summary>Checks that the file is ours and not from a newer version.</summary>
    /// <returns>The file's number; 0 when it is empty.</returns>
    public static int Check(SqliteConnection connection)
    {
        var version = Number(connection, "PRAGMA user_version");
        var owner = Number(connection, "PRAGMA application_id");
        var isEmpty = Number(connection, "SELECT count(*) FROM sqlite_master") == 0;
        if (owner != ApplicationId && !isEmpty)
        {
            throw new JournalException(
                JournalFault.Corrupt, $"'{connection.File}' is no journal of Tillbridge. {JournalDirectory.CorruptCure}");
        }

        if (version <= Current) return version;
        throw new JournalException(
            JournalFault.TooNew,
            $"'{connection.File}' was written by a newer version (schema {version}, this program knows {Current}). "
            + "Install that version again.");
    }

    /// <summary>Makes the tables in an empty file.</summary>
    public static void Make(SqliteConnection connection)
    {
        Step(connection, Newest, Current);
        Invariant.Holds(Check(connection) == Current, "an empty file gets the newest schema");
    }

    /// <summary>Brings a file of an earlier version to the last schema before the newest, each step in its own transaction.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        for (var version = Check(connection); version < EarlierSchema.Steps.Count; version++)
            Step(connection, EarlierSchema.Steps[version], version + 1);
    }

    private static void Step(SqliteConnection connection, string sql, int number) => connection.Execute(
        $"BEGIN IMMEDIATE; {sql} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {number}; COMMIT;");

    private static int Number(SqliteConnection connection, string sql) =>
        int.Parse(connection.Scalar(sql) ?? "0", CultureInfo.InvariantCulture);
}
