using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tillbridge.Gateway.Api;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>The immediate answer to a command: always the same four fields (reference §3).</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code for the header <c>Tillbridge-Code</c>.</param>
/// <param name="Message">"" when there is nothing to say.</param>
/// <param name="SessionId">"" when the command is not carried out.</param>
internal sealed record CallbackAnswer(int Status, string Code, string Message, string SessionId)
{
    /// <summary>The command is carried out and callbacks follow.</summary>
    public bool Proceed => SessionId.Length > 0;

    /// <summary>The same session as before.</summary>
    public bool IsReplay { get; init; }

    /// <summary>The answer for a command that is not taken.</summary>
    public static CallbackAnswer Of(CallbackRefusal refusal) => new(refusal.Status, refusal.Code, refusal.Message, "");

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Write(bool statusAsText)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(bytes, ApiJson.Writing))
        {
            json.WriteStartObject();
            if (statusAsText) json.WriteString("HttpStatus", Status.ToString(CultureInfo.InvariantCulture));
            else json.WriteNumber("HttpStatus", Status);
            json.WriteString(nameof(Message), Message);
            json.WriteBoolean(nameof(Proceed), Proceed);
            json.WriteString(nameof(SessionId), SessionId);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
