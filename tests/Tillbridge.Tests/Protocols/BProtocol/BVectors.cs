using System.Text.Json;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Tests.Architecture;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>One line of the vector file: bytes from outside and what they mean.</summary>
internal sealed record BVector(string Name, Sender From, byte[] Bytes, JsonElement Meaning)
{
    public BDialect Dialect => BDialectFiles.Of(Name.StartsWith("gpe", StringComparison.Ordinal) ? BDialectFiles.Gpe : BDialectFiles.Csob);

    public string? Text(string key) => Meaning.TryGetProperty(key, out var value) ? value.ToString() : null;
}

internal static class BVectors
{
    private static readonly IReadOnlyList<JsonElement> Lines =
        [.. Repository.Read("vectors/gpe/gpe.jsonl").Split('\n').Where(line => line.Length > 0).Select(line =>
            JsonDocument.Parse(line).RootElement)];

    public static IReadOnlyList<BVector> All { get; } =
    [
        .. Lines.Where(line => line.TryGetProperty("hex", out _)).Select(line => new BVector(
            line.GetProperty("name").GetString()!,
            line.GetProperty("direction").GetString() == "ecr" ? Sender.Ecr : Sender.Terminal,
            Convert.FromHexString(line.GetProperty("hex").GetString()!), line.GetProperty("meaning"))),
    ];

    /// <summary>The recorded flow, as its lines.</summary>
    public static string Flow { get; } = Lines.Single(line => line.TryGetProperty("text", out _)).GetProperty("text").GetString()!;

    public static IEnumerable<TheoryDataRow<string>> Names() => All.Select(vector => new TheoryDataRow<string>(vector.Name));

    public static BVector Named(string name) => All.Single(vector => vector.Name == name);
}
