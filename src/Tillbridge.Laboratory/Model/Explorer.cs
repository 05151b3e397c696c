namespace Tillbridge.Laboratory.Model;

/// <summary>What an exploration came to.</summary>
/// <param name="States">Moments that can be reached.</param>
/// <param name="Transitions">Steps between them.</param>
/// <param name="Depth">The longest of the shortest ways to a moment.</param>
/// <param name="Broken">The sentence of the first broken invariant; null when all hold.</param>
/// <param name="Story">The steps that lead there.</param>
internal sealed record Exploration(int States, long Transitions, int Depth, string? Broken, IReadOnlyList<string> Story);

/// <summary>Visits every moment that can be reached, the near ones first, so that a story is as short as can be.</summary>
internal static class Explorer
{
    private const int MostStates = 2_000_000;

    public static Exploration Explore(SessionModel model)
    {
        var begin = model.Begin();
        var from = new Dictionary<string, (string? Before, string What)> { [begin.Key] = (null, "the intent is durable") };
        var into = new Dictionary<string, List<string>>();
        var rest = new List<string>();
        var waiting = new Queue<(ModelState State, int Depth)>();
        waiting.Enqueue((begin, 0));
        var (transitions, deepest) = (0L, 0);
        while (waiting.TryDequeue(out var now))
        {
            deepest = now.Depth;
            var key = now.State.Key;
            if (SessionModel.Broken(now.State) is { } broken) return new(from.Count, transitions, deepest, broken, StoryOf(from, key));
            if (SessionModel.IsAtRest(now.State)) rest.Add(key);
            foreach (var step in model.Steps(now.State))
            {
                transitions++;
                var next = step.Next.Key;
                if (!into.TryGetValue(next, out var before)) into[next] = before = [];
                before.Add(key);
                if (!from.TryAdd(next, (key, step.What))) continue;
                Invariant.Holds(from.Count <= MostStates, "the model is finite");
                waiting.Enqueue((step.Next, now.Depth + 1));
            }
        }

        // I7: from everywhere there is a way to rest. Walked backwards, so that one walk answers for all.
        var reaches = new HashSet<string>(rest);
        var walk = new Queue<string>(rest);
        while (walk.TryDequeue(out var key))
        {
            foreach (var before in into.GetValueOrDefault(key) ?? [])
            {
                if (reaches.Add(before)) walk.Enqueue(before);
            }
        }

        var stuck = from.Keys.FirstOrDefault(key => !reaches.Contains(key));
        return stuck is null
            ? new(from.Count, transitions, deepest, null, [])
            : new(from.Count, transitions, deepest, "I7: from here it never comes to rest", StoryOf(from, stuck));
    }

    private static List<string> StoryOf(Dictionary<string, (string? Before, string What)> from, string key)
    {
        var story = new List<string>();
        for (string? at = key; at is not null; at = from[at].Before) story.Add(from[at].What);
        story.Reverse();
        story.Add($"there: {key}");
        return story;
    }
}
