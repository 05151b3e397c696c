using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tillbridge.Domain;

namespace Tillbridge.Facades.K2.Links;

/// <summary>The engine behind a gateway, by its API.</summary>
internal sealed class GatewayLink : IK2Link
{
    private const int MostAnswerBytes = 4 * 1024 * 1024;
    private const int MostLookedAt = 200;
    private const string Who = """{"by":"k2"}""";

    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly HttpClient http;
    private readonly TimeProvider clock;

    public GatewayLink(Uri gateway, string? key, TimeProvider clock)
    {
        this.clock = clock;
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) })
        {
            BaseAddress = gateway, Timeout = RequestLimit, MaxResponseContentBufferSize = MostAnswerBytes,
        };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string HolderOf(K2Caller caller) => $"{caller.Workstation}\n{caller.User?.ToUpperInvariant()}";

    public async Task<K2Started> Start(K2Order order, CancellationToken shutdown)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = Json(Body(order).ToJsonString()) };
        request.Headers.Add("Idempotency-Key", order.Key);
        try
        {
            using var answer = await http.SendAsync(request, shutdown);
            using var json = await Read(answer, shutdown);
            var root = json?.RootElement;
            if (answer.IsSuccessStatusCode && Text(root, "id") is { } id) return new(id, null);
            return new(null, Refused((int)answer.StatusCode, root));
        }
        catch (HttpRequestException failure) when (
            failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return new(null, new(K2RefusalKind.Unreachable, $"The gateway at {http.BaseAddress} is not reached: {failure.Message}"));
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || IsTimeOut(lost, shutdown))
        {
            return new(null, new(K2RefusalKind.Uncertain, $"The gateway at {http.BaseAddress} gave no answer: {lost.Message}"));
        }
    }

    public async Task<K2Started> Look(K2Order order, CancellationToken shutdown)
    {
        using var newest = await Get($"/v1/sessions?limit={MostLookedAt}", shutdown);
        if (newest is null) return new(null, new(K2RefusalKind.Uncertain, $"The gateway at {http.BaseAddress} gave no answer."));
        if (!newest.RootElement.TryGetProperty("sessions", out var sessions) || sessions.ValueKind is not JsonValueKind.Array)
            return new(null, null);
        var mine = sessions.EnumerateArray().FirstOrDefault(session => K2SessionJson.ClientOf(session) == order.Client);
        return new(Text(mine, "id"), null);
    }

    public async Task<K2Result?> Await(string session, TimeSpan limit, CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        K2Result? last = null;
        while (true)
        {
            var left = limit - clock.GetElapsedTime(begun);
            var poll = left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestPoll ? left : LongestPoll;
            var seconds = ((int)Math.Ceiling(poll.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            var asked = clock.GetTimestamp();
            var seen = await Get($"/v1/sessions/{session}?wait={seconds}", stop);
            if (seen is not null)
            {
                using (seen) last = await ResultOf(seen.RootElement, stop);
            }

            if (last is { IsClosed: true } || clock.GetElapsedTime(begun) >= limit) return last;
            // No answer; or one that came at once, as while the gateway goes down or a confirmation is awaited.
            if (clock.GetElapsedTime(asked) < RetryAfter) await Task.Delay(RetryAfter, clock, stop);
        }
    }

    public Task Abort(string session, CancellationToken shutdown) => Post($"/v1/sessions/{session}/abort", shutdown);

    public Task Displace(string session, CancellationToken shutdown) => Post($"/v1/sessions/{session}/displace", shutdown);

    public async Task<IReadOnlyList<K2Frame>> Frames(string session, CancellationToken shutdown)
    {
        using var timeline = await Get($"/v1/sessions/{session}/timeline", shutdown);
        if (timeline is null || !timeline.RootElement.TryGetProperty("records", out var records)
            || records.ValueKind is not JsonValueKind.Array)
        {
            return [];
        }

        return [.. records.EnumerateArray().Select(FrameOf).OfType<K2Frame>()];
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static K2Frame? FrameOf(JsonElement record) =>
        Text(record, "kind") == "frame" && record.TryGetProperty("body", out var body) && record.TryGetProperty("at", out var at)
            && at.ValueKind is JsonValueKind.String && at.TryGetDateTimeOffset(out var when)
            ? K2FrameText.Read(when, body)
            : null;

    private static JsonObject Body(K2Order order)
    {
        var request = order.Request;
        var body = new JsonObject
        {
            ["kind"] = JsonNamingPolicy.CamelCase.ConvertName(request.Kind.ToString()),
            ["workstation"] = order.Caller.Workstation, ["user"] = order.Caller.User, ["language"] = request.Language,
            ["metadata"] = new JsonObject { [K2Order.Mark] = order.Client },
        };
        if (order.Terminal is { } terminal) body["terminal"] = terminal;
        if (request.Amount is { } amount) body["amount"] = MoneyOf(amount);
        if (request.Cashback is { } cash) body["cashback"] = MoneyOf(cash);
        if (request.Reference is { } reference) body["reference"] = reference;
        if (request.Original?.Approval is { } approval) body["original"] = new JsonObject { ["approval"] = approval };
        return body;
    }

    private static JsonObject MoneyOf(Money money) => new() { ["minorUnits"] = money.MinorUnits, ["currency"] = money.Currency.Code };

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static K2Refusal Refused(int status, JsonElement? problem)
    {
        var (code, field) = (Text(problem, "code"), Text(problem, "field"));
        var kind = code switch
        {
            "terminal-busy" or "too-many-requests" => K2RefusalKind.Busy,
            "unresolved-session" => K2RefusalKind.Unresolved,
            "not-the-last-transaction" => K2RefusalKind.NotTheLast,
            "unsupported-by-terminal" => field == "currency" ? K2RefusalKind.Currency : K2RefusalKind.Unsupported,
            "journal-full" => K2RefusalKind.JournalFull,
            "invalid-request" when field is "workstation" or "user" or "terminal" => K2RefusalKind.NoRoute,
            "invalid-request" when field == "reference" && Text(problem, "session") is not null => K2RefusalKind.SymbolUsed,
            // The gateway's own words for an order that it did not take; what anybody else on the way says proves nothing.
            "invalid-request" or "unauthorized" or "forbidden" or "not-found" or "method-not-allowed" or "not-acceptable"
                or "idempotency-conflict" or "too-large" or "unsupported-media-type" => K2RefusalKind.Invalid,
            _ => K2RefusalKind.Uncertain,
        };
        return new(kind, Text(problem, "detail") ?? $"The gateway answered {status}.", Text(problem, "session"));
    }

    private async Task Post(string path, CancellationToken shutdown)
    {
        try
        {
            using var answer = await http.PostAsync(path, Json(Who), shutdown);
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || IsTimeOut(lost, shutdown))
        {
            // A request only; what became of the session is asked anyway.
        }
    }

    // Null when the gateway gives no usable answer now.
    private async Task<JsonDocument?> Get(string path, CancellationToken stop)
    {
        try
        {
            using var answer = await http.GetAsync(path, stop);
            var json = answer.IsSuccessStatusCode ? await Read(answer, stop) : null;
            if (json is null or { RootElement.ValueKind: JsonValueKind.Object }) return json;
            json.Dispose();
            return null;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || IsTimeOut(lost, stop))
        {
            return null;
        }
    }

    private static async Task<JsonDocument?> Read(HttpResponseMessage answer, CancellationToken stop)
    {
        try
        {
            return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(stop));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<K2Result> ResultOf(JsonElement session, CancellationToken stop)
    {
        var id = Text(session, "id") ?? "";
        var result = K2SessionJson.Read(id, session);
        if (!result.IsClosed) return result;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}/receipt");
        request.Headers.Accept.ParseAdd("text/plain");
        try
        {
            using var answer = await http.SendAsync(request, stop);
            return answer.StatusCode is HttpStatusCode.OK
                ? result with { ReceiptText = (await answer.Content.ReadAsStringAsync(stop)).TrimEnd('\n') }
                : result;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException || IsTimeOut(lost, stop))
        {
            return result;
        }
    }

    private static bool IsTimeOut(Exception lost, CancellationToken stop) =>
        lost is OperationCanceledException && !stop.IsCancellationRequested;

    private static string? Text(JsonElement? from, string name) =>
        from is { ValueKind: JsonValueKind.Object } some && some.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
