using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>A booking as it truly is.</summary>
internal sealed class Booking(RequestKind kind, long minor, int currency, int? session, long at)
{
    public RequestKind Kind => kind;

    public long Minor => minor;

    /// <summary>ISO 4217 numeric, known to us or not.</summary>
    public int Currency => currency;

    /// <summary>Which of our sessions made it; null for other hands.</summary>
    public int? Session => session;

    public long At => at;

    public required string Receipt { get; init; }

    public required string Trace { get; init; }

    public required string Approval { get; init; }

    /// <summary>The terminal's own wall time.</summary>
    public required DateTime Time { get; init; }

    public string? Invoice { get; init; }

    public string? Reference { get; init; }

    /// <summary>What it undid, for a reversal.</summary>
    public Booking? Undoes { get; init; }

    /// <summary>When it was undone or given back by others; null while it stands.</summary>
    public long? UndoneAt { get; set; }

    /// <summary>The terminal took it back by itself, so that it never was.</summary>
    public bool TakenBack { get; set; }

    public long Signed => kind is RequestKind.Refund ? -minor : kind is RequestKind.Reversal ? -(Undoes?.Signed ?? 0) : minor;
}

/// <summary>The true books beside a terminal.</summary>
internal sealed class FreeBooks
{
    private readonly List<Booking> all = [];

    public IReadOnlyList<Booking> All => all;

    /// <summary>Where the open period begins.</summary>
    public int PeriodStart { get; private set; }

    public IEnumerable<Booking> Open => all.Skip(PeriodStart).Where(one => !one.TakenBack);

    public void Add(Booking booking) => all.Add(booking);

    public void Close() => PeriodStart = all.Count;

    public IEnumerable<Booking> Of(int session) => all.Where(one => one.Session == session && !one.TakenBack);
}
