using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Api.Requests;

/// <summary>The body of <c>POST /v1/sessions/ID/abort</c> and <c>/displace</c>.</summary>
/// <param name="By">Who asks; the API itself when nobody is named.</param>
internal sealed record AbortBody(string By)
{
    /// <summary>The longest name of a person, in characters.</summary>
    public const int MostNameCharacters = 128;

    /// <summary>Who asks when nobody is named.</summary>
    public const string Unnamed = "api";

    /// <summary>Reads the body; null when there are faults.</summary>
    public static AbortBody? Read(JsonFields fields, List<JsonFault> faults)
    {
        var by = fields.Text("by", MostNameCharacters) ?? Unnamed;
        fields.Finish();
        return faults.Count == 0 ? new(by) : null;
    }
}
