using Tillbridge.Domain;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The body of <c>POST /v1/sessions/ID/resolve</c>.</summary>
/// <param name="Outcome">What the person found; never unknown.</param>
/// <param name="By">The person.</param>
/// <param name="Note">Why, in the person's words; empty when there are none.</param>
internal sealed record ResolveBody(Outcome Outcome, string By, string Note)
{
    private const int MostNoteCharacters = 1000;

    private static readonly Dictionary<string, Outcome> Resolutions =
        Words<Outcome>.ByWord.Where(pair => pair.Value is not Outcome.Unknown).ToDictionary(StringComparer.Ordinal);

    /// <summary>Reads the body; null when there are faults.</summary>
    public static ResolveBody? Read(JsonFields fields, List<JsonFault> faults)
    {
        var outcome = fields.Choice("outcome", Resolutions);
        if (outcome is null && !fields.Has("outcome"))
            fields.Fault("outcome", $"This is missing; write one of: {string.Join(", ", Resolutions.Keys)}.");
        var by = fields.RequiredText("by", AbortBody.MostNameCharacters);
        var note = fields.Text("note", MostNoteCharacters) ?? "";
        fields.Finish();
        return faults.Count == 0 && outcome is { } found && by is not null ? new(found, by, note) : null;
    }
}
