using System.Net;
using System.Text.Json;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>A receiver that is down, slow, broken, or gone in the middle (reference §7).</summary>
public sealed class UndeliverableTests : FaceBench
{
    private protected override CallbackSettings Face =>
        new() { Timeout = TimeSpan.FromMilliseconds(1000), GiveUp = TimeSpan.FromSeconds(4) };

    [Fact]
    public async Task A_dead_receiver_costs_no_money_and_the_terminal_is_not_asked()
    {
        await Sink.Close();
        var id = await Taken("Authorisation", "1250");
        var session = await Closed(id);
        Assert.Equal("failed", session.Outcome);
        Assert.Equal("callback-undeliverable", session.Reason);
        Assert.Equal(0, Gateway.Acquirer.Net);
        Assert.Equal(0, Gateway.Scripts().Taken);
        Sink.Open();
        var end = await Sink.End(id, Stop);
        Assert.False(end.Success);
        Assert.Equal("callback-undeliverable", end.Code);
        Assert.Equal("invalid", Assert.Single(await Listed()).GetProperty("Kind").GetString());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(0)]
    [InlineData(302)]
    public async Task A_receiver_that_takes_no_first_message_gets_no_payment(int status)
    {
        var good = status == 302 ? CallbackSink.Start() : null;
        Sink.Act = (message, _) => message.IsIntermediate ? new(status) { Location = good?.Url } : new();
        var end = await Ended("Authorisation", "1250");
        Assert.Equal("callback-undeliverable", end.Code);
        var attempts = Sink.Messages.Count(message => message.IsIntermediate);
        Assert.Equal(status is 404 or 302 ? 1 : 3, attempts);
        Assert.Equal(0, Gateway.Scripts().Taken);
        if (good is null) return;
        Assert.Empty(good.Messages);
        await good.DisposeAsync();
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_given_up_in_time()
    {
        Sink.Act = (message, _) => message.IsIntermediate ? new() { Delay = TimeSpan.FromSeconds(20) } : new();
        var end = await Ended("Authorisation", "1250");
        Assert.Equal("callback-undeliverable", end.Code);
        Assert.Equal(0, Gateway.Acquirer.Net);
    }

    [Fact]
    public async Task A_large_answer_of_a_receiver_is_not_read()
    {
        Sink.Act = (_, _) => new() { BodyBytes = 10 * 1024 * 1024 };
        Assert.True((await Ended("Authorisation", "1250")).Success);
    }

    [Fact]
    public async Task A_receiver_that_dies_on_the_way_lets_the_terminal_be_asked_to_stop()
    {
        Sink.Act = (message, number) => number > 2 && message.IsIntermediate ? new(500) : new();
        var end = await Ended("Authorisation", "1009907");
        Assert.False(end.Success);
        Assert.Equal("cancelled", end.Text("Outcome"));
        Assert.Equal(0, Gateway.Acquirer.Net);
        var entry = Assert.Single(await Listed());
        Assert.Equal("aborted", entry.GetProperty("Kind").GetString());
        Assert.Equal("the receiver answered 500", entry.GetProperty("LastDeliveryError").GetString());
        Assert.NotNull(entry.GetProperty("AbortRequestedAt").GetString());
    }

    [Fact]
    public async Task A_terminal_that_approves_all_the_same_is_listed_with_its_amount()
    {
        Gateway.Scripts().ReplaceFromJson(
            """{"next":[{"ignoreAbort":true,"slowSeconds":6}]}""");
        Sink.Act = (message, number) => number > 2 ? new(500) : new();
        var id = await Taken("Authorisation", "1250");
        var session = await Closed(id);
        Assert.Equal("approved", session.Outcome);
        Assert.Equal(1250, Gateway.Acquirer.Net);
        var told = await Gateway.Get($"/v1/sessions/{id}/timeline");
        Assert.Contains("callback undeliverable", told.Text, StringComparison.Ordinal);
        Sink.Act = (_, _) => new();
        var entry = (await Listed()).Single(one => one.GetProperty("Id").GetString() == id);
        Assert.Equal("aborted", entry.GetProperty("Kind").GetString());
        Assert.Equal("approved", entry.GetProperty("Outcome").GetString());
        Assert.Equal(1250, entry.GetProperty("ApprovedAmount").GetProperty("minorUnits").GetInt64());
    }

    [Fact]
    public async Task An_end_that_is_not_taken_is_told_again_after_a_restart_with_the_same_number()
    {
        Sink.Act = (message, _) => message.IsIntermediate ? new() : new(500);
        var id = await Taken("Authorisation", "1250");
        var first = await Sink.End(id, Stop);
        Sink.Act = (_, _) => new();
        await Gateway.Restart();
        var second = await Sink.Await(message => message.SessionId == id && !message.IsIntermediate && message.At > first.At, Stop);
        Assert.True(second.Success);
        Assert.Equal(first.Sequence, second.Sequence);
        Assert.Equal(1250, Gateway.Acquirer.Net);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Who_asks_again_is_told_at_once_at_the_new_address()
    {
        Sink.Act = (message, _) => message.IsIntermediate ? new() : new(500);
        var id = await Taken("Authorisation", "1250", key: "mine");
        // The sixth attempt is made after 10 s, the next one would be after 30 s.
        await Sink.Await(message => Sink.Messages.Count(one => one.SessionId == id && !one.IsIntermediate) >= 6, Stop, 60);
        await using var newest = CallbackSink.Start();

        await Send(
            $$$"""{"Command":"Authorisation","CallbackUrl":"{{{newest.Url}}}","Parameter":"1250","Language":"en"}""", key: "mine");

        Assert.True((await newest.End(id, Stop, 15)).Success);
    }

    private async Task<(string Outcome, string Reason)> Closed(string id)
    {
        var answer = await Gateway.Get($"/v1/sessions/{id}?wait=60");
        return (answer.Json.GetProperty("outcome").GetString()!, answer.Json.GetProperty("reason").GetString()!);
    }
}
