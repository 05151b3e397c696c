using System.Text.Json;

namespace Tillbridge.Facades.K2.Links;

/// <summary>A frame of the journal as a line of the log.</summary>
internal static class K2FrameText
{
    /// <summary>Reads the body of a frame's record; what is not understood stands as it is.</summary>
    public static K2Frame Read(DateTimeOffset at, JsonElement body)
    {
        var text = Text(body, "dump") ?? body.GetRawText();
        return new K2Frame(at, Text(body, "from") is "terminal", text.ReplaceLineEndings(" "));
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind is JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
