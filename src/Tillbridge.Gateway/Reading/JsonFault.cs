namespace Tillbridge.Gateway.Reading;

/// <summary>What is wrong at one place of a JSON document.</summary>
/// <param name="Path">The place, for example <c>terminals.till-1.uri</c>; empty for the document itself.</param>
/// <param name="Text">Cause and cure.</param>
public sealed record JsonFault(string Path, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Text : $"{Path}: {Text}";
}
