using System.Net;
using System.Text;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>The face as the first clients know it: six fields, answers in pairs, another character set, keys shown.</summary>
public sealed class OldClientTests : FaceBench
{
    private const string Key = "a-key-of-some-length-0123456789";

    private protected override CallbackSettings Face => new()
    {
        Extensions = false, QueryInPairs = true, HttpStatusAsText = true, AliasIntermediateState = true, Charset = "cp437",
        Auth = CallbackAuth.Basic, ReceiptText = ReceiptChoice.Both,
    };

    [Fact]
    public async Task Only_the_fields_of_old_are_sent_and_only_to_who_shows_a_key()
    {
        await Gateway.Restart(settings => settings with { ApiKeys = [Key] });
        IsAnswered(401, await Ask("", out _));
        IsAnswered(401, await Ask("Bearer " + Key, out _));
        IsAnswered(200, await Ask("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("cashier-2:" + Key)), out _));
        await Sink.Await(message => !message.IsIntermediate, Stop);
        string[] names = ["Command", "Success", "Value", "IsIntermediateState", "IntermediateState", "ReceiptNumber", "ReceiptText"];
        Assert.Equal(2, Sink.Messages.Count);
        Assert.All(Sink.Messages, message => Assert.Equal(names, message.Json.EnumerateObject().Select(field => field.Name)));
        Assert.True(Sink.Messages[0].IsIntermediate);
        Assert.All(Sink.Messages, message => Assert.Equal(-1, message.Json.GetProperty("ReceiptNumber").GetInt32()));
    }

    [Theory]
    [InlineData("utf-8", "Größe", "R3LDtsOfZQ==")]
    [InlineData("cp437", "Größe", "R3KU4WU=")]
    [InlineData("iso-8859-1", "Größe", "R3L232U=")]
    [InlineData("ascii", "Größe", "R3I/P2U=")]
    [InlineData("windows-1252", "€", "gA==")]
    [InlineData("iso-8859-1", "€", "Pw==")]
    [InlineData("utf-8", "a\u0007b\f", "YWIM")]
    [InlineData("utf-8", "", "")]
    public void Texts_are_carried_in_the_chosen_set(string charset, string text, string base64) =>
        Assert.Equal(base64, new CallbackText(charset).Encode(text));

    [Fact]
    public void What_a_set_lacks_is_counted()
    {
        var text = new CallbackText("ascii");
        text.Encode("wörd?");
        Assert.Equal(1, text.Replaced);
    }

    private Task<HttpResponseMessage> Ask(string authorization, out HttpClient client)
    {
        client = new HttpClient();
        var request = new HttpRequestMessage(HttpMethod.Post, Gateway.CallbackAddress)
        {
            Content = new StringContent($$"""{"Command":"IsIdle","CallbackUrl":"{{Sink.Url}}"}"""),
        };
        if (authorization.Length > 0) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return client.SendAsync(request, Stop);
    }

    private static void IsAnswered(int status, HttpResponseMessage answer)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        var body = System.Text.Json.JsonElement.Parse(answer.Content.ReadAsStringAsync(Stop).GetAwaiter().GetResult());
        Assert.Equal($"{status}", body.GetProperty("HttpStatus").GetString());
        answer.Dispose();
    }
}
