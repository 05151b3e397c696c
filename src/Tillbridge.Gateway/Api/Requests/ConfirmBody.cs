using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The body of <c>POST /v1/sessions/ID/confirm</c>.</summary>
/// <param name="Commit">True to let the booking stand, false to have it undone.</param>
/// <param name="By">Who decides; the API itself when nobody is named.</param>
internal sealed record ConfirmBody(bool Commit, string By)
{
    /// <summary>Reads the body; null when there are faults.</summary>
    public static ConfirmBody? Read(JsonFields fields, List<JsonFault> faults)
    {
        var commit = fields.Flag("commit") ?? true;
        var by = fields.Text("by", AbortBody.MostNameCharacters) ?? AbortBody.Unnamed;
        fields.Finish();
        return faults.Count == 0 ? new(commit, by) : null;
    }
}
