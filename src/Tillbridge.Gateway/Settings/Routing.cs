using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>By what a terminal is chosen when the caller names none.</summary>
public enum RoutingBy
{
    /// <summary>One terminal takes everything.</summary>
    Single,

    /// <summary>By the name of the workstation, case-sensitive.</summary>
    Workstation,

    /// <summary>By the name of the user, case-sensitive.</summary>
    User,
}

/// <summary>The routing rules.</summary>
/// <param name="By">By what is chosen.</param>
/// <param name="Terminal">The one terminal of <see cref="RoutingBy.Single"/>; null takes the only one there is.</param>
/// <param name="Rules">Workstation or user to terminal.</param>
public sealed record Routing(RoutingBy By, string? Terminal, IReadOnlyDictionary<string, string> Rules)
{
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
        return (null, new(field, value is null
            ? $"Name a terminal, or give '{field}': the routing rules choose by it."
            : $"No routing rule names the {field} '{value}'. Names are case-sensitive."));
    }

    private (string?, JsonFault?) ChooseSingle(IReadOnlyCollection<string> terminals)
    {
        var only = Terminal ?? (terminals.Count == 1 ? terminals.First() : null);
        if (only is not null) return (only, null);
        return (null, new("terminal", terminals.Count == 0
            ? "No terminal is configured."
            : $"Name a terminal; there are {terminals.Count}: {string.Join(", ", terminals.Take(20))}."));
    }
}
