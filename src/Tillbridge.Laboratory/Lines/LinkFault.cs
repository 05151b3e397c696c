namespace Tillbridge.Laboratory.Lines;

/// <summary>What a line does to one connection.</summary>
internal enum LinkTrouble
{
    None,
    Refused,
    ConnectHangs,
    Reset,
    HalfOpen,
    ByteLost,
    ByteFlipped,
    ByteDoubled,
    Split,
    Join,
    Delay,
    LateAnswer,

    // The terminal talks without end.
    ManyTimes,
    SameAgain,
    Garbage,

    // Of serial lines alone.
    Noise,
    AcknowledgeLost,
    RefusalStorm,
    Parity,
    HangUp,
}

/// <summary>A trouble, and where it strikes.</summary>
/// <param name="Trouble">What happens.</param>
/// <param name="TowardsEcr">In which direction the bytes are counted.</param>
/// <param name="At">The byte at which it strikes, the first being 0.</param>
internal sealed record LinkFault(LinkTrouble Trouble, bool TowardsEcr = true, int At = 0)
{
    public static LinkFault None { get; } = new(LinkTrouble.None);

    /// <summary>A flood strikes at this write of the terminal behind the order's command, the first being 0; null at the byte.</summary>
    public int? Message { get; init; }

    /// <summary>More arrives than anybody asked for.</summary>
    public bool Floods => Trouble is LinkTrouble.ManyTimes or LinkTrouble.SameAgain or LinkTrouble.Garbage;

    /// <summary>Bytes arrive all and unchanged, and in time: nothing that anybody may notice.</summary>
    public bool IsHarmless => Trouble is LinkTrouble.None or LinkTrouble.Split or LinkTrouble.Join or LinkTrouble.Delay;

    /// <summary>Bytes arrive changed, which only a check of the protocol itself can find out.</summary>
    public bool Corrupts => Trouble is LinkTrouble.ByteLost or LinkTrouble.ByteFlipped or LinkTrouble.ByteDoubled or LinkTrouble.Parity
        or LinkTrouble.Garbage;
}
