using System.Text;
using System.Text.Json;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>The whole dialogue of each command (reference §5, §13).</summary>
public sealed class DialogueTests : FaceBench
{
    private static readonly string[] OwnFields =
        ["Command", "Success", "Value", "IsIntermediateState", "ReceiptNumber", "ReceiptText"];

    protected override string[] Terminals => ["till-1", "till-2"];

    private protected override CallbackSettings Face => new() { Terminal = "till-1" };

    [Fact]
    public async Task An_authorisation_tells_its_progress_and_one_end()
    {
        var id = await Taken("Authorisation", "1250");
        var end = await Sink.End(id, Stop);
        var all = Sink.Messages.Where(message => message.SessionId == id).ToList();

        Assert.True(end.Success);
        Assert.Equal("Approved", end.Value);
        Assert.Equal("approved", end.Code);
        Assert.Equal("approved", end.Text("Outcome"));
        Assert.Equal(1250, end.Json.GetProperty("ApprovedAmount").GetProperty("minorUnits").GetInt64());
        Assert.Equal(int.Parse(end.Text("Receipt")), end.Json.GetProperty("ReceiptNumber").GetInt32());
        Assert.Contains(end.Json.GetProperty("ReceiptText").EnumerateArray(), line =>
            SinkMessage.Decode(line.GetString()!).Contains("12.50", StringComparison.Ordinal));
        Assert.Equal("accepted", all[0].Code);
        Assert.Equal(1, all[0].Sequence);
        Assert.Single(all, message => !message.IsIntermediate);
        Assert.Equal(all.Select(message => message.Sequence).Order(), all.Select(message => message.Sequence));
        Assert.Equal(all.Count, all.Select(message => message.Sequence).Distinct().Count());
        Assert.All(all, message => Assert.Equal(OwnFields, message.Json.EnumerateObject().Take(6).Select(field => field.Name)));
        Assert.Contains(all, message => message.Code == "insert-card");
        Assert.Equal(1250, Gateway.Acquirer.Net);
        Assert.Empty(await Listed());
    }

    [Fact]
    public async Task No_message_overtakes_the_answer()
    {
        for (var round = 0; round < 20; round++)
        {
            var asked = DateTimeOffset.UtcNow;
            var id = await Taken("IsIdle");
            var known = DateTimeOffset.UtcNow;
            var end = await Sink.End(id, Stop);
            Assert.True(end.At >= asked);
            Assert.True(end.At >= known - TimeSpan.FromMilliseconds(50), $"{end.At:O} before {known:O}");
        }
    }

