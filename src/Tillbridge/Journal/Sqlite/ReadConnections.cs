namespace Tillbridge.Journal.Sqlite;

/// <summary>
/// A few connections for reading, so that a short read never waits for a long one. All are opened at once: a file that is put in the
/// place of ours later must not be read as ours.
/// </summary>
internal sealed class ReadConnections : IDisposable
{
    private const int AtOnce = 3;

    private readonly Lock gate = new();
    private readonly Stack<SqliteConnection> free = new();
    private readonly SemaphoreSlim places;
    private readonly List<SqliteConnection> all = [];
    private bool isDisposed;

    /// <summary>Opens a journal's file.</summary>
    /// <exception cref="JournalException">It cannot be read.</exception>
    public ReadConnections(string file)
    {
        File = file;
        try
        {
            while (all.Count < AtOnce) all.Add(Connect(file));
        }
        catch (JournalException)
        {
            foreach (var opened in all) opened.Dispose();
            throw;
        }

        foreach (var connection in all) free.Push(connection);
        places = new SemaphoreSlim(AtOnce);
    }

    /// <summary>The file's full path.</summary>
    public string File { get; }

    /// <summary>Steps of SQLite's machine so far; only while nobody reads.</summary>
    public long Work => all.Sum(connection => connection.Work);

    /// <summary>Reads on a connection that is free.</summary>
    public async Task<T> Read<T>(Func<SqliteConnection, T> read, CancellationToken shutdown)
    {
        await places.WaitAsync(shutdown);
        try
        {
            SqliteConnection connection;
            lock (gate)
            {
                if (isDisposed) throw JournalException.IsClosed();
                connection = free.Pop();
            }

            try
            {
                return read(connection);
            }
            finally
            {
                lock (gate) free.Push(connection);
            }
        }
        finally
        {
            places.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The places themselves are kept: who waits for one must wake up and be told.
        for (var taken = 0; taken < AtOnce; taken++) places.Wait();
        lock (gate) isDisposed = true;
        foreach (var connection in all) connection.Dispose();
        places.Release(AtOnce);
    }

    public static SqliteConnection Connect(string file)
    {
        var connection = SqliteConnection.Open(file, SqliteAccess.ReadOnly);
        try
        {
            var version = JournalSchema.Check(connection);
            if (version == JournalSchema.Current) return connection;
            throw new JournalException($"'{file}' has schema {version}; start the gateway once to bring it to {JournalSchema.Current}.");
        }
        catch (JournalException error) when (error.Fault is JournalFault.ReadOnly && !System.IO.File.Exists(file + "-wal"))
        {
            // A write-ahead log needs files beside it. On media that nobody can write there is none to heed.
            connection.Dispose();
            return SqliteConnection.Open(file, SqliteAccess.Immutable);
        }
        catch (JournalException)
        {
            connection.Dispose();
            throw;
        }
    }
}
