using System.Text;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>
/// Journal records as events. The input is the word of the record's kind, a blank and its body. What is told is a body itself, so that it
/// can be told again and must then be the same.
/// </summary>
internal sealed class EventParser() : ProtocolParser("gateway/event")
{
    // As other texts: beyond, the platform's decoding of broken UTF-8 would be measured.
    private const int MostBytes = 16 * 1024;

    private static readonly SessionId Id = new(new string('a', 32));

    private static readonly Session Closed = new(
        Id, "till-1", new(RequestKind.Sale) { Amount = Money.Euro(1250), Language = "cs" }, DateTimeOffset.UnixEpoch)
    {
        Phase = SessionPhase.Closed,
        Conclusion = new(Outcome.Approved, Reason.Approved) { ApprovedAmount = Money.Euro(1250) },
    };

    public override object? Read(ReadOnlySpan<byte> input)
    {
        if (input.Length > MostBytes) return null;
        var text = Encoding.UTF8.GetString(input);
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !Words<RecordKind>.ByWord.TryGetValue(text[..blank], out var kind)) return null;
        var record = new JournalRecord(7, DateTimeOffset.UnixEpoch, Id, "till-1", kind, text[(blank + 1)..], "");
        try
        {
            return EventView.From(record, Closed, ProtocolCatalog.ByName) is { } view ? (kind, view) : null;
        }
        catch (JournalException)
        {
            return null; // A damaged body; the one error that is known here.
        }
    }

    public override byte[]? Write(object read)
    {
        var (kind, view) = ((RecordKind, EventView))read;
        // Each event is one line of a stream, and an object whose first words are ours.
        Invariant.Holds(!view.Json.AsSpan().ContainsAny('\n', '\r'), "an event is one line");
        using var json = JsonDocument.Parse(view.Json);
        Invariant.Holds(json.RootElement.EnumerateObject().First().NameEquals("event"), "an event begins with its name");
        Invariant.Holds(json.RootElement.GetProperty("event").GetString() == view.Event, "an event has one name");
        Invariant.Holds(json.RootElement.GetProperty("session").GetString() == Id.Value, "an event is of its record's session");
        // With our words before the body's own, and its text twice, it can be too long to be read again.
        return Encoding.UTF8.GetBytes($"{Words<RecordKind>.Of(kind)} {view.Json}") is { Length: <= MostBytes } written ? written : null;
    }
}
