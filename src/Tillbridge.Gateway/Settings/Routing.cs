using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>By what a terminal is chosen when the caller names none.</summary>
public enum RoutingBy
{
    /// <summary>One terminal takes everything.</summary>
    Single,

    /// <summary>By the name of the workstation, case-sensitive.</summary>
    Workstation,

    /// <summary>By the name of the user, without case.</summary>
    User,
}

/// <summary>The routing rules.</summary>
/// <param name="By">By what is chosen.</param>
/// <param name="Terminal">The one terminal of <see cref="RoutingBy.Single"/>; null takes the only one there is.</param>
/// <param name="Rules">Workstation or user to terminal.</param>
public sealed record Routing(RoutingBy By, string? Terminal, IReadOnlyDictionary<string, string> Rules)
{
    /// <summary>The terminal of everybody whom no rule names; null refuses them.</summary>
    public string? Otherwise { get; init; }

    /// <summary>Every terminal that the rules name.</summary>
    public IEnumerable<string> Terminals => Rules.Values.Append(Terminal).Append(Otherwise).OfType<string>().Distinct();

    /// <summary>Without a configuration: the only terminal there is.</summary>
    public static Routing Default { get; } = new(RoutingBy.Single, null, new Dictionary<string, string>());

    /// <summary>The terminal for a caller: the named one, else by the rules; else the fault that says what is missing.</summary>
    public (string? Terminal, JsonFault? Fault) Choose(
        string? named, string? workstation, string? user, IReadOnlyCollection<string> terminals)
    {
        if (named is not null) return (named, null);
        if (By is RoutingBy.Single) return ChooseSingle(terminals);
        var (field, value) = By is RoutingBy.Workstation ? ("workstation", workstation) : ("user", user);
        if (value is not null && Rules.TryGetValue(value, out var found)) return (found, null);
        if (Otherwise is not null) return (Otherwise, null);
        if (value is null) return (null, new(field, $"Name a terminal, or give '{field}': the routing rules choose by it."));
        var alike = Rules.Keys.FirstOrDefault(name => string.Equals(name.Trim(), value.Trim(), StringComparison.OrdinalIgnoreCase));
        return (null, new(field, alike is null
            ? $"No routing rule names the {field} '{value}'."
            : $"There is no rule for the {field} '{value}', there is one for '{alike}'; names are case-sensitive, and blanks count."));
    }

    /// <summary>How names are compared: workstations letter by letter, users without case.</summary>
    public static StringComparer Comparer(RoutingBy by) => by is RoutingBy.User ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private (string?, JsonFault?) ChooseSingle(IReadOnlyCollection<string> terminals)
    {
        var only = Terminal ?? (terminals.Count == 1 ? terminals.First() : null);
        if (only is not null) return (only, null);
        return (null, new("terminal", terminals.Count == 0
            ? "No terminal is configured."
            : $"Name a terminal; there are {terminals.Count}: {string.Join(", ", terminals.Take(20))}."));
    }
}