    [Theory]
    [InlineData("1009901", false, "declined")]
    [InlineData("1009902", false, "cancelled")]
    [InlineData("1009903", false, "cancelled")]
    [InlineData("1009908", false, "failed")]
    [InlineData("1009911", true, "approved")]
    [InlineData("1009914", true, "approved")]
    public async Task The_end_tells_the_true_outcome(string amount, bool success, string outcome)
    {
        var end = await Ended("Authorisation", amount);
        Assert.Equal(success, end.Success);
        Assert.Equal(outcome, end.Text("Outcome"));
        Assert.Equal(success ? long.Parse(amount) : 0, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task Another_amount_than_asked_is_no_success_and_stands_in_the_list()
    {
        var end = await Ended("Authorisation", "1009906");
        Assert.False(end.Success);
        Assert.Equal("amount-differs", end.Code);
        Assert.Equal(504953, end.Json.GetProperty("ApprovedAmount").GetProperty("minorUnits").GetInt64());
        var entry = Assert.Single(await Listed());
        Assert.Equal("invalid", entry.GetProperty("Kind").GetString());
        Assert.Equal("approved", entry.GetProperty("Outcome").GetString());
    }

    [Fact]
    public async Task A_cancelled_payment_stands_in_the_list_until_it_is_removed()
    {
        var end = await Ended("Authorisation", "1009902");
        // The sink has the message a moment before its delivery is written down.
        var entry = Assert.Single(await Listed());
        for (var looks = 0; looks < 20 && !entry.GetProperty("Delivered").GetBoolean(); looks++) entry = Assert.Single(await Listed());
        Assert.Equal(end.SessionId, entry.GetProperty("Id").GetString());
        Assert.Equal("aborted", entry.GetProperty("Kind").GetString());
        Assert.Equal("cancelled", entry.GetProperty("Outcome").GetString());
        Assert.True(entry.GetProperty("Delivered").GetBoolean());

        var removed = await Ended("RemoveAbortedSession", end.SessionId);
        Assert.True(removed.Success);
        Assert.Empty(await Listed());
        await Gateway.Restart();
        Assert.Empty(await Listed());
        var again = await Ended("RemoveAbortedSession", end.SessionId);
        Assert.True(again.Success);
        Assert.Equal("already-removed", again.Code);
        Assert.Equal("not-found", (await Ended("RemoveAbortedSession", "nonsense")).Code);
    }

    [Fact]
    public async Task Nobody_decides_what_is_known()
    {
        var end = await Ended("Authorisation", "1250");

        var removed = await Ended("RemoveAbortedSession", $"{end.SessionId} failed supervisor-1");

        Assert.False(removed.Success);
        Assert.Equal("wrong-state", removed.Code);
        Assert.Contains("approved", removed.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_line_is_recovered_before_the_end_is_told()
    {
        var end = await Ended("Authorisation", "1009905");
        Assert.True(end.Success);
        Assert.True(end.Json.GetProperty("Recovered").GetBoolean());
        Assert.Contains(Sink.Messages, message => message.Code == "link-lost" && !message.Success);
        Assert.Equal(1009905, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task An_unknown_outcome_says_so_and_closes_the_terminal_until_a_person_resolves_it()
    {
        var end = await Ended("Authorisation", "1009913");
        Assert.False(end.Success);
        Assert.Equal("unknown", end.Text("Outcome"));
        Assert.StartsWith("OUTCOME UNKNOWN", end.Value, StringComparison.Ordinal);
        IsRefused(await Command("Authorisation", "100"), 409, "unresolved-session");
        IsRefused(await Command("EndOfDay"), 409, "unresolved-session");
        IsRefused(await Command("Reversal"), 409, "unresolved-session");
        Assert.False((await Ended("IsIdle")).Success);
        var entry = Assert.Single(await Listed());
        Assert.Equal("unfinished", entry.GetProperty("Kind").GetString());
        Assert.Equal("exhausted", entry.GetProperty("Recovery").GetString());

        Assert.Equal("unresolved-session", (await Ended("RemoveAbortedSession", end.SessionId)).Code);
        var resolved = await Ended("RemoveAbortedSession", $"{end.SessionId} approved supervisor-1");
        Assert.True(resolved.Success);
        Assert.Empty(await Listed());
        Assert.True((await Ended("IsIdle")).Success);
        var session = await Gateway.Get($"/v1/sessions/{end.SessionId}");
        Assert.Equal("approved", session.Json.GetProperty("outcome").GetString());
        Assert.Equal("supervisor-1", session.Json.GetProperty("resolvedBy").GetString());
    }

    [Fact]
    public async Task The_previous_payment_is_reversed_once_and_never_another()
    {
        IsRefused(await Command("Reversal"), 409, "nothing-to-reverse");
        var sale = await Ended("Authorisation", "2500");
        Assert.False((await Ended("Authorisation", "9901")).Success);
        IsRefused(await Command("Reversal", new string('a', 32)), 422, "invalid-parameter");
        var end = await Ended("Reversal", sale.SessionId);
        Assert.True(end.Success);
        Assert.Equal("Approved", end.Value);
        var probe = Sink.Messages.First(message => message.SessionId == end.SessionId);
        Assert.Contains("25.00 EUR", probe.Value, StringComparison.Ordinal);
        Assert.Contains(sale.Text("Receipt"), probe.Value, StringComparison.Ordinal);
        Assert.Equal(0, Gateway.Acquirer.Net);
        IsRefused(await Command("Reversal"), 409, "already-reversed");
    }

    [Fact]
    public async Task After_the_end_of_day_nothing_is_reversed()
    {
        await Ended("Authorisation", "2500");
        var end = await Ended("EndOfDay");
        Assert.True(end.Success, end.Raw);
        Assert.Contains("25.00 EUR", end.Value, StringComparison.Ordinal);
        Assert.NotEmpty(end.Json.GetProperty("ReceiptText").EnumerateArray());
        IsRefused(await Command("Reversal"), 409, "nothing-to-reverse");
    }

    [Fact]
    public async Task A_simple_diagnosis_tells_that_the_terminal_is_ready()
    {
        var end = await Ended("DiagnosisSimple");
        Assert.True(end.Success);
        Assert.NotEqual("", end.Value);
        Assert.Single(Sink.Messages, message => message.SessionId == end.SessionId && !message.IsIntermediate);
    }

    [Fact]
    public async Task A_running_payment_is_cancelled_and_its_own_end_comes_first()
    {
        var payment = await Taken("Authorisation", "1009907");
        await Sink.Await(message => message.SessionId == payment && message.Code != "accepted", Stop);
        Assert.False((await Ended("IsIdle")).Success);
        IsRefused(await Command("Authorisation", "100"), 409, "terminal-busy");
        IsRefused(await Command("CancelTransaction", new string('b', 32)), 409, "nothing-to-cancel");
        var cancel = await Ended("CancelTransaction");
        Assert.True(cancel.Success, cancel.Raw);
        var ends = Sink.Messages.Where(message => !message.IsIntermediate && message.Command is "Authorisation" or "CancelTransaction")
            .Where(message => !message.IsIntermediate).Select(message => message.Command);
        Assert.Equal(["Authorisation", "CancelTransaction"], ends);
        Assert.Contains(Sink.Messages, message => message.Code == "abort-requested" && !message.Success);
        Assert.Equal(0, Gateway.Acquirer.Net);
        Assert.Equal("aborted", Assert.Single(await Listed()).GetProperty("Kind").GetString());
        IsRefused(await Command("CancelTransaction"), 409, "nothing-to-cancel");
    }

    [Fact]
    public async Task Two_terminals_run_side_by_side()
    {
        var slow = await Taken("Authorisation", "1009907", "/terminals/till-1");
        var quick = await Ended("Authorisation", "700", "/terminals/till-2");
        Assert.True(quick.Success);
        Assert.Equal("till-2", quick.Text("Terminal"));
        Assert.True((await Ended("IsIdle", path: "/terminals/till-2")).Success);
        await Ended("CancelTransaction", slow, "/terminals/till-1");
        IsRefused(await Command("IsIdle", path: "/terminals/Till-1"), 404, "unknown-terminal");
    }

    [Fact]
    public async Task The_same_key_in_another_form_of_Unicode_is_charged_once()
    {
        const string Order = """{"Command":"Authorisation","CallbackUrl":"U","Parameter":"1250","IdempotencyKey":"K"}""";
        var body = Order.Replace("\"U\"", $"\"{Sink.Url}\"", StringComparison.Ordinal);
        var taken = await Send(body.Replace("\"K\"", "\"cafe\u0301\"", StringComparison.Ordinal));
        var first = taken.Json.GetProperty("SessionId").GetString()!;
        await Sink.End(first, Stop);
        var again = await Send(body.Replace("\"K\"", "\"caf\u00E9\"", StringComparison.Ordinal));
        Assert.Equal(first, again.Json.GetProperty("SessionId").GetString());
        Assert.Equal(1250, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task The_same_key_is_charged_once()
    {
        var first = await Ended("Authorisation", "1250", key: "order-7");
        var again = await Command("Authorisation", "1250", key: "order-7");
        Assert.Equal("replayed", again.Headers.GetValues("Tillbridge-Code").Single());
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
        Assert.Equal(first.SessionId, again.Json.GetProperty("SessionId").GetString());
        IsRefused(await Command("Authorisation", "1251", key: "order-7"), 409, "idempotency-conflict");
        await Sink.Await(message => message.SessionId == first.SessionId && !message.IsIntermediate && message.At > first.At, Stop);
        var ends = Sink.Messages.Where(message => message.SessionId == first.SessionId && !message.IsIntermediate).ToList();
        Assert.Equal(ends[0].Sequence, ends[1].Sequence);
        Assert.Equal(1250, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task A_repeat_that_comes_while_the_end_is_on_its_way_is_told_the_end_once_more()
    {
        Sink.Act = (message, _) => message.IsIntermediate || message.Command != "Authorisation"
            ? new() : new() { Delay = TimeSpan.FromMilliseconds(500) };
        var first = await Ended("Authorisation", "1250", key: "order-9");
        await Taken("Authorisation", "1250", key: "order-9");
        await Sink.Await(message => message.SessionId == first.SessionId && !message.IsIntermediate && message.At > first.At, Stop);
        Assert.Equal(1250, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task A_key_whose_session_failed_before_the_first_byte_can_be_used_again()
    {
        await Sink.Close();
        var id = await Taken("Authorisation", "1250", key: "order-8");
        await Closed(id);
        Sink.Open();
        var again = await Taken("Authorisation", "1250", key: "order-8");
        Assert.NotEqual(id, again);
        Assert.True((await Sink.End(again, Stop)).Success);
        Assert.Equal(1250, Gateway.Acquirer.Net);
    }

    private async Task Closed(string id) => await Gateway.Get($"/v1/sessions/{id}?wait=30");
}
