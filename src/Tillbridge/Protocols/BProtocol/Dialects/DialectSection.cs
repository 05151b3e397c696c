using System.Text.Json;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>One object of a dialect file, read strictly: whatever is missing, wrong or unknown becomes a fault with its path.</summary>
internal sealed class DialectSection
{
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly List<string> faults;
    private readonly string path;

    public DialectSection(JsonElement element, string path, List<string> faults)
    {
        (this.path, this.faults) = (path, faults);
        if (element.ValueKind is not JsonValueKind.Object)
        {
            Fault("", "must be an object");
            return;
        }

        foreach (var member in element.EnumerateObject()) members[member.Name] = member.Value;
    }

    /// <summary>The keys in the order of the file.</summary>
    public IReadOnlyCollection<string> Keys => members.Keys;

    public DialectSection Section(string name) =>
        Take(name) is { } value ? new(value, PathOf(name), faults) : new(Empty, PathOf(name), faults);

    public string Text(string name, int least, int most, Func<string, bool> allowed, string form)
    {
        if (Take(name) is not { } value) return "";
        if (value.ValueKind is JsonValueKind.String && value.GetString() is { } text
            && text.Length >= least && text.Length <= most && allowed(text))
        {
            return text;
        }

        Fault(name, $"must be {form}");
        return "";
    }

    public int Number(string name, int least, int most)
    {
        if (Take(name) is not { } value) return least;
        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        Fault(name, $"must be a whole number from {least} to {most}");
        return least;
    }

    public TimeSpan Seconds(string name, int most) => TimeSpan.FromSeconds(Number(name, 1, most));

    public bool Flag(string name)
    {
        if (Take(name) is not { } value) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(name, "must be true or false");
        return false;
    }

    public string Choice(string name, params ReadOnlySpan<string> words)
    {
        if (Take(name) is not { } value) return words[0];
        if (value.ValueKind is JsonValueKind.String && words.Contains(value.GetString()!)) return value.GetString()!;
        Fault(name, $"must be one of: {string.Join(", ", words.ToArray())}");
        return words[0];
    }

    public IReadOnlyList<string> List(string name, Func<string, bool> allowed, string form)
    {
        if (Take(name) is not { } value) return [];
        if (value.ValueKind is JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String && allowed(item.GetString()!)))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        Fault(name, $"must be a list of {form}");
        return [];
    }

    public void Fault(string name, string what) => faults.Add($"{(name.Length == 0 ? path : PathOf(name))} {what}");

    /// <summary>Every key that nobody asked for is an error: it is a slip, and would be ignored for ever.</summary>
    public void Finish()
    {
        foreach (var name in members.Keys.Where(name => !known.Contains(name)))
        {
            Fault(name, known.Count == 0
                ? "is not known here; nothing is allowed"
                : $"is not known; allowed are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    private static JsonElement Empty => JsonDocument.Parse("{}").RootElement;

    private JsonElement? Take(string name)
    {
        known.Add(name);
        if (members.TryGetValue(name, out var value)) return value;
        Fault(name, "is missing; give it, or begin the file with \"extends\": \"gpe-1\" or \"csob-b\"");
        return null;
    }

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
