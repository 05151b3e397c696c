namespace Tillbridge.Laboratory.Free;

/// <summary>
/// Dice of which each throw has a name: leaving one oddity out changes no other throw, so that a finding can be made smaller.
/// </summary>
internal sealed class FreeDice
{
    private const int InMindOneIn = 4;
    private const int BreaksOneIn = 5;

    private readonly ulong seed;
    private readonly IReadOnlySet<(int Session, Oddity Oddity)>? only;
    private readonly SortedSet<(int Session, Oddity Oddity)> met = [];
    private readonly HashSet<Assumption> mayBreak = [];

    public FreeDice(ulong seed, IReadOnlySet<(int Session, Oddity Oddity)>? only)
    {
        (this.seed, this.only) = (seed, only);
        var throws = Chance.Mix(seed, 0xB4EA);
        if (throws % BreaksOneIn != 0) return;
        mayBreak.Add(Assumptions.All[(int)(throws / 5 % (ulong)Assumptions.All.Count)]);
        if (throws / 100 % 8 == 0) mayBreak.Add(Assumptions.All[(int)(throws / 1000 % (ulong)Assumptions.All.Count)]);
    }

    /// <summary>The oddities that came about.</summary>
    public IReadOnlyCollection<(int Session, Oddity Oddity)> Met => met;

    /// <summary>This run may break it.</summary>
    public bool MayBreak(Assumption assumption) => mayBreak.Contains(assumption);

    /// <summary>True when the oddity comes in that session; 0 stands for the whole terminal. Ask only where it would be noticed.</summary>
    public bool Odd(Oddity oddity, int session)
    {
        if (only is not null && !only.Contains((session, oddity))) return false;
        if (Oddities.Breaks(oddity) is { } broken && !mayBreak.Contains(broken)) return false;
        var (inMind, other) = Oddities.Weight(oddity);
        if (Oddities.Breaks(oddity) is not null) (inMind, other) = (600, 400);
        if (Oddities.Serves(oddity) is { } served && mayBreak.Contains(served)) (inMind, other) = (800, 600);
        var isInMind = Chance.Mix(seed ^ 0x5EED, (ulong)oddity) % InMindOneIn == 0;
        var comes = (int)(Chance.Mix(seed, Place(1, (int)oddity, session)) % 1000) < (isInMind ? inMind : other);
        if (comes) met.Add((session, oddity));
        return comes;
    }

    /// <summary>0 up to, not including, <paramref name="below"/>.</summary>
    public int Number(Topic topic, int session, int below) =>
        (int)(Chance.Mix(seed, Place(2, (int)topic, session)) % (ulong)below);

    public T Pick<T>(Topic topic, int session, IReadOnlyList<T> from) => from[Number(topic, session, from.Count)];

    private static ulong Place(int kind, int what, int session) => ((ulong)kind << 40) | ((ulong)what << 20) | (uint)session;
}

/// <summary>What a plain throw is about.</summary>
internal enum Topic
{
    Sessions,
    Kind,
    Amount,
    SameAmount,
    Fate,
    Progress,
    Thinks,
    Customer,
    LossPlace,
    LossKind,
    AwayFor,
    LateBy,
    Part,
    Currency,
    Second,
    Refusal,
    Waits,
    FirstReceipt,
    ClockOff,
    History,
    Closes,
    Unheard,
    Lag,
    SkipBy,
    Forgets,
    Marks,
}
