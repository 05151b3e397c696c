using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>
/// A terminal that is drawn and not scripted: what it books, what it tells of it, in which order, and where the line is lost.
/// What is common to all wires stands here; a wire turns it into bytes.
/// </summary>
internal abstract class FreeTerminal : IFreePeer
{
    private const int Euro = 978;
    private long awayUntil;
    private FreeFate? fate;

    protected FreeTerminal(World world, SimClock clock, FreeDice dice, HashSet<Assumption> broken, bool tellsLastNumber)
    {
        (World, Dice, Broken) = (world, dice, broken);
        Mind = new FreeMind(world, clock, dice, broken, tellsLastNumber);
    }

    public World World { get; }

    public FreeDice Dice { get; }

    public HashSet<Assumption> Broken { get; }

    public FreeMind Mind { get; }

    public FreeBooks Books => Mind.Books;

    public bool IsAway => World.Now < awayUntil;

    /// <summary>Which of our sessions is next or running; set by the till.</summary>
    public int Session { get; set; }

    /// <summary>Bookings that our journal has with their numbers.</summary>
    public HashSet<Booking?> InOurJournal { get; } = [];

    /// <summary>Nothing of it is still to come.</summary>
    public bool IsSettled => fate is null || fate.IsSettled;

    /// <summary>The line of the running session was lost.</summary>
    public bool WasLost => fate?.IsLost ?? false;

    /// <summary>What is told on the wire has to be acknowledged, and an approval that was not may be taken back.</summary>
    public abstract bool TakesBackUnheard { get; }

    /// <summary>A number of ours travels with an order and back, unless drawn otherwise.</summary>
    public abstract bool CarriesOurNumber { get; }

    /// <summary>Its memory tells whether it is a refund or a reversal.</summary>
    public abstract bool TellsKindOf(RequestKind kind);

    /// <summary>Something in it tells it from another one of the same amount.</summary>
    public abstract bool TellsNumberOf(Told told);

    /// <summary>Nothing but the approval code tells it from another one of the same amount.</summary>
    public virtual bool KnowsByCodeAlone(Told told) => false;

    /// <summary>Other hands booked the amount of an order of ours, on a wire that carries our numbers.</summary>
    public bool HasForeignAlike { get; set; }

    /// <summary>It tells a number that only our order has.</summary>
    public abstract bool Echoes(Told told);

    /// <summary>A message after the result ends the conversation.</summary>
    public abstract bool HasEnd { get; }

    /// <summary>It repeats refusals as well as bookings, unless drawn otherwise.</summary>
    public abstract bool KeepsRefusals { get; }

    public abstract string Approved { get; }

    public abstract IReadOnlyList<string> Refusals { get; }

    public abstract byte[] Accepted();

    public abstract byte[] Refused();

    public abstract byte[] Progress();

    public abstract byte[] Result(Told told, FreeOrder order);

    public abstract byte[] End(bool isGood, string code);

    public abstract void Received(FreeLink link, byte[] bytes);

    protected Dictionary<FreeLink, FreeTalk> Talks { get; } = [];

    public void Connected(FreeLink link) => Talks[link] = new FreeTalk(World, link);

    public void Left(FreeLink link)
    {
        if (!Talks.Remove(link, out var talk)) return;
        var abandoned = talk.Abandoned;
        talk.Stop();
        abandoned?.Invoke(talk);
    }

    /// <summary>Other tills and hands between two sessions.</summary>
    public void BeforeSession(int session)
    {
        Session = session;
        if (Dice.Odd(Oddity.OtherSaleBefore, session)) Mind.Remember(Mind.Of(Mind.Book(RequestKind.Sale, 777, Euro, null), Approved));
        if (Dice.Number(Topic.Closes, session, 2) == 0 && Dice.Odd(Oddity.ClosesByItself, session)) Mind.ClosePeriod();
    }

    /// <summary>Nothing on the wire would tell that our booking was undone by hand.</summary>
    public bool HidesHands(RequestKind how) =>
        (!TellsKindOf(how) || Dice.Odd(Oddity.KindUntold, 0) || Dice.Odd(Oddity.MemorySilent, Session))
        && (Dice.Odd(Oddity.TotalsRefused, 0) || Dice.Odd(Oddity.TotalsWithoutSums, Session));

    public void GoAway(TimeSpan time) => awayUntil = World.Now + time.Ticks;

    /// <summary>An order that moves money arrived.</summary>
    protected void Take(FreeTalk talk, FreeOrder order)
    {
        Mind.Begin();
        fate = new FreeFate(this, order);
        talk.Say(fate.Steps());
        var mine = fate;
        talk.Abandoned = _ => mine.Lose();
    }

    /// <summary>What its wire can tell.</summary>
    public AlikeWire Wire => new(
        TakesBackUnheard, HasEnd, Mind.TellsLastNumber, told => CarriesOurNumber && Echoes(told), TellsKindOf,
        HidesNumbers: !CarriesOurNumber, HidesHands);

    /// <summary>What was told of the running or last order; null before the first.</summary>
    public FreeFacts? Facts => fate?.Session == Session ? fate.Facts : null;

    /// <summary>The last booking as it tells it in a recovery, or before an order.</summary>
    protected Told? LastTold(bool isRecovery)
    {
        var told = LastOf(isRecovery);
        Facts?.Memories.Add((World.Now, told));
        return told;
    }

    /// <summary>The totals as it tells them.</summary>
    protected ToldTotals TotalsTold()
    {
        var told = Mind.Totals(Session);
        if (World.Tells) World.Tell($"terminal tells totals {told}");
        Facts?.Totals.Add((World.Now, told));
        return told;
    }

    private Told? LastOf(bool isRecovery)
    {
        if (Mind.Last is not { } last) return null;
        if (!isRecovery) return last;
        if (last is { IsApproval: true, IsOld: false } && Dice.Odd(Oddity.MemoryInvents, Session))
        {
            Broken.Add(Assumption.MemoryIsTrue);
            last = last with { Minor = last.Minor + 100 };
        }

        if (Dice.Odd(Oddity.MemoryHidden, Session)) last = last with { IsHidden = true };
        if (Dice.Odd(Oddity.MemoryCodeAbsent, Session)) last = last with { Code = null };
        if (last.UndoneTrace is not null && Dice.Odd(Oddity.KindUntold, 0)) last = last with { UndoneTrace = null };
        return last;
    }

    /// <summary>The order was taken already: what is asked now is asked about it.</summary>
    protected bool IsRecovering => fate?.Session == Session;
}
