using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Tillbridge.Gateway.Reading;

/// <summary>
/// Reads one JSON object strictly and collects everything that is wrong with it: wrong types, bad values, keys that
/// stand twice and, at <see cref="Finish"/>, keys that nobody asked for. JSON null counts as absent.
/// </summary>
internal sealed class JsonFields
{
    // Deep enough for every document we know; a deeper one is an attack on the parser's stack.
    private const int MostDepth = 16;

    // Far more than any document of ours has; each costs memory before it can be refused.
    private const int MostKeys = 4096;
    private const int MostNamed = 20;
    private const string NoUnicode = "This holds text that is not valid Unicode: broken UTF-8, or half of a surrogate pair.";

    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly List<JsonFault> faults;
    private readonly string path;

    private JsonFields(JsonElement element, string path, List<JsonFault> faults, int mostKeys)
    {
        this.path = path;
        this.faults = faults;
        var repeated = 0;
        foreach (var member in element.EnumerateObject())
        {
            if (members.Count + repeated == mostKeys)
            {
                faults.Add(new(path, $"This object has more than {mostKeys} keys."));
                return;
            }

            if (!members.TryAdd(member.Name, member.Value) && ++repeated <= MostNamed) Fault(member.Name, "This key stands twice.");
        }
    }

    /// <summary>Reads a document; null with a fault when it is no JSON or no object.</summary>
    public static JsonFields? Parse(ReadOnlyMemory<byte> utf8, List<JsonFault> faults, int mostKeys = MostKeys)
    {
        // Editors on Windows begin a file with a byte order mark.
        if (utf8.Span.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        // The parser repeats what it cannot read in its message, and each broken byte costs it 32.
        if (!Utf8.IsValid(utf8.Span))
        {
            faults.Add(new("", NoUnicode));
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new() { MaxDepth = MostDepth });
            ReadAllText(document.RootElement);
            return Of(document.RootElement.Clone(), "", faults, mostKeys);
        }
        catch (JsonException wrong)
        {
            var place = $"line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1}";
            faults.Add(new("", $"This is no valid JSON ({place}), or it is nested deeper than {MostDepth} levels."));
        }
        catch (InvalidOperationException)
        {
            faults.Add(new("", NoUnicode));
        }

        return null;
    }

    /// <summary>The fields of an element; null with a fault when it is no object.</summary>
    public static JsonFields? Of(JsonElement element, string path, List<JsonFault> faults, int mostKeys = MostKeys)
    {
        if (element.ValueKind is JsonValueKind.Object) return new(element, path, faults, mostKeys);
        faults.Add(new(path, $"This must be a JSON object, not {Describe(element)}."));
        return null;
    }

    /// <summary>Every member with its path; for objects whose keys are names.</summary>
    public IEnumerable<(string Name, string Path, JsonElement Value)> Each()
    {
        foreach (var (name, value) in members)
        {
            known.Add(name);
            yield return (name, PathOf(name), value);
        }
    }

