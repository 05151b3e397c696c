using System.Text.Json;

namespace Tillbridge.Facades.K2.Links;

/// <summary>A frame of the journal as a line of the log.</summary>
internal static class K2FrameText
{
    /// <summary>Reads the body of a frame's record.</summary>
    public static K2Frame Read(DateTimeOffset at, JsonElement body)
    {
        var from = body.TryGetProperty("from", out var who) ? who.GetString() : null;
        var text = body.TryGetProperty("dump", out var dump) ? dump.GetString() ?? "" : body.GetRawText();
        return new K2Frame(at, from is "terminal", text.ReplaceLineEndings(" "));
    }
}
