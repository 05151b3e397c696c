using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>
/// The immediate answer to a command: the four fields of old (reference §3), and in a refusal its code and the session that it is
/// about, unless extensions are switched off.
/// </summary>
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

    /// <summary>The session that stands in the way of a command, if one does.</summary>
    public SessionId? InTheWay { get; init; }

    /// <summary>The answer for a command that is not taken.</summary>
    public static CallbackAnswer Of(CallbackRefusal refusal) =>
        new(refusal.Status, refusal.Code, refusal.Message, "") { InTheWay = refusal.Session };

    /// <summary>The body.</summary>
    public ReadOnlyMemory<byte> Write(bool statusAsText, bool extensions)
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
            if (!Proceed && extensions)
            {
                json.WriteString(nameof(Code), Code);
                if (InTheWay is { } session) json.WriteString("Session", session.Value);
            }

            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
