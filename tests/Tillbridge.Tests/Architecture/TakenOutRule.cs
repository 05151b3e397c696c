namespace Tillbridge.Tests.Architecture;

/// <summary>A rule of <c>rules/taken-out.txt</c>.</summary>
internal sealed record TakenOutRule(string Name)
{
    public const string List = "rules/taken-out.txt";

    /// <summary>The rule in a sentence.</summary>
    public string Says { get; private set; } = "";

    /// <summary>What is changed: file, what stands in it, what takes its place.</summary>
    public List<(string File, string Text, string? Without)> Edits { get; } = [];

    /// <summary>What must turn red: test project and class.</summary>
    public List<(string Project, string Class)> Red { get; } = [];

    /// <summary>Sessions and seed of a free soak that must find something.</summary>
    public bool IsFree { get; private set; }

    /// <summary>All of them; what is no line of a rule is a failure.</summary>
    public static IReadOnlyList<TakenOutRule> Read(string list)
    {
        var rules = new List<TakenOutRule>();
        foreach (var line in list.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (key, value) = (line[..colon], line[(colon + 1)..]);
            value = value.StartsWith(' ') ? value[1..] : value;
            if (key == "rule") rules.Add(new TakenOutRule(value));
            else rules[^1].Take(key, value);
        }

        return rules;
    }

    private void Take(string key, string value)
    {
        switch (key)
        {
            case "says":
                Says = value;
                break;
            case "in":
                Edits.Add((value, "", null));
                break;
            case "text":
                Edits[^1] = Edits[^1] with { Text = value };
                break;
            case "without":
                Edits[^1] = Edits[^1] with { Without = value };
                break;
            case "red":
                Red.AddRange(value.Split(' ')[1..].Select(name => (value.Split(' ')[0], name)));
                break;
            case "free":
                IsFree = value.Split(' ') is [var sessions, var seed] && int.TryParse(sessions, out _) && int.TryParse(seed, out _);
                break;
            default:
                throw new InvalidOperationException($"{List}: '{key}' is no line of a rule.");
        }
    }
}
