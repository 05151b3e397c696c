namespace Tillbridge.Gateway;

/// <summary>
/// Lines on their way to the disk: one thread writes them in their order, so that nobody who logs waits for a disk. Lines for
/// which there is no room, or which the disk does not take, are counted, and the count is told where they are missing.
/// </summary>
internal sealed class LogQueue : IDisposable
{
    /// <summary>Most lines that wait, unless told otherwise.</summary>
    public const int MostLines = 8192;

    private const int MostCharacters = 16 * 1024 * 1024;

    // A disk that hangs must not keep the process from ending.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private readonly object gate = new();
    private readonly Queue<(string Line, long LostBefore)> waiting = new();
    private readonly RunLogFiles files;
    private readonly Func<long, string> tellLost;
    private readonly int mostLines;
    private readonly Thread writer;
    private int characters;
    private long lost;
    private bool isFailing;
    private bool isClosed;

    /// <summary>A queue in front of these files.</summary>
    public LogQueue(RunLogFiles files, Func<long, string> tellLost, int mostLines)
    {
        (this.files, this.tellLost, this.mostLines) = (files, tellLost, mostLines);
        writer = new(WriteAll) { IsBackground = true, Name = "tillbridge-log" };
        writer.Start();
    }

    /// <summary>Takes a line; never waits.</summary>
    public void Add(string line)
    {
        lock (gate)
        {
            if (isClosed) return;
            if (waiting.Count >= mostLines || characters + line.Length > MostCharacters)
            {
                lost++;
                return;
            }

            waiting.Enqueue((line, lost));
            lost = 0;
            characters += line.Length;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Writes what waits and ends.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.Pulse(gate);
        }

        if (writer.Join(LongestEnd)) files.Dispose();
    }

    private void WriteAll()
    {
        while (Take() is { } next)
        {
            var told = next.LostBefore > 0 ? tellLost(next.LostBefore) : null;
            Write(told, next.LostBefore);
            Write(next.Line, 1);
            if (IsEmpty()) Flush();
        }

        Flush();
    }

    // What was lost behind the last line is told by itself as soon as the disk takes anything.
    private (string? Line, long LostBefore)? Take()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !isClosed && (lost == 0 || isFailing)) Monitor.Wait(gate);
            if (waiting.TryDequeue(out var next))
            {
                characters -= next.Line.Length;
                return next;
            }

            if (lost == 0 || isFailing) return null;
            var before = lost;
            lost = 0;
            return (null, before);
        }
    }

    private bool IsEmpty()
    {
        lock (gate) return waiting.Count == 0;
    }

    private void Write(string? line, long stands)
    {
        if (line is not null) Note(files.Write(line, stands));
    }

    private void Flush() => Note(files.Flush());

    private void Note(long lostNow)
    {
        lock (gate)
        {
            isFailing = lostNow > 0;
            lost += lostNow;
        }
    }
}
