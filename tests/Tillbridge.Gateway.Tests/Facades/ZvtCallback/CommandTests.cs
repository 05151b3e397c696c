using System.Net;
using System.Text;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Tests.Domain;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>What a programmer gets wrong, and what he is told (reference §2, §3, §12).</summary>
public sealed class CommandTests : FaceBench
{
    [Theory]
    [InlineData("""{"Command":"authorisation","CallbackUrl":"U","Parameter":"1"}""", 422, "unknown-command", "'Authorisation'")]
    [InlineData("""{"Command":"ISIDLE","CallbackUrl":"U"}""", 422, "unknown-command", "'IsIdle'")]
    [InlineData("""{"Command":"Pay","CallbackUrl":"U"}""", 422, "unknown-command", "Authorisation")]
    [InlineData("""{"Command":"2","CallbackUrl":"U"}""", 422, "unknown-command", "known are")]
    [InlineData("""{"command":"IsIdle","CallbackUrl":"U"}""", 400, "invalid-request", "case-sensitive")]
    [InlineData("""{"CallbackUrl":"U"}""", 400, "invalid-request", "Command is missing")]
    [InlineData("""{"Command":7,"CallbackUrl":"U"}""", 400, "invalid-request", "text")]
    [InlineData("""{"Command":"IsIdle"}""", 422, "invalid-callback-url", "CallbackUrl is missing")]
    [InlineData("""{"Command":"IsIdle","CallbackUrl":5}""", 422, "invalid-callback-url", "text")]
    [InlineData("""{"Command":"IsIdle","CallbackUrl":"U","CallbackUrl":"U"}""", 400, "invalid-request", "twice")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"12.50"}""", 422, "invalid-parameter", "1250")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"12,50"}""", 422, "invalid-parameter", "1250")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":12.5}""", 422, "invalid-parameter", "not a number")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":1250}""", 422, "invalid-parameter", "not a number")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"-1"}""", 422, "invalid-parameter", "digits")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"0"}""", 422, "invalid-parameter", "above zero")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"000"}""", 422, "invalid-parameter", "above zero")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"1234567890123"}""", 422, "invalid-parameter", "12 digits")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"100000000"}""", 422, "invalid-parameter", "maxAmount")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":null}""", 422, "invalid-parameter", "digits")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U"}""", 422, "invalid-parameter", "digits")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"١٢"}""", 422, "invalid-parameter", "digits")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"1","Currency":"CHF"}""", 422, "invalid-parameter", "EUR")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","Parameter":"1","Language":"xx"}""", 422, "invalid-parameter", "Language")]
    [InlineData("""{"Command":"RemoveAbortedSession","CallbackUrl":"U"}""", 422, "invalid-parameter", "SessionId")]
    [InlineData("""{"Command":"Reversal","CallbackUrl":"U"}""", 409, "nothing-to-reverse", "no payment")]
    [InlineData("""{"Command":"CancelTransaction","CallbackUrl":"U"}""", 409, "nothing-to-cancel", "Nothing runs")]
    [InlineData("""{"Command":"EndOfDay","CallbackUrl":"U","IdempotencyKey":"a\u200Bb"}""", 400, "invalid-request", "U+200B")]
    [InlineData("""{"Command":"EndOfDay","CallbackUrl":"U","IdempotencyKey":"a "}""", 400, "invalid-request", "blank")]
    [InlineData("""{"Command":"EndOfDay","CallbackUrl":"U","idempotencyKey":"k"}""", 422, "invalid-parameter", "IdempotencyKey")]
    [InlineData("""{"Command":"IsIdle","CallbackUrl":"U","LANGUAGE":"de"}""", 422, "invalid-parameter", "write Language")]
    [InlineData("""{"Command":"Authorisation","CallbackUrl":"U","SessionId":"x"}""", 422, "invalid-parameter", "IdempotencyKey")]
    [InlineData("""{"Command":"EndOfDay","CallbackUrl":"U","sessionId":"x"}""", 422, "invalid-parameter", "SessionId")]
    [InlineData("""[1]""", 400, "invalid-request", "object")]
    [InlineData("""{"Command":""", 400, "invalid-request", "JSON")]
    [InlineData("", 400, "invalid-request", "JSON")]
    [InlineData("""{"Command":"IsIdle","CallbackUrl":"U","a":{"b":{"c":{"d":{"e":1}}}}}""", 400, "invalid-request", "deeper")]
    public async Task A_wrong_command_is_told_so_that_a_programmer_understands(string body, int status, string code, string hint)
    {
        var answer = await Send(body.Replace("\"U\"", $"\"{Sink.Url}\"", StringComparison.Ordinal));
        IsRefused(answer, status, code);
        Assert.Contains(hint, answer.Json.GetProperty("Message").GetString(), StringComparison.Ordinal);
        Assert.Empty(Sink.Messages);
    }

    [Theory]
    [InlineData("IdempotencyKey")]
    [InlineData("Reference")]
    public async Task A_card_number_in_a_callers_words_is_refused_and_not_said_again(string field)
    {
        var number = CardSamples.Number("411111", 16);

        var answer = await Send(
            $$$"""{"Command":"Authorisation","CallbackUrl":"{{{Sink.Url}}}","Parameter":"1250","{{{field}}}":"x {{{number}}}"}""");

        IsRefused(answer, 422, "invalid-parameter");
        Assert.DoesNotContain(number, answer.Text, StringComparison.Ordinal);
        Assert.Empty(Gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x", 422, "invalid-callback-url")]
    [InlineData("/relative", 422, "invalid-callback-url")]
    [InlineData("http://user:pw@127.0.0.1:9/x", 422, "invalid-callback-url")]
    [InlineData("http://127.0.0.1:9/x#y", 422, "invalid-callback-url")]
    [InlineData("http://example.com/x", 403, "callback-not-allowed")]
    [InlineData("http://192.168.1.7:9/x", 403, "callback-not-allowed")]
    [InlineData("http://169.254.169.254/latest", 403, "callback-not-allowed")]
    [InlineData("http://[fe80::1]/x", 403, "callback-not-allowed")]
    [InlineData("http://[::ffff:169.254.169.254]/x", 403, "callback-not-allowed")]
    [InlineData("http://0.0.0.0:9/x", 403, "callback-not-allowed")]
    public async Task A_callback_address_that_may_not_be_called_is_refused_by_name(string url, int status, string code)
    {
        var answer = await Send($$"""{"Command":"Authorisation","CallbackUrl":"{{url}}","Parameter":"1250"}""");
        IsRefused(answer, status, code);
        Assert.Equal(0, Gateway.Scripts().Taken);
    }

    [Fact]
    public async Task Our_own_listeners_are_never_called()
    {
        foreach (var own in new[] { Gateway.Address, Gateway.CallbackAddress })
            IsRefused(await Send($$"""{"Command":"IsIdle","CallbackUrl":"{{own}}"}"""), 403, "callback-not-allowed");
    }

    [Fact]
    public async Task What_a_lenient_client_may_send_is_taken()
    {
        var order = $$"""{"Command":"Authorisation","CallbackUrl":"{{Sink.Url}}","Parameter":"000100","Something":{"else":1} }""";
        using var client = new HttpClient();
        // The byte order mark and the form type of a PHP page.
        var content = new ByteArrayContent([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(order)]);
        content.Headers.ContentType = new("application/x-www-form-urlencoded");
        var answer = await client.PostAsync(Gateway.CallbackAddress, content, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Sink.Await(message => !message.IsIntermediate, Stop);
        Assert.Equal(100, Gateway.Acquirer.Net);
    }

    [Theory]
    [InlineData("GET", "/", 405, "method-not-allowed")]
    [InlineData("POST", "/v1/sessions", 404, "not-found")]
    [InlineData("POST", "/terminals/", 404, "not-found")]
    [InlineData("POST", "/terminals/a/b", 404, "not-found")]
    public async Task Nothing_else_is_served_here(string method, string path, int status, string code)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new(method), new Uri(Gateway.CallbackAddress, path));
        using var response = await client.SendAsync(request, Stop);
        IsRefused(
            new(response.StatusCode, await response.Content.ReadAsStringAsync(Stop), response.Headers, response.Content.Headers),
            status, code);
    }

    [Fact]
    public async Task Foreign_pages_and_foreign_names_are_kept_out()
    {
        var idle = $$"""{"Command":"IsIdle","CallbackUrl":"{{Sink.Url}}"}""";
        Assert.Equal(421, await Status(idle, request => request.Headers.Host = "evil.example"));
        Assert.Equal(403, await Status(idle, request => request.Headers.Add("Origin", "https://evil.example")));
        Assert.Equal(413, await Status(idle + new string(' ', 17 * 1024), _ => { }));
        Assert.Empty(Sink.Messages);
    }

    [Fact]
    public async Task Health_needs_no_command()
    {
        using var client = new HttpClient();
        var answer = await client.GetAsync(new Uri(Gateway.CallbackAddress, "/health"), Stop);
        Assert.Equal("""{"status":"ok"}""", await answer.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task More_than_fifty_commands_in_ten_seconds_are_too_many()
    {
        for (var sent = 0; sent < 50; sent++) await Send("{}");
        IsRefused(await Command("IsIdle"), 429, "too-many-requests");
    }

    private async Task<int> Status(string body, Action<HttpRequestMessage> change)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Gateway.CallbackAddress) { Content = new StringContent(body) };
        change(request);
        using var response = await client.SendAsync(request, Stop);
        return (int)response.StatusCode;
    }
}
