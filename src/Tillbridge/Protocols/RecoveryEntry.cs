using Tillbridge.Domain;
using Tillbridge.Domain.Books;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Protocols;

/// <summary>What recovery has to know to recognise our booking among the terminal's memories.</summary>
/// <param name="session">The session that is recovered, with its baseline and what was announced.</param>
public sealed class RecoveryEntry(Session session)
{
    /// <summary>The session that is recovered.</summary>
    public Session Session { get; } = session;

    /// <summary>
    /// True while the terminal was never seen to be away: every connection since the loss succeeded, the first within two
    /// seconds of it. Only then does "not found" mean "not booked" (protocols README §5.1). Settled by the engine when it
    /// hears <see cref="Reached"/>.
    /// </summary>
    public bool StayedReachable { get; set; }

    /// <summary>References of sessions that began on this terminal after ours: their bookings cannot be ours.</summary>
    public IReadOnlyList<References> TakenByOthers { get; init; } = [];

    /// <summary>Net sum that our journal expects in the terminal's open period without this session; null when it cannot be told.</summary>
    public Money? ExpectedNet => Books?.Net;

    /// <summary>
    /// How far the terminal's clock was ahead of ours when it gave the last booking that our journal knows; null when none told it.
    /// </summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>
    /// What was seen when the terminal was asked before, at least its settle time ago (<see cref="SecondLookNeeded.Text"/>): when the
    /// same is seen again, what was still under way then is over (protocols README §5.1). Null when it was not asked, or not long ago.
    /// </summary>
    public string? FirstSeen { get; set; }

    /// <summary>This, when it was seen before as well; else the wish to be asked again.</summary>
    /// <param name="said">What it means.</param>
    /// <param name="seen">What was seen, in words that stay the same.</param>
    /// <param name="settle">How long to wait for the second look.</param>
    internal TerminalEvent Twice(TerminalEvent said, string seen, TimeSpan settle)
    {
        if (FirstSeen != seen) return new SecondLookNeeded(settle, seen);
        return said is Concluded { Conclusion: var end } ? new Concluded(end.On(Ground.SecondLook, Ground.SettlesInTime)) : said;
    }

    /// <summary>What our journal's bookings of the open period add up to without this session; null when it cannot be told.</summary>
    internal RecoveryBooks? Books { get; init; }

    /// <summary>A request of ours in this recovery stopped what still ran at the terminal.</summary>
    internal bool StoppedByUs { get; set; }

    /// <summary>
    /// What a proof that nothing is booked means: the terminal announced a refusal before the line broke, or took back what it had
    /// approved, or never booked.
    /// </summary>
    /// <param name="grounds">On what the proof rests.</param>
    internal Conclusion NotBooked(Grounds grounds) => Session.Announced switch
    {
        { Outcome: Outcome.Declined or Outcome.Cancelled or Outcome.Failed } refused =>
            refused with { Grounds = grounds.With(Ground.AnnouncedBefore) },
        { Outcome: Outcome.Approved } taken => taken with
        {
            Outcome = Outcome.Declined, Reason = Reason.ReversedByTerminal, ApprovedAmount = null,
            Grounds = grounds.With(Ground.AnnouncedBefore),
        },
        _ => new Conclusion(Outcome.Failed, Reason.NotBooked) { Grounds = grounds },
    };
}

/// <summary>Our books of a terminal's open period while a session is recovered.</summary>
/// <param name="net">What they add up to without the session, as recovery began.</param>
/// <param name="look">Holds the books, as they are then, against a thought; false where they cannot be told any more.</param>
internal sealed class RecoveryBooks(Money net, Func<Func<PeriodBooks, bool>, Task<bool>> look)
{
    /// <summary>The net sum.</summary>
    public Money Net { get; } = net;

    /// <summary>True when the books show what is thought, which is to be put so that false proves nothing.</summary>
    public Task<bool> Show(Func<PeriodBooks, bool> thought) => look(thought);
}
