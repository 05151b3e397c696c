using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Tillbridge.Journal.Frames;

/// <summary>Frames as a reader of records sees them: one record each, with number and hash of the record that brought them.</summary>
internal static class FrameRecords
{
    private const string NotKept = "The frames of this place are not kept any more.";

    /// <summary>A record with the frames that came before it.</summary>
    /// <param name="record">The record; one that only carries frames is not told beside them.</param>
    /// <param name="pack">Its frames; null when it has none, or they are not kept any more.</param>
    /// <returns>Oldest first; never nothing.</returns>
    public static IEnumerable<JournalRecord> Of(JournalRecord record, byte[]? pack)
    {
        if (record.FramesHash is not null)
        {
            if (pack is null) yield return As(record, record.At, Text(fromTerminal: true, NotKept));
            else foreach (var frame in Read(record, pack)) yield return frame;
        }

        if (record.FramesHash is null || record.Kind is not RecordKind.Frame) yield return record;
    }

    private static IEnumerable<JournalRecord> Read(JournalRecord record, byte[] pack)
    {
        try
        {
            if (FramePack.HashOf(pack) == record.FramesHash)
                return [.. FramePack.Read(pack).Select(frame => As(record, frame.At, Body(frame)))];
        }
        catch (JournalException damaged) when (damaged.Fault is JournalFault.Corrupt)
        {
            // Told as what it is, below.
        }

        var damage = $"The frames before record {record.Sequence} are damaged and are not told.";
        return [As(record, record.At, Text(fromTerminal: true, damage))];
    }

    private static JournalRecord As(JournalRecord carrier, DateTimeOffset at, string body) =>
        carrier with { At = at, Kind = RecordKind.Frame, Body = body, StateHash = null, FramesHash = null };

    private static string Body(JournalFrame frame) => frame.Form.Length == 0
        ? Text(frame.FromTerminal, Encoding.UTF8.GetString(frame.Bytes.Span))
        : Build(frame.FromTerminal, json =>
        {
            json.WriteString("form", frame.Form);
            json.WriteString("bytes", Convert.ToHexString(frame.Bytes.Span));
        });

    private static string Text(bool fromTerminal, string text) => Build(fromTerminal, json => json.WriteString("dump", text));

    private static string Build(bool fromTerminal, Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("from", fromTerminal ? "terminal" : "ecr");
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