    /// <summary>Text of 1 to <paramref name="most"/> characters without control characters; null when absent.</summary>
    public string? Text(string name, int most = 1024)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.String && IsText(value.GetString()!, most)) return value.GetString();
        Fault(name, $"This must be text of 1 to {most} characters without control characters.");
        return null;
    }

    /// <summary>Like <see cref="Text"/>; absence is a fault.</summary>
    public string? RequiredText(string name, int most = 1024)
    {
        var text = Text(name, most);
        if (text is null && !Has(name)) Fault(name, "This is missing.");
        return text;
    }

    /// <summary>A whole number written as digits only: 12.5, 1e3 and "12" are faults.</summary>
    public long? Whole(string name, long least, long most)
    {
        if (Take(name) is not { } value) return null;
        var raw = value.ValueKind is JsonValueKind.Number ? value.GetRawText() : "";
        var isDigits = raw.Length > 0 && raw.All(character => char.IsAsciiDigit(character) || character == '-');
        if (isDigits && value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        Fault(name, $"This must be a whole number from {least} to {most}, written as digits without a point, exponent or quotes.");
        return null;
    }

    /// <summary>Seconds as a whole number.</summary>
    public TimeSpan? Seconds(string name, int least, int most) =>
        Whole(name, least, most) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>True or false.</summary>
    public bool? Flag(string name)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(name, "This must be true or false.");
        return null;
    }

    /// <summary>One of a closed set of words, in whatever letters: clients that are generated write the names of their enums.</summary>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> words) where T : struct
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.String && Words.TryFind(words, value.GetString()!, out var found)) return found;
        Fault(name, $"This must be one of: {string.Join(", ", words.Keys.Order(StringComparer.Ordinal))}.");
        return null;
    }

    /// <summary>A member that is an object itself.</summary>
    public JsonFields? Object(string name) => Take(name) is { } value ? Of(value, PathOf(name), faults) : null;

    /// <summary>A member that is a list of texts, with the path of each.</summary>
    public IReadOnlyList<(string Path, string Text)> Texts(string name, int most)
    {
        if (Take(name) is not { } value) return [];
        if (value.ValueKind is not JsonValueKind.Array || value.GetArrayLength() > most
            || value.EnumerateArray().Any(item => item.ValueKind is not JsonValueKind.String))
        {
            Fault(name, $"This must be a list of at most {most} texts.");
            return [];
        }

        return [.. value.EnumerateArray().Select((item, index) => ($"{PathOf(name)}[{index}]", item.GetString()!))];
    }

    /// <summary>A member that is a list of objects; null when it is absent or no list.</summary>
    public IReadOnlyList<JsonFields>? Objects(string name, int most)
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() <= most)
            return [.. value.EnumerateArray().Select((item, index) => Of(item, $"{PathOf(name)}[{index}]", faults)).OfType<JsonFields>()];
        Fault(name, $"This must be a list of at most {most} objects.");
        return null;
    }

    /// <summary>True when the member is a list.</summary>
    public bool IsList(string name) => members.TryGetValue(name, out var value) && value.ValueKind is JsonValueKind.Array;

    /// <summary>A member whose keys are names and whose values are texts.</summary>
    public IReadOnlyDictionary<string, string>? TextMap(string name, int mostEntries, int mostCharacters)
    {
        if (Object(name) is not { } map) return null;
        if (map.members.Count > mostEntries) Fault(name, $"At most {mostEntries} entries are kept.");
        foreach (var key in map.members.Keys.Where(key => !IsText(key, mostCharacters)))
            Fault(name, $"A key must have 1 to {mostCharacters} characters without control characters.");
        var texts = map.members.Keys.ToDictionary(key => key, key => map.RequiredText(key, mostCharacters) ?? "", StringComparer.Ordinal);
        return texts;
    }

    /// <summary>The path of a member.</summary>
    public string PathOf(string name)
    {
        // A key is the caller's text and ends up in answers and logs.
        var clean = name.Length > 64 || name.Any(char.IsControl) ? "(unprintable key)" : name;
        return path.Length == 0 ? clean : $"{path}.{clean}";
    }

    /// <summary>True when the member stands there and is not null.</summary>
    public bool Has(string name) => members.TryGetValue(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    /// <summary>This object as it was written, without some of its members.</summary>
    public JsonElement Without(params ReadOnlySpan<string> names)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                if (names.Contains(name)) continue;
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return JsonElement.Parse(json.WrittenSpan);
    }

    /// <summary>Marks a member as known without reading it.</summary>
    public void Ignore(string name) => known.Add(name);

    /// <summary>Notes what is wrong with a member.</summary>
    public void Fault(string name, string text) => faults.Add(new(PathOf(name), text));

    /// <summary>Every member that was not asked for is a fault that names the ones that are known; very many are counted.</summary>
    public void Finish()
    {
        var unknown = members.Keys.Except(known).ToList();
        if (unknown.Count == 0) return;
        var text = $"This key is not known here; known are {string.Join(", ", known.Distinct())}.";
        foreach (var name in unknown.Take(MostNamed)) Fault(name, text);
        var more = unknown.Count - MostNamed;
        if (more > 0) faults.Add(new(path, $"{more} more keys are not known here."));
    }

    // The parser leaves names and texts unread until somebody asks; what is broken must show here and not there.
    private static void ReadAllText(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.String) element.GetString();
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) ReadAllText(item);
        }

        if (element.ValueKind is not JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            _ = member.Name;
            ReadAllText(member.Value);
        }
    }

    private static bool IsText(string text, int most) => text.Length > 0 && text.Length <= most && !text.Any(char.IsControl);

    private static string Describe(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        _ => "true, false or null",
    };

    private JsonElement? Take(string name)
    {
        known.Add(name);
        return Has(name) ? members[name] : null;
    }
}
