namespace Tillbridge.Laboratory.Free;

/// <summary>All that was told of one order, with its times: what a till's statement can rest on.</summary>
internal sealed class FreeFacts(FreeOrder order, Told? lastBefore, ToldTotals totalsBefore, long at)
{
    public FreeOrder Order => order;

    /// <summary>When it came.</summary>
    public long At => at;

    /// <summary>What its memory held before.</summary>
    public Told? LastBefore => lastBefore;

    /// <summary>What its totals were before.</summary>
    public ToldTotals TotalsBefore => totalsBefore;

    /// <summary>Results of the conversation under new numbers, in their order.</summary>
    public List<Told> Results { get; } = [];

    /// <summary>The conversation came to its proper end.</summary>
    public bool IsEnded { get; set; }

    /// <summary>It ended with the word that it failed.</summary>
    public bool EndsAsFailed { get; set; }

    public long? LostAt { get; set; }

    /// <summary>The terminal was seen to be gone.</summary>
    public bool WasAway { get; set; }

    /// <summary>What it repeated since as its last booking; null when it had none.</summary>
    public List<(long At, Told? Told)> Memories { get; } = [];

    public List<(long At, ToldTotals Told)> Totals { get; } = [];
}
