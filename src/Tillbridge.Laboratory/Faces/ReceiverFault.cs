namespace Tillbridge.Laboratory.Faces;

/// <summary>What the receiver of callbacks does to a message.</summary>
internal enum ReceiverTrouble
{
    /// <summary>Takes it and says so.</summary>
    None,

    /// <summary>Nobody listens: the connection is refused.</summary>
    Down,

    /// <summary>Nobody answers, not even with a refusal.</summary>
    Unreachable,

    /// <summary>Takes it, and answers later than the face waits.</summary>
    Slow,

    /// <summary>Answers 500, after it took the message or before.</summary>
    Broken,

    /// <summary>The connection ends in the middle; the message may have arrived.</summary>
    CutOff,

    /// <summary>Answers 404, which no repeat will better.</summary>
    NotFound,

    /// <summary>Sends the message elsewhere, where it is not followed to.</summary>
    Redirects,

    /// <summary>Answers something that is no HTTP, after it took the message or before.</summary>
    Gibberish,
}

/// <summary>From which message on the trouble strikes.</summary>
internal enum TroubleFrom
{
    Start,
    AfterFirst,
    End,
}

/// <summary>A trouble of a receiver, and when it strikes.</summary>
/// <param name="Trouble">What happens.</param>
/// <param name="From">From which message of an order on.</param>
/// <param name="For">How long from its first strike on; null until the receiver is repaired.</param>
internal sealed record ReceiverFault(ReceiverTrouble Trouble, TroubleFrom From, TimeSpan? For)
{
    /// <summary>Now and then only: about every other message meets it.</summary>
    public bool IsFitful { get; init; }
}
