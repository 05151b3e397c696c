namespace Tillbridge.Journal;

/// <summary>Why the journal cannot write or open.</summary>
public enum JournalFault
{
    /// <summary>SQLite's library is not beside the program, or another one of the same name is too old.</summary>
    LibraryMissing,

    /// <summary>Another process owns the data directory.</summary>
    InUse,

    /// <summary>The disk is full.</summary>
    Full,

    /// <summary>The directory or file cannot be written.</summary>
    ReadOnly,

    /// <summary>The file is damaged or is no journal.</summary>
    Corrupt,

    /// <summary>The file was written by a newer version.</summary>
    TooNew,

    /// <summary>An older owner of the terminal tried to write.</summary>
    Fenced,

    /// <summary>Another input or output error.</summary>
    Failed,

    /// <summary>The files in the directory are not those that were opened: moved, replaced or deleted.</summary>
    Moved,

    /// <summary>The journal that is expected in the directory is missing, older or another one.</summary>
    Unexpected,

    /// <summary>The journal was closed, or its writer has ended; only a new start helps.</summary>
    Closed,
}

/// <summary>The journal could not make something durable, or could not be opened. The message names cause and cure.</summary>
public sealed class JournalException : Exception
{
    /// <summary>An exception without words.</summary>
    public JournalException() { }

    /// <summary>An exception of the general kind.</summary>
    public JournalException(string message) : base(message) { }

    /// <summary>An exception of the general kind with its cause.</summary>
    public JournalException(string message, Exception inner) : base(message, inner) { }

    /// <summary>An exception of a named kind.</summary>
    public JournalException(JournalFault fault, string message, Exception? inner = null) : base(message, inner) => Fault = fault;

    /// <summary>What went wrong.</summary>
    public JournalFault Fault { get; } = JournalFault.Failed;

    internal static JournalException IsClosed(Exception? defect = null) => new(
        JournalFault.Closed,
        defect is null
            ? "The journal is closed; its program is going down."
            : "The journal's writer has ended by a defect; restart the program.",
        defect);
}
