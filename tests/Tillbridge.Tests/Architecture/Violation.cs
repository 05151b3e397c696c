namespace Tillbridge.Tests.Architecture;

/// <summary>One place where a rule of the house is broken.</summary>
internal sealed record Violation(string File, int Line, string What)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {What}" : $"{File}: {What}";

    /// <summary>Fails with all of them together and the cure.</summary>
    public static void None(IEnumerable<Violation> found, string cure)
    {
        var lines = found.Select(violation => violation.ToString()).Distinct().Order(StringComparer.Ordinal).ToList();
        if (lines.Count > 0) Assert.Fail($"{lines.Count} found. {cure}\n  {string.Join("\n  ", lines)}");
    }
}
