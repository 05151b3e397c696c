using Tillbridge.Domain;

namespace Tillbridge.Laboratory.Free;

/// <summary>A statement that does not agree with the true books.</summary>
/// <param name="Session">Which of the run's sessions.</param>
/// <param name="Said">What was said.</param>
/// <param name="True">What is true.</param>
internal sealed record Wrong(int Session, string Said, string True)
{
    /// <summary>The statement with its amount.</summary>
    public string Detail { get; init; } = "";

    public override string ToString() => $"{Said}; {True}";
}

/// <summary>What a free run came to.</summary>
internal sealed class FreeResult(FreeId id)
{
    public FreeId Id => id;

    public List<Wrong> Wrong { get; } = [];

    /// <summary>Statements that are true here and would be wrong in a world that looks alike.</summary>
    public List<Wrong> Lucky { get; } = [];

    public HashSet<Assumption> Broken { get; } = [];

    /// <summary>Broken, and made of this terminal: what excuses a wrong statement.</summary>
    public IEnumerable<Assumption> Excuses => Broken.Where(broken => !id.Without.Has(Assumptions.Code(broken)));

    /// <summary>Statements that do not say what they rest on: none of their grounds is the one assumption that was broken.</summary>
    public List<string> Unnamed { get; } = [];

    public IReadOnlyCollection<(int Session, Oddity Oddity)> Met { get; set; } = [];

    public int Sessions { get; set; }

    public int[] Outcomes { get; } = new int[Enum.GetValues<Outcome>().Length];

    /// <summary>Sessions in which the terminal told the truth plainly, and those of them that ended unknown.</summary>
    public int Plain { get; set; }

    public int Needless { get; set; }

    /// <summary>Where a needless unknown came from.</summary>
    public List<string> NeedlessWhy { get; } = [];

    public int Refused { get; set; }

    /// <summary>The laboratory or the engine did not come to rest.</summary>
    public string? Stuck { get; set; }

    public ulong Mark { get; set; }

    public IReadOnlyList<string> Story { get; set; } = [];
}
