namespace Tillbridge.Journal.Moves;

/// <summary>The numbered steps by which files of earlier versions come to the last schema of that form; never changed.</summary>
internal static class EarlierSchema
{
    // records: the hash chain. sessions: what the chain's newest states say, for searching.
    // intent is the sequence of a session's first record. place is the same until the session was sent, then the
    // sequence of the record that said so: an order that no step of the system's clock can turn round.
    private const string First = """
        CREATE TABLE records (
            sequence INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            session TEXT NOT NULL,
            terminal TEXT NOT NULL,
            kind TEXT NOT NULL,
            fence INTEGER NOT NULL,
            body TEXT NOT NULL,
            state_hash BLOB,
            hash BLOB NOT NULL);
        CREATE INDEX records_of_session ON records (session, sequence);
        CREATE INDEX states_of_session ON records (session, sequence) WHERE state_hash IS NOT NULL;

        CREATE TABLE sessions (
            intent INTEGER PRIMARY KEY,
            place INTEGER NOT NULL,
            id TEXT NOT NULL UNIQUE,
            terminal TEXT NOT NULL,
            key TEXT,
            fingerprint TEXT NOT NULL,
            kind TEXT NOT NULL,
            phase TEXT NOT NULL,
            outcome TEXT,
            reference TEXT,
            receipt TEXT,
            created_at TEXT NOT NULL,
            sent_at TEXT,
            closed_at TEXT,
            state TEXT NOT NULL);
        CREATE INDEX sessions_by_key ON sessions (key, intent) WHERE key IS NOT NULL;
        CREATE INDEX sessions_by_place ON sessions (terminal, place);
        CREATE INDEX sessions_by_time ON sessions (created_at, id);
        CREATE INDEX sessions_of_terminal_by_time ON sessions (terminal, created_at, id);
        CREATE INDEX sessions_by_reference ON sessions (reference) WHERE reference IS NOT NULL;
        CREATE INDEX reconciliations ON sessions (terminal, place) WHERE kind = 'reconciliation' AND outcome = 'approved';
        CREATE INDEX unsettled ON sessions (intent)
            WHERE phase <> 'closed' OR outcome IS NULL OR outcome = 'unknown';

        CREATE TABLE terminals (name TEXT PRIMARY KEY, fence INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE opening (only INTEGER PRIMARY KEY CHECK (only = 1), at TEXT NOT NULL, times INTEGER NOT NULL);
        """;

    // face_notes: which sessions a foreign interface still has to deliver or lists; record is the sequence of its newest note.
    private const string Second = """
        ALTER TABLE sessions ADD COLUMN face TEXT;
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

    // A terminal can close its period and say all the same that the totals differ: the index is over every reconciliation.
    private const string Third = """
        DROP INDEX reconciliations;
        CREATE INDEX reconciliations ON sessions (terminal, place) WHERE kind = 'reconciliation';
        """;

    // A second index over keys and over what is unsettled, in pages of their own: one flipped bit hides nothing (decisions.md).
    // seal: the hash of the row's state, as the chain has it. identity: what is kept outside of the directory, too; kept says where.
    private const string Fourth = """
        ALTER TABLE sessions ADD COLUMN seal BLOB;
        UPDATE sessions SET seal = (SELECT r.state_hash FROM records r
            WHERE r.session = sessions.id AND r.state_hash IS NOT NULL ORDER BY r.sequence DESC LIMIT 1);
        CREATE INDEX sessions_by_key_again ON sessions (key) WHERE key IS NOT NULL;
        CREATE INDEX unsettled_again ON sessions (terminal)
            WHERE phase <> 'closed' OR outcome IS NULL OR outcome = 'unknown';
        CREATE TABLE identity (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL, kept TEXT);
        INSERT INTO identity (only, id) VALUES (1, lower(hex(randomblob(16))));
        """;

    // closes: a reconciliation after which the terminal counts anew. book_lines: what each settled booking adds to its period (BookLine),
    // and the sums up to it, so that nobody adds up a period of a year. doubted_books: terminals whose lines are to be made out of the
    // sessions: here of all that there are.
    private const string Fifth = """
        ALTER TABLE sessions ADD COLUMN closes INTEGER NOT NULL DEFAULT 0;
        UPDATE sessions SET closes = 1 WHERE kind = 'reconciliation' AND phase = 'closed'
            AND coalesce(json_extract(state, '$.conclusion.periodClosed'), outcome = 'approved');
        DROP INDEX reconciliations;
        CREATE INDEX closes ON sessions (terminal, place) WHERE closes = 1;

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
        INSERT INTO doubted_books SELECT DISTINCT terminal FROM sessions;
        """;

    /// <summary>The steps, each for the file that has its number.</summary>
    public static IReadOnlyList<string> Steps { get; } = [First, Second, Third, Fourth, Fifth];
}
