using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>
/// Reads the section <c>routing</c>. Rules are a map from name to terminal, or a list of objects that name workstation or user and
/// terminal (k2-client.md §5).
/// </summary>
internal static class RoutingReader
{
    private const int MostRules = LimitsReader.MostTerminals;
    private const int MostNameCharacters = 256;

    /// <summary>The rules; faults are noted in the fields.</summary>
    public static Routing Read(JsonFields fields)
    {
        if (fields.Object("routing") is not { } routing) return Routing.Default;
        var by = routing.Choice("by", Words<RoutingBy>.ByWord);
        if (by is null && !routing.Has("by")) routing.Fault("by", "This is missing; write single, workstation or user.");
        var terminal = routing.Text("terminal", SettingsReader.MostNameCharacters);
        var otherwise = routing.Text("otherwise", SettingsReader.MostNameCharacters);
        var rules = ReadRules(routing, by ?? RoutingBy.Single);
        if (by is RoutingBy.Single && rules.Count > 0)
            routing.Fault("rules", "Routing by single takes no rules; write \"terminal\": \"NAME\" or nothing.");
        if (by is RoutingBy.Single && otherwise is not null)
            routing.Fault("otherwise", "Routing by single has one terminal for all; write \"terminal\": \"NAME\".");
        if (by is RoutingBy.Workstation or RoutingBy.User && rules.Count == 0)
            routing.Fault("rules", "Write at least one rule: {\"NAME\": \"TERMINAL\"}.");
        if (by is not RoutingBy.Single && terminal is not null)
            routing.Fault("terminal", "Only routing by single takes one terminal for all; a fallback is \"otherwise\".");
        routing.Finish();
        return new(by ?? RoutingBy.Single, terminal, rules) { Otherwise = otherwise };
    }

    private static Dictionary<string, string> ReadRules(JsonFields routing, RoutingBy by)
    {
        var rules = new Dictionary<string, string>(Routing.Comparer(by));
        foreach (var (name, terminal) in routing.IsList("rules") ? ReadList(routing, by) : ReadMap(routing))
        {
            if (!rules.TryAdd(name, terminal)) routing.Fault("rules", $"Two rules name '{name}'; a name has one terminal.");
        }

        return rules;
    }

    private static IEnumerable<(string Name, string Terminal)> ReadMap(JsonFields routing) =>
        (routing.TextMap("rules", MostRules, MostNameCharacters) ?? new Dictionary<string, string>())
        .Select(rule => (rule.Key, rule.Value));

    private static List<(string Name, string Terminal)> ReadList(JsonFields routing, RoutingBy by)
    {
        var read = new List<(string, string)>();
        var key = by is RoutingBy.User ? "user" : "workstation";
        foreach (var rule in routing.Objects("rules", MostRules) ?? [])
        {
            var (name, terminal) = (rule.RequiredText(key, MostNameCharacters), rule.RequiredText("terminal", MostNameCharacters));
            rule.Finish();
            if (name is not null && terminal is not null) read.Add((name, terminal));
        }

        return read;
    }
}
