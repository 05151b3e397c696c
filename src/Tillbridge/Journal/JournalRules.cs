using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Keys;
using Tillbridge.Journal.Frames;

namespace Tillbridge.Journal;

/// <summary>What every journal asks of an entry and of a key, whatever it writes to.</summary>
internal static class JournalRules
{
    public const int MostPage = 1000;
    public const int MostRecords = 10_000;
    public const int MostSentAfter = 1000;

    public const int MostOfFace = 20_000;

    // A journal with more open or unknown sessions than this has another problem than reading them.
    public const int MostUnsettled = 100_000;

    /// <summary>Checks an entry before it is queued, so that a bad one can never spoil the batch of others.</summary>
    /// <returns>The body's size in bytes.</returns>
    public static int Check(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (SessionId.TryParse(entry.Id.Value) is null) throw new ArgumentException("The entry's session id is none.", nameof(entry));
        ArgumentException.ThrowIfNullOrEmpty(entry.Terminal, nameof(entry));
        ArgumentNullException.ThrowIfNull(entry.Body, nameof(entry));
        if (!entry.Body.StartsWith('{') || !entry.Body.EndsWith('}'))
            throw new ArgumentException("The body is no JSON object.", nameof(entry));
        if (entry.Kind is RecordKind.Face != entry.Note is not null)
            throw new ArgumentException("A note of an interface, and only that, brings its note.", nameof(entry));
        if (entry.Session is { } session && (session.Id != entry.Id || session.Terminal != entry.Terminal))
            throw new ArgumentException("The entry's state belongs to another session or terminal.", nameof(entry));

        var size = Encoding.UTF8.GetByteCount(entry.Body);
        if (size > JournalEntry.MostBodyBytes)
            throw new ArgumentException($"The body has {size} bytes, {JournalEntry.MostBodyBytes} are allowed.", nameof(entry));
        var frames = entry.Frames.Sum(frame => frame.Bytes.Length);
        if (frames > JournalEntry.MostFrameBytes)
            throw new ArgumentException($"The frames have {frames} bytes, {JournalEntry.MostFrameBytes} are allowed.", nameof(entry));
        if (entry.Frames.Any(frame => frame.Form.Length > JournalFrame.MostFormCharacters))
            throw new ArgumentException("The form of a frame is too long.", nameof(entry));
        return size + frames;
    }

    /// <summary>Checks an entry that is not an intent; an intent goes through Accept, which guards its key.</summary>
    public static int CheckAppend(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Kind is not RecordKind.Intent
            ? Check(entry)
            : throw new ArgumentException("An intent is accepted, not appended.", nameof(entry));
    }

    /// <summary>The entry that makes an intent durable.</summary>
    public static JournalEntry EntryOf(Session intent, string body)
    {
        ArgumentNullException.ThrowIfNull(intent);
        if (intent.Phase is not SessionPhase.Prepared) throw new ArgumentException("An intent is prepared.", nameof(intent));
        if (intent.Key is { } key && OrderKey.Fault(key) is { } fault) throw new ArgumentException($"A key {fault}", nameof(intent));
        return new JournalEntry(intent.Id, intent.Terminal, RecordKind.Intent, body, intent);
    }

    /// <summary>What becomes of an intent whose key another session holds; null when the key is free again.</summary>
    public static Acceptance? Judge(Session holder, Session intent, DateTimeOffset now)
    {
        // The young and the unsettled hold their key: a second booking under it would be a double charge.
        var isExpired = now - holder.CreatedAt >= IJournal.KeyLifetime;
        if (isExpired && IsSettled(holder)) return null;
        return holder.Fingerprint == intent.Fingerprint ? Acceptance.Replayed : Acceptance.Conflict;
    }

    /// <summary>Closed, with an outcome that is known.</summary>
    public static bool IsSettled(Session session) =>
        session is { Phase: SessionPhase.Closed, Outcome: not null and not Outcome.Unknown };

    /// <summary>A state may change everything but who the session is.</summary>
    public static void CheckSuccessor(Session? stored, Session next)
    {
        Invariant.Holds(stored is not null, "a session's state follows on its intent");
        Invariant.Holds(stored.Terminal == next.Terminal, "a session stays at its terminal");
        Invariant.Holds(stored.Key == next.Key, "a session keeps its key");
        Invariant.Holds(stored.Fingerprint == next.Fingerprint, "a session keeps its fingerprint");
        Invariant.Holds(stored.CreatedAt == next.CreatedAt, "a session keeps its time of creation");
    }

    /// <summary>"Nothing was sent after it" must never be said of a session that the journal does not know.</summary>
    public static void CheckKnown(Session? stored) =>
        Invariant.Holds(stored is not null, "a session that is asked about is in the journal");

    /// <summary>The error for an older owner of a terminal.</summary>
    public static JournalException Fenced(JournalEntry entry, long stored) => new(
        JournalFault.Fenced,
        $"Terminal '{entry.Terminal}' has a newer owner (fence {stored}); a write under fence {entry.Fence} was refused.");

    /// <summary>The error for an intent under an id that is taken.</summary>
    public static JournalException Taken(SessionId id) => new($"Session {id} is in the journal already.");

    /// <summary>The body of a note that tells how many before it were dropped.</summary>
    public static string WithDropped(string body, long dropped)
    {
        if (dropped == 0) return body;
        var head = body[..^1].TrimEnd();
        var comma = head.Length > 1 ? "," : "";
        return string.Create(CultureInfo.InvariantCulture, $"{head}{comma}\"dropped\":{dropped}}}");
    }

    /// <summary>Checks the size of a page.</summary>
    public static void CheckLimit(int limit, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, most);
    }
}
