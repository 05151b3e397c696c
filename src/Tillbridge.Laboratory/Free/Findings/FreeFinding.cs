using Tillbridge.Laboratory.Planted;

namespace Tillbridge.Laboratory.Free.Findings;

/// <summary>A wrong statement of a run that broke no named assumption, made as small as it gets.</summary>
/// <param name="Kind">What was drawn, said and true: equal kinds are one finding.</param>
/// <param name="Small">The smallest run that still shows it.</param>
/// <param name="Full">The run in which it was met.</param>
internal sealed record FreeFinding(string Kind, FreeId Small, FreeId Full)
{
    /// <summary>It is true here, and would be wrong in a world that looks alike.</summary>
    public bool IsLuck { get; init; }

    /// <summary>Leaves out one drawn oddity after another while the same thing is said wrongly.</summary>
    public static FreeFinding Of(FreeResult result, Wrong wrong, bool isLuck, Bug? bug = null)
    {
        var (small, met) = (result.Id with { Only = result.Met.ToHashSet() }, result.Met);
        for (var first = wrong.Session; first > 1; first--)
        {
            if (Again(small with { First = first }, wrong, isLuck, bug) is not { } shorter) continue;
            (small, met) = (small with { First = first }, shorter.Met);
            break;
        }

        for (var isSmaller = true; isSmaller;)
        {
            isSmaller = false;
            foreach (var one in met.ToList())
            {
                var without = small with { Only = met.Where(other => other != one).ToHashSet() };
                if (Again(without, wrong, isLuck, bug) is not { } again) continue;
                (small, met, isSmaller) = (without with { Only = again.Met.ToHashSet() }, again.Met, true);
                break;
            }
        }

        var drawn = string.Join(" + ", met.Select(one => one.Oddity).Distinct().Order());
        return new FreeFinding(
            $"{result.Id.Protocol}: {(isLuck ? "luck: " : "")}{wrong.Said}, {wrong.True} | {drawn}", small, result.Id)
        {
            IsLuck = isLuck,
        };
    }

    // The same run with less in it, where it still shows the same.
    private static FreeResult? Again(FreeId id, Wrong wrong, bool isLuck, Bug? bug)
    {
        var again = FreeRun.Run(id, bug: bug);
        var list = isLuck ? again.Lucky : again.Wrong;
        return !again.Excuses.Any() && list.Exists(other => (other.Said, other.True) == (wrong.Said, wrong.True)) ? again : null;
    }
}
