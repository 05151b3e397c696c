using Microsoft.Extensions.Logging;

namespace Tillbridge.Journal;

/// <summary>What the journal logs; event ids 3xxx.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(3001, LogLevel.Information, "Journal {File} is open with {Records} records.")]
    public static partial void Opened(ILogger logger, string file, long records);

    [LoggerMessage(3002, LogLevel.Error, "{Writes} journal writes did not become durable ({Fault}).")]
    public static partial void WriteFailed(ILogger logger, Exception error, int writes, JournalFault fault);

    [LoggerMessage(3003, LogLevel.Information, "The journal writes again.")]
    public static partial void WritesAgain(ILogger logger);

    [LoggerMessage(3004, LogLevel.Warning, "{Notes} notes (frames, progress) were dropped by a full queue; the next note tells it.")]
    public static partial void NotesDropped(ILogger logger, long notes);

    [LoggerMessage(3005, LogLevel.Warning, "A note of session {Session} at terminal {Terminal} was refused.")]
    public static partial void NoteRefused(ILogger logger, Exception error, string session, string terminal);

    [LoggerMessage(3006, LogLevel.Critical, "The journal's writer met a defect; these writes are refused.")]
    public static partial void WriterDefect(ILogger logger, Exception error);

    [LoggerMessage(3007, LogLevel.Warning, "Which journal is expected in {Data} is kept nowhere outside of it: {Files} cannot be written.")]
    public static partial void NotKeptOutside(ILogger logger, string data, string files);

    [LoggerMessage(3008, LogLevel.Warning, "{File}, which says which journal is expected, cannot be written.")]
    public static partial void WitnessFailed(ILogger logger, Exception error, string file);

    [LoggerMessage(3009, LogLevel.Information, "{File} cannot be written ({Why}); the next place is taken.")]
    public static partial void PlaceNotWritable(ILogger logger, string file, string why);

    [LoggerMessage(3010, LogLevel.Error, "The journal is damaged: {What}")]
    public static partial void Damaged(ILogger logger, string what);

    [LoggerMessage(3011, LogLevel.Information, "The whole journal was checked behind the start: {Records} records, {Faults} faults.")]
    public static partial void Checked(ILogger logger, long records, int faults);

    [LoggerMessage(3012, LogLevel.Error, "The check of the whole journal came to no end.")]
    public static partial void CheckFailed(ILogger logger, Exception error);

    [LoggerMessage(3013, LogLevel.Warning,
        "The journal {File} is moved to the form of this version: {Records} records. Payments begin when it is done.")]
    public static partial void Moving(ILogger logger, string file, long records);

    [LoggerMessage(3014, LogLevel.Information, "Moving the journal: {Percent} %, record {Record}.")]
    public static partial void MovingOn(ILogger logger, int percent, long record);

    [LoggerMessage(3015, LogLevel.Warning,
        "The journal {File} was moved: {Before} bytes are {After} now. What it was is kept as {Copy}, until you delete that.")]
    public static partial void Moved(ILogger logger, string file, long before, long after, string copy);
}
