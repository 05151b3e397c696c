using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tillbridge.Domain;

namespace Tillbridge.Journal;

/// <summary>
/// What a foreign interface keeps about a session beside the session itself: deliveries and acknowledgements. The newest
/// one counts; all of them stay in the chain.
/// </summary>
/// <param name="Face">Name of the interface.</param>
/// <param name="Settled">Nothing is left to be delivered.</param>
/// <param name="Listed">It stands in the interface's list of sessions that somebody has to look at.</param>
/// <param name="Data">A JSON object in the interface's own form.</param>
public sealed record FaceNote(string Face, bool Settled, bool Listed, string Data)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The note as the body of a journal record.</summary>
    internal string ToBody()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("face", Face);
            json.WriteBoolean("settled", Settled);
            json.WriteBoolean("listed", Listed);
            json.WritePropertyName("data");
            json.WriteRawValue(Data);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Reads the body of a journal record.</summary>
    /// <exception cref="JournalException">It is no note.</exception>
    internal static FaceNote OfBody(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return new FaceNote(
                root.GetProperty("face").GetString()!,
                root.GetProperty("settled").GetBoolean(),
                root.GetProperty("listed").GetBoolean(),
                root.GetProperty("data").GetRawText());
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new JournalException(
                JournalFault.Corrupt, $"A stored note cannot be read: {wrong.Message} {JournalDirectory.CorruptCure}", wrong);
        }
    }
}

/// <summary>A session of a foreign interface, with the interface's newest note; null while there is none.</summary>
/// <param name="Session">The session.</param>
/// <param name="Note">The note.</param>
public sealed record FacedSession(Session Session, FaceNote? Note);
