using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Model;

/// <summary>Where the abstract driver is in its conversation.</summary>
internal enum Turn
{
    /// <summary>Connected and registered; the money command was not sent.</summary>
    Before,

    /// <summary>AboutToSend was answered: the command may leave.</summary>
    MaySend,

    /// <summary>The command left; the terminal leads.</summary>
    Sent,

    /// <summary>The result was heard and written down; our answer commits it.</summary>
    MayCommit,

    /// <summary>The caller is asked before the commit.</summary>
    Asking,

    /// <summary>Our answer left; the terminal's last word follows.</summary>
    Committed,

    /// <summary>The conversation broke; the terminal is asked.</summary>
    Recovering,

    /// <summary>Nothing is under way.</summary>
    Over,
}

/// <summary>What the abstract terminal is doing with our command.</summary>
internal enum Desk
{
    Idle,
    Asked,

    /// <summary>Booked at the host and announced; taken back unless our answer comes.</summary>
    Announced,

    /// <summary>Refused and said so.</summary>
    Refused,

    /// <summary>The booking stands.</summary>
    Stands,

    /// <summary>Booked and taken back.</summary>
    TookBack,
}

/// <summary>Everything at one moment: the session as the loop holds it and as the disk has it, driver, terminal, line, till.</summary>
internal sealed record ModelState(Session Loop, Session Disk)
{
    public bool HostIsUp { get; init; } = true;

    public bool LineIsUp { get; init; } = true;

    public Turn Turn { get; init; }

    public Desk Desk { get; init; }

    /// <summary>How often the money command arrived.</summary>
    public int Arrivals { get; init; }

    /// <summary>The terminal repeats its last booking when it is asked.</summary>
    public bool Remembers { get; init; } = true;

    /// <summary>Nobody ever saw the terminal away since the line broke.</summary>
    public bool StayedReachable { get; init; } = true;

    /// <summary>Our commit left although its result was not durable.</summary>
    public bool CommittedTooSoon { get; init; }

    /// <summary>What the till was told last.</summary>
    public Outcome? Told { get; init; }

    /// <summary>A definite answer was taken back by another one.</summary>
    public bool ToldOtherwise { get; init; }

    /// <summary>How much may still go wrong.</summary>
    public int Crashes { get; init; } = 2;

    public int Losses { get; init; } = 2;

    public int DiskFaults { get; init; } = 1;

    public int Aborts { get; init; } = 1;

    public int Attempts { get; init; } = 3;

    /// <summary>Equal for moments from which the same can follow.</summary>
    public string Key => string.Join(
        '|', Of(Loop), Of(Disk), HostIsUp, LineIsUp, Turn, Desk, Arrivals, Remembers, StayedReachable, CommittedTooSoon, Told,
        ToldOtherwise, Crashes, Losses, DiskFaults, Aborts, Attempts);

    private static string Of(Session session) =>
        $"{session.Phase} {session.Outcome} {session.Conclusion?.Reason} {session.Announced?.Outcome} "
        + $"{session.SentAt is not null} {session.AbortAsked}";
}
