using System.Net;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests;

public sealed class SessionsApiTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task A_sale_is_approved_and_found_again()
    {
        var answer = await gateway.Post("/v1/sessions", """
            {"kind":"sale","terminal":"till-1","amount":{"minorUnits":1250,"currency":"EUR"},"tip":null,
             "reference":"2026001234","language":"cs","metadata":{"table":"7"}}
            """, "key-1", wait: 30);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal("wait=30", answer.Headers.GetValues("Preference-Applied").Single());
        var session = answer.Json;
        Assert.Equal("closed", session.GetProperty("phase").GetString());
        Assert.Equal("approved", session.GetProperty("outcome").GetString());
        Assert.Equal("Schváleno.", session.GetProperty("message").GetString());
        Assert.Equal(1250, session.GetProperty("approvedAmount").GetProperty("minorUnits").GetInt64());
        Assert.False(session.GetProperty("amountDiffers").GetBoolean());
        Assert.Equal("""["result-on-the-line","result-is-true"]""", session.GetProperty("grounds").GetRawText());
        Assert.Equal("7", session.GetProperty("metadata").GetProperty("table").GetString());
        Assert.Equal(1250, Assert.Single(gateway.Acquirer.Lines).MinorUnits);

        var location = answer.Headers.Location!.OriginalString;
        Assert.Equal($"/v1/sessions/{session.GetProperty("id").GetString()}", location);
        Assert.Equal(answer.Text, (await gateway.Get(location + "?wait=5")).Text);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_session_and_charges_once()
    {
        var first = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "key-1", wait: 30);
        var second = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "key-1", wait: 30);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Equal(first.Text, second.Text);
        Assert.Single(gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task Fifty_parallel_posts_of_one_key_give_fifty_equal_answers_and_one_booking()
    {
        var posts = Enumerable.Range(0, 50).Select(_ => gateway.Post("/v1/sessions", TestGateway.SaleOf(4200), "key-50", wait: 60));
        var answers = await Task.WhenAll(posts);
        Assert.Single(answers, answer => answer.Status is HttpStatusCode.Created);
        Assert.Equal(49, answers.Count(answer => answer.Status is HttpStatusCode.OK));
        Assert.Single(answers.Select(answer => answer.Text).Distinct());
        Assert.Single(gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task The_same_key_with_other_content_is_a_conflict()
    {
        await gateway.Sale(100, "key-1");
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(200), "key-1")).IsProblem(409, "idempotency-conflict");
        Assert.Single(gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("{", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("""{"kind":"status","reference":"\ud800"}""", "body")]
    [InlineData("""{"kind":"status","\udfff":"x"}""", "body")]
    [InlineData("""{"kind":"status","metadata":{"\ud800":"x"}}""", "body")]
    [InlineData("""{"kind":"sale","kind":"refund"}""", "kind")]
    [InlineData("""{"kind":"sail"}""", "kind")]
    [InlineData("""{"kind":"Sell"}""", "kind")]
    [InlineData("""{"kind":1}""", "kind")]
    [InlineData("""{"terminal":"till-1"}""", "kind")]
    [InlineData("""{"kind":"status","colour":"red"}""", "colour")]
    [InlineData("""{"kind":"status","terminal":7}""", "terminal")]
    [InlineData("""{"kind":"status","reference":""}""", "reference")]
    [InlineData("""{"kind":"status","reference":"a\u0000b"}""", "reference")]
    [InlineData("""{"kind":"status","merchant":0}""", "merchant")]
    [InlineData("""{"kind":"status","merchant":100}""", "merchant")]
    [InlineData("""{"kind":"status","language":5}""", "language")]
    [InlineData("""{"kind":"status","metadata":{"a":1}}""", "metadata.a")]
    [InlineData("""{"kind":"status","metadata":"a"}""", "metadata")]
    [InlineData("""{"kind":"reversal","original":{"session":"x"}}""", "original.session")]
    [InlineData("""{"kind":"reversal","original":{"recept":"1"}}""", "original.recept")]
    [InlineData("""{"kind":"reversal"}""", "original")]
    [InlineData("""{"kind":"sale"}""", "amount")]
    [InlineData("""{"kind":"sale","amount":1250}""", "amount")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1250}}""", "amount.currency")]
    [InlineData("""{"kind":"sale","amount":{"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":12.5,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":12.0,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1e3,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":"1250","currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":true,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":0,"currency":"EUR"}}""", "amount")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":-1,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1000000000000,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":99999999999999999999,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"minorUnits":2,"currency":"EUR"}}""", "amount.minorUnits")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"XXX"}}""", "amount.currency")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"eur"}}""", "amount.currency")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":978}}""", "amount.currency")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"EUR","major":1}}""", "amount.major")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"EUR"},"tip":{"minorUnits":1,"currency":"USD"}}""", "tip")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"EUR"},"cashback":{"minorUnits":1,"currency":"EUR"}}""", "cashback")]
    [InlineData("""{"kind":"sale","amount":{"minorUnits":1,"currency":"EUR"},"discount":{"minorUnits":1,"currency":"EUR"}}""", "amount")]
    [InlineData("""{"kind":"status","a":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}""", "body")]
    public async Task A_bad_body_is_refused_by_the_name_of_its_field(string body, string field)
    {
        (await gateway.Post("/v1/sessions", body, "key-1")).IsProblem(400, "invalid-request", field);
        Assert.Empty(gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task Several_faults_are_told_together()
    {
        var answer = await gateway.Post("/v1/sessions", """{"kind":"x","amount":5,"nope":1}""", "key-1");
        Assert.Equal(3, answer.Json.GetProperty("errors").GetArrayLength());
    }

    [Theory]
    [InlineData("JPY")]
    [InlineData("KWD")]
    public async Task Currencies_with_no_or_three_decimals_are_taken(string currency)
    {
        var body = TestGateway.SaleOf(1250).Replace("EUR", currency, StringComparison.Ordinal);
        var answer = await gateway.Post("/v1/sessions", body, "key-1", wait: 30);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(currency, answer.Json.GetProperty("amount").GetProperty("currency").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a\tb")]
    [InlineData("a\u200Bb")]
    [InlineData("a\u202Eb")]
    [InlineData("a\u00A0b")]
    [InlineData("129 characters")]
    public async Task A_sale_without_a_proper_key_is_refused(string? key) =>
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), key == "129 characters" ? new('k', 129) : key))
            .IsProblem(400, "invalid-request", "Idempotency-Key");

    [Fact]
    public async Task A_key_in_another_form_of_Unicode_is_the_same_key()
    {
        var first = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "cafe\u0301", wait: 30);
        var again = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "caf\u00E9", wait: 30);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal(first.Json.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Two_keys_are_refused()
    {
        using var raw = new RawHttp(gateway.Address);
        var text = await raw.Exchange("POST /v1/sessions HTTP/1.1", "Idempotency-Key: a", "Idempotency-Key: b", "Content-Length: 0");
        Assert.StartsWith("HTTP/1.1 400", text, StringComparison.Ordinal);
        Assert.Contains("Idempotency-Key", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_moves_no_money_needs_no_key()
    {
        var answer = await gateway.Post("/v1/sessions", """{"kind":"status","terminal":"till-1"}""", wait: 30);
        Assert.Equal(HttpStatusCode.Created, answer.Status);
    }

    [Fact]
    public async Task A_huge_body_is_413_and_another_type_is_415()
    {
        (await gateway.Post("/v1/sessions", new string(' ', 65 * 1024), "k")).IsProblem(413, "too-large");
        (await gateway.Post("/v1/sessions", "{}", "k", type: "text/plain")).IsProblem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task A_terminal_that_is_not_there_is_404() =>
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100, "till-9"), "key-1")).IsProblem(404, "not-found");

    [Fact]
    public async Task Without_a_name_the_only_terminal_takes_it()
    {
        var body = TestGateway.SaleOf(100).Replace("\"terminal\":\"till-1\",", "", StringComparison.Ordinal);
        var answer = await gateway.Post("/v1/sessions", body, "key-1", wait: 30);
        Assert.Equal("till-1", answer.Json.GetProperty("terminal").GetString());
    }

    [Fact]
    public async Task An_abort_is_asked_of_the_terminal_and_ends_as_the_terminal_says()
    {
        // 9907: slow, 20 s with progress messages.
        var open = await gateway.Post("/v1/sessions", TestGateway.SaleOf(9907), "key-1");
        var path = $"/v1/sessions/{open.Json.GetProperty("id").GetString()}";
        using (var reader = await SseReader.Open(gateway.Client, path + "/events"))
        {
            while (!(await reader.Next())!.Data.ToString().Contains("\"inFlight\"", StringComparison.Ordinal)) { }
        }

        Assert.Equal(HttpStatusCode.Accepted, (await gateway.Post(path + "/abort", """{"by":"Eva"}""")).Status);
        var end = (await gateway.Get(path + "?wait=60")).Json;
        Assert.Equal("cancelled", end.GetProperty("outcome").GetString());
        Assert.Empty(gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task A_terminal_that_cannot_be_reached_is_503_for_who_waits_and_the_replay_says_the_same()
    {
        var port = await TestGateway.DeadPort();
        await gateway.Put("/v1/terminals/dead", $$"""{"uri":"zvt+tcp://127.0.0.1:{{port}}"}""");
        var first = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100, "dead"), "key-1", wait: 60);
        first.IsProblem(503, "terminal-unreachable");
        var replay = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100, "dead"), "key-1", wait: 60);
        Assert.Equal(first.Text, replay.Text);
        var session = await gateway.Get($"/v1/sessions/{first.Json.GetProperty("session").GetString()}");
        Assert.Equal("failed", session.Json.GetProperty("outcome").GetString());
        Assert.Equal("""["before-first-byte"]""", session.Json.GetProperty("grounds").GetRawText());
        var timeline = await gateway.Get($"/v1/sessions/{first.Json.GetProperty("session").GetString()}/timeline");
        Assert.Contains("\"grounds\":[\"before-first-byte\"]", timeline.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_terminal_is_409_and_an_unresolved_one_too_until_a_person_resolves_it()
    {
        // 9909: silent for ever after the acknowledgement.
        var open = await gateway.Post("/v1/sessions", TestGateway.SaleOf(9909), "key-1");
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "key-2")).IsProblem(409, "terminal-busy");
        var path = $"/v1/sessions/{open.Json.GetProperty("id").GetString()}";
        (await gateway.Post(path + "/resolve", """{"outcome":"failed","by":"Eva"}""")).IsProblem(409, "wrong-state");
        (await gateway.Post(path + "/confirm", "")).IsProblem(409, "wrong-state");
        Assert.Equal(HttpStatusCode.Accepted, (await gateway.Post(path + "/abort", "")).Status);
    }

    [Theory]
    [InlineData("""{"outcome":"unknown","by":"Eva"}""", "outcome")]
    [InlineData("""{"outcome":"maybe","by":"Eva"}""", "outcome")]
    [InlineData("""{"by":"Eva"}""", "outcome")]
    [InlineData("""{"outcome":"approved"}""", "by")]
    [InlineData("""{"outcome":"approved","by":""}""", "by")]
    [InlineData("""{"outcome":"approved","by":"Eva","why":"x"}""", "why")]
    public async Task A_bad_resolution_is_refused_by_the_name_of_its_field(string body, string field)
    {
        var id = (await gateway.Sale(100)).GetProperty("id").GetString();
        (await gateway.Post($"/v1/sessions/{id}/resolve", body)).IsProblem(400, "invalid-request", field);
    }

    [Theory]
    [InlineData("outcome=maybe", "outcome")]
    [InlineData("phase=Shut", "phase")]
    [InlineData("kind=nothing", "kind")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=01/02/2026", "to")]
    [InlineData("cursor=%21%21", "cursor")]
    [InlineData("outcom=approved", "outcom")]
    [InlineData("terminal=a&terminal=b", "terminal")]
    public async Task A_bad_filter_is_refused_by_its_name(string query, string field) =>
        (await gateway.Get("/v1/sessions?" + query)).IsProblem(400, "invalid-request", field);

    [Fact]
    public async Task The_list_is_newest_first_filtered_and_paged()
    {
        for (var cents = 1; cents <= 5; cents++) await gateway.Sale(cents);
        await gateway.Sale(9901);
        const string Filter = "outcome=approved&terminal=till-1&from=2000-01-01&to=2100-01-01T00:00:00Z";
        var first = (await gateway.Get($"/v1/sessions?{Filter}&limit=2")).Json;
        Assert.Equal([5L, 4], Cents(first));
        var second = (await gateway.Get($"/v1/sessions?outcome=approved&limit=2&cursor={first.GetProperty("cursor").GetString()}")).Json;
        Assert.Equal([3L, 2], Cents(second));
        Assert.Equal([9901L], Cents((await gateway.Get("/v1/sessions?outcome=declined")).Json));
        Assert.Empty(Cents((await gateway.Get("/v1/sessions?phase=inFlight")).Json));
    }

    [Theory]
    [InlineData("/v1/sessions/nonsense")]
    [InlineData("/v1/sessions/00000000000000000000000000000000")]
    [InlineData("/v1/sessions/00000000000000000000000000000000/timeline")]
    [InlineData("/v1/sessions/00000000000000000000000000000000/events")]
    [InlineData("/v1/sessions/00000000000000000000000000000000/receipt")]
    [InlineData("/v1/nothing")]
    public async Task What_is_not_there_is_404_with_a_problem(string path) => (await gateway.Get(path)).IsProblem(404, "not-found");

    [Fact]
    public async Task Another_method_is_405_with_a_problem() =>
        (await gateway.Put("/v1/sessions", "{}")).IsProblem(405, "method-not-allowed");

    [Fact]
    public async Task A_bad_wait_is_refused_by_its_name()
    {
        var id = (await gateway.Sale(100)).GetProperty("id").GetString();
        (await gateway.Get($"/v1/sessions/{id}?wait=soon")).IsProblem(400, "invalid-request", "wait");
        (await gateway.Get($"/v1/sessions/{id}?wait=-1")).IsProblem(400, "invalid-request", "wait");
    }

    [Fact]
    public async Task The_timeline_tells_frames_and_states_in_one_chain()
    {
        var id = (await gateway.Sale(100)).GetProperty("id").GetString();
        var timeline = (await gateway.Get($"/v1/sessions/{id}/timeline")).Json;
        var records = timeline.GetProperty("records").EnumerateArray().ToList();
        Assert.Equal("intent", records[0].GetProperty("kind").GetString());
        Assert.Contains(records, record => record.GetProperty("kind").GetString() == "frame");
        Assert.Contains(records, record => record.GetProperty("kind").GetString() == "concluded");
        var chained = records.Where(record => record.GetProperty("kind").GetString() != "frame").ToList();
        Assert.Equal(chained.Count, chained.Select(record => record.GetProperty("hash").GetString()).Distinct().Count());
        var frames = records.Where(record => record.GetProperty("kind").GetString() == "frame").ToList();
        Assert.All(frames, frame => Assert.Contains(chained, record =>
            record.GetProperty("sequence").GetInt64() == frame.GetProperty("sequence").GetInt64()
            && record.GetProperty("hash").GetString() == frame.GetProperty("hash").GetString()));
        Assert.All(frames, frame => Assert.NotEmpty(frame.GetProperty("body").GetProperty("dump").GetString()!));
        Assert.Equal(id, timeline.GetProperty("session").GetProperty("id").GetString());
    }

    private static IEnumerable<long> Cents(System.Text.Json.JsonElement page) => page.GetProperty("sessions").EnumerateArray()
        .Select(session => session.GetProperty("amount").GetProperty("minorUnits").GetInt64());
}
