using System.Net;
using System.Text.Json;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>What becomes of an approval that nobody saw, where the shop wants it reversed (reference §7.3).</summary>
public sealed class OrphanTests : FaceBench
{
    private protected override CallbackSettings Face => new()
    {
        OnUndeliverable = OnUndeliverable.Continue, OrphanApproved = OrphanApproved.Reverse,
        ReverseAfter = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromSeconds(1),
    };

    [Fact]
    public async Task An_approval_that_nobody_can_have_seen_is_reversed_once()
    {
        using var events = await SseReader.Open(Gateway.Client, "/v1/events");
        var id = await DiesBeforeTheEnd();
        Assert.Equal("approved", (await Reversal(events)).GetProperty("outcome").GetString());
        Assert.Equal(0, Gateway.Acquirer.Net);
        Sink.Open();
        var end = await Sink.End(id, Stop, 60);
        Assert.False(end.Success);
        Assert.Equal("reversed-unseen", end.Code);
        var entry = Assert.Single(await Listed());
        Assert.Equal("approved", entry.GetProperty("Reversal").GetProperty("Outcome").GetString());
    }

    [Fact]
    public async Task An_approval_that_may_have_been_seen_is_not_reversed()
    {
        Sink.Act = (message, _) => message.IsIntermediate ? new() : new(500);
        var id = await Taken("Authorisation", "1250");
        await Sink.Await(message => !message.IsIntermediate && message.SessionId == id && Ends(id) >= 5, Stop, 40);
        Assert.Equal(1250, Gateway.Acquirer.Net);
        Assert.Equal(1, Gateway.Scripts().Taken);
    }

    [Fact]
    public async Task Who_read_the_approval_in_the_list_keeps_it()
    {
        var id = await DiesBeforeTheEnd();
        var other = CallbackSink.Start();
        var answer = await Send($$"""{"Command":"GetAbortedSessions","CallbackUrl":"{{other.Url}}","Parameter":"{{id}}"}""");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        await other.Await(message => !message.IsIntermediate, Stop);
        Sink.Open();
        Assert.True((await Sink.End(id, Stop, 60)).Success);
        Assert.Equal(1250, Gateway.Acquirer.Net);
        await other.DisposeAsync();
    }

    private int Ends(string id) => Sink.Messages.Count(message => message.SessionId == id && !message.IsIntermediate);

    // The receiver goes away while the payment runs, and nobody stops the payment for that.
    private async Task<string> DiesBeforeTheEnd()
    {
        Gateway.Scripts().ReplaceFromJson("""{"next":[{"slowSeconds":3}]}""");
        var id = await Taken("Authorisation", "1250");
        await Sink.Await(message => message.SessionId == id && message.Sequence > 1, Stop);
        await Sink.Close();
        await Gateway.Get($"/v1/sessions/{id}?wait=30");
        return id;
    }

    // The end of the first reversal that anybody orders.
    private static async Task<JsonElement> Reversal(SseReader events)
    {
        while (await events.Next() is { } one)
        {
            if (one.Event != "concluded") continue;
            var result = one.Data.GetProperty("result");
            if (result.GetProperty("kind").GetString() == "reversal") return result;
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
