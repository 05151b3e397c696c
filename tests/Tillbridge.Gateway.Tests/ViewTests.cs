using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Tests;

public sealed class ViewTests
{
    private static readonly Session Sale = new(
        new("0123456789abcdef0123456789abcdef"), "till-1",
        new(RequestKind.SaleWithCashback) { Amount = Money.Euro(1250), Cashback = Money.Euro(1000), Language = "cs" },
        DateTimeOffset.UnixEpoch);

    [Fact]
    public void An_open_session_has_every_member_and_null_where_nothing_is_known()
    {
        var json = Write(SessionView.From(Sale));
        string[] members =
        [
            "id", "kind", "terminal", "phase", "outcome", "reason", "message", "amount", "approvedAmount", "amountDiffers", "card",
            "references", "responseCode", "totals", "grounds", "createdAt", "closedAt",
        ];
        foreach (var member in members) Assert.True(json.TryGetProperty(member, out _), member);
        Assert.Equal("saleWithCashback", json.GetProperty("kind").GetString());
        Assert.Equal("prepared", json.GetProperty("phase").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("outcome").ValueKind);
        Assert.Equal(1250, json.GetProperty("amount").GetProperty("minorUnits").GetInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("references").GetProperty("rrn").ValueKind);
    }

    [Theory]
    [InlineData(2250, false)]
    [InlineData(1125, true)]
    public void The_amount_differs_when_it_is_not_what_was_asked_in_all(long approved, bool differs)
    {
        var end = new Conclusion(Outcome.Approved, Reason.Approved) { ApprovedAmount = Money.Euro(approved) };
        var view = SessionView.From(Sale with { Phase = SessionPhase.Closed, Conclusion = end });
        Assert.Equal(differs, view.AmountDiffers);
        Assert.Equal("Schváleno.", view.Message);
        Assert.Equal("Approved.", SessionView.From(Sale with { Conclusion = end }, "en").Message);
    }

    [Fact]
    public void A_concluded_event_carries_the_whole_session()
    {
        var closed = Sale with { Phase = SessionPhase.Closed, Conclusion = new(Outcome.Declined, Reason.DeclinedByIssuer) };
        var view = EventView.From(Record(RecordKind.Concluded, """{"outcome":"declined","reason":"declined-by-issuer"}"""), closed)!;
        var json = JsonElement.Parse(view.Json);
        Assert.Equal((7, "concluded"), (view.Id, view.Event));
        Assert.Equal(Sale.Id.Value, json.GetProperty("session").GetString());
        Assert.Equal("1970-01-01T00:00:00Z", json.GetProperty("at").GetString());
        Assert.Equal("declined", json.GetProperty("result").GetProperty("outcome").GetString());
        Assert.DoesNotContain('\n', view.Json);
    }

    [Theory]
    [InlineData(RecordKind.Intent, "state")]
    [InlineData(RecordKind.State, "state")]
    [InlineData(RecordKind.Action, "state")]
    [InlineData(RecordKind.Incident, "incident")]
    [InlineData(RecordKind.Question, "question")]
    [InlineData(RecordKind.Receipt, "receipt")]
    [InlineData(RecordKind.Frame, null)]
    public void Records_become_the_events_of_the_contract(RecordKind kind, string? name) =>
        Assert.Equal(name, EventView.From(Record(kind, "{}"), null)?.Event);

    [Fact]
    public void Progress_without_words_of_the_terminal_gets_words_or_its_key()
    {
        var bare = JsonElement.Parse(EventView.From(Record(RecordKind.Progress, """{"key":"zvt.status.0A"}"""), Sale)!.Json);
        Assert.Equal("zvt.status.0A", bare.GetProperty("text").GetString());
        var worded = EventView.From(Record(RecordKind.Progress, """{"key":"zvt.status.0A","text":"Insert card"}"""), Sale)!;
        Assert.Equal("Insert card", JsonElement.Parse(worded.Json).GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"phase\":")]
    [InlineData("{\"text\":\"half \\ud83d\"}")]
    public void A_damaged_record_is_named_and_no_other_error(string body)
    {
        var error = Assert.Throws<JournalException>(() => EventView.From(Record(RecordKind.State, body), null));
        Assert.Equal(JournalFault.Corrupt, error.Fault);
        Assert.Contains("record 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_progress_key_that_is_no_text_is_told_as_it_stands()
    {
        var json = JsonElement.Parse(EventView.From(Record(RecordKind.Progress, """{"key":7}"""), null)!.Json);
        Assert.Equal(7, json.GetProperty("key").GetInt32());
        Assert.False(json.TryGetProperty("text", out _));
    }

    private static JournalRecord Record(RecordKind kind, string body) =>
        new(7, DateTimeOffset.UnixEpoch, Sale.Id, "till-1", kind, body, "00");

    private static JsonElement Write(SessionView view) =>
        JsonSerializer.SerializeToElement(view, ApiJson.Default.SessionView);
}
