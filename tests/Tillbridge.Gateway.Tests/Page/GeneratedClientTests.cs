using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Page;

/// <summary>What clients that are made from the OpenAPI document send and read.</summary>
public sealed class GeneratedClientTests : IAsyncLifetime
{
    private TestGateway gateway = null!;

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task Enums_are_read_in_the_letters_of_any_language()
    {
        // As NSwag writes them with System.Text.Json: the names of its own enum.
        var paid = await gateway.Post("/v1/sessions", TestGateway.SaleOf(1250).Replace("\"sale\"", "\"Sale\""), "order-1", wait: 60);
        Assert.True((int)paid.Status == 201, paid.Text);
        Assert.Equal("sale", paid.Json.GetProperty("kind").GetString());
        // The same order, so never a second charge.
        var again = await gateway.Post("/v1/sessions", TestGateway.SaleOf(1250), "order-1", wait: 60);
        Assert.Equal((200, paid.Json.GetProperty("id").GetString()), ((int)again.Status, again.Json.GetProperty("id").GetString()));

        var found = await gateway.Get("/v1/sessions?outcome=Approved&phase=Closed&kind=SALE");
        Assert.Single(found.Json.GetProperty("sessions").EnumerateArray());
        var tested = await gateway.Post("/v1/terminals/till-1/test", """{"what":"Acquirer"}""");
        Assert.True((int)tested.Status == 200, tested.Text);
        (await gateway.Post("/v1/sessions", """{"kind":"Sold"}""")).IsProblem(400, "invalid-request", "kind");
        (await gateway.Post("/v1/sessions", """{"kind":"0"}""")).IsProblem(400, "invalid-request", "kind");
    }

    [Fact]
    public async Task Every_optional_field_of_a_request_may_be_null_by_the_document_and_at_the_gateway()
    {
        var schemas = (await gateway.Get("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        string[] bodies = ["SessionRequest", "Action", "Confirmation", "Resolution", "TerminalEntry", "TestRequest", "Problem"];
        Assert.All(bodies, name => Assert.Empty(NotNullable(schemas.GetProperty(name), name)));

        var order = new Dictionary<string, object?>();
        foreach (var field in schemas.GetProperty("SessionRequest").GetProperty("properties").EnumerateObject()) order[field.Name] = null;
        (order["kind"], order["amount"]) = ("sale", new { minorUnits = 1250, currency = "EUR" });
        var paid = await gateway.Post("/v1/sessions", JsonSerializer.Serialize(order), "order-1", wait: 60);
        Assert.True((int)paid.Status == 201, paid.Text);
        Assert.Equal("approved", paid.Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Maps_have_the_type_of_their_values()
    {
        var schemas = (await gateway.Get("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        foreach (var (schema, field) in new[]
        {
            ("Session", "metadata"), ("SessionRequest", "metadata"), ("Terminal", "merchants"), ("TerminalEntry", "merchants"),
        })
        {
            var map = schemas.GetProperty(schema).GetProperty("properties").GetProperty(field);
            Assert.Equal("string", map.GetProperty("additionalProperties").GetProperty("type").GetString());
        }
    }

    [Fact]
    public async Task What_the_gateway_answers_fits_the_document()
    {
        var schemas = (await gateway.Get("/openapi/v1.json")).Json.GetProperty("components").GetProperty("schemas");
        await gateway.Sale(9901);
        await gateway.Sale(1250);
        var running = (await gateway.Post("/v1/sessions", TestGateway.SaleOf(1009907), "order-1")).Json;
        Assert.Equal(JsonValueKind.Null, running.GetProperty("outcome").ValueKind);
        foreach (var (path, schema) in new[]
        {
            ("/v1/sessions", "SessionList"), ("/v1/terminals", "TerminalList"), ("/v1/reconciliations", "ReconciliationList"),
            ("/health/ready", "Health"), ("/v1/sessions/none", "Problem"),
        })
        {
            Assert.Empty(Misfits((await gateway.Get(path)).Json, schemas.GetProperty(schema), schemas, schema));
        }
    }

    private static IEnumerable<string> NotNullable(JsonElement schema, string path)
    {
        string[] required = schema.TryGetProperty("required", out var names)
            ? [.. names.EnumerateArray().Select(name => name.GetString()!)]
            : [];
        foreach (var field in schema.GetProperty("properties").EnumerateObject())
        {
            var here = $"{path}.{field.Name}";
            if (field.Value.TryGetProperty("properties", out _))
            {
                foreach (var inner in NotNullable(field.Value, here)) yield return inner;
            }

            if (!required.Contains(field.Name) && !TypesOf(field.Value).Contains("null")) yield return here;
        }
    }

    private static string[] TypesOf(JsonElement schema) =>
        schema.TryGetProperty("oneOf", out var choices) ? [.. choices.EnumerateArray().SelectMany(TypesOf)]
        : !schema.TryGetProperty("type", out var type) ? ["object"]
        : type.ValueKind is JsonValueKind.Array ? [.. type.EnumerateArray().Select(one => one.GetString()!)]
        : [type.GetString()!];

    // As much of JSON Schema as the document uses: types, references, words of a closed set.
    private static IEnumerable<string> Misfits(JsonElement value, JsonElement schema, JsonElement schemas, string path)
    {
        if (schema.TryGetProperty("oneOf", out var choices))
        {
            if (value.ValueKind is JsonValueKind.Null && TypesOf(schema).Contains("null")) return [];
            return Misfits(value, choices.EnumerateArray().First(), schemas, path);
        }

        if (schema.TryGetProperty("$ref", out var named))
            return Misfits(value, schemas.GetProperty(named.GetString()!.Split('/')[^1]), schemas, path);
        var type = value.ValueKind switch
        {
            JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => "number",
            JsonValueKind.String => "string",
            JsonValueKind.Array => "array",
            _ => "object",
        };
        var types = TypesOf(schema).Select(one => one == "integer" ? "number" : one);
        if (schema.TryGetProperty("type", out _) && !types.Contains(type)) return [$"{path}: {type}"];
        if (type == "null") return [];
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)))
            return [$"{path}: {value}"];
        if (type == "array" && schema.TryGetProperty("items", out var items))
            return value.EnumerateArray().SelectMany(item => Misfits(item, items, schemas, $"{path}[]"));
        if (type != "object" || !schema.TryGetProperty("properties", out var known)) return [];
        return value.EnumerateObject().SelectMany(field => known.TryGetProperty(field.Name, out var inner)
            ? Misfits(field.Value, inner, schemas, $"{path}.{field.Name}")
            : [$"{path}.{field.Name} is not described"]);
    }
}
