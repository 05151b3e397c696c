using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Tests.Domain;

namespace Tillbridge.Gateway.Tests.Cards;

/// <summary>A caller's own words that hold a card number are refused, and the number stands in no answer and no file.</summary>
public sealed class CallerCardTests
{
    private static readonly string Number = CardSamples.Number("411111", 16);

    [Theory]
    [InlineData("reference", "\"reference\":\"NUMBER\"")]
    [InlineData("metadata.order", "\"metadata\":{\"order\":\"card NUMBER\"}")]
    [InlineData("metadata", "\"metadata\":{\"NUMBER\":\"x\"}")]
    [InlineData("details.clientId", "\"details\":{\"clientId\":\"NUMBER\"}")]
    public async Task The_API_names_the_field(string field, string member)
    {
        await using var gateway = await TestGateway.Start();
        var body = TestGateway.SaleOf(1000)[..^1] + "," + member.Replace("NUMBER", Number, StringComparison.Ordinal) + "}";

        var answer = await gateway.Post("/v1/sessions", body, "a key", wait: 10);

        answer.IsProblem(400, "invalid-request", field);
        Assert.DoesNotContain(Number, answer.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Acquirer.Lines);
    }

    [Fact]
    public async Task So_is_a_key()
    {
        await using var gateway = await TestGateway.Start();

        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(1000), $"order {Number}", wait: 10))
            .IsProblem(400, "invalid-request", "Idempotency-Key");

        Assert.Empty(gateway.Acquirer.Lines);
    }

    [Theory]
    [InlineData("0f4a4111-1111-4111-8111-1111abcdef12")]
    [InlineData("order-20261128-000123-4711")]
    [InlineData("1764372970000")]
    public async Task Keys_that_tills_use_are_taken(string key)
    {
        await using var gateway = await TestGateway.Start();
        await gateway.Sale(1000, key);
    }

    [Fact]
    public async Task A_resolving_persons_note_too()
    {
        await using var gateway = await TestGateway.Start();
        var id = (await gateway.Sale(1000)).GetProperty("id").GetString();

        var answer = await gateway.Post(
            $"/v1/sessions/{id}/resolve", $$$"""{"outcome":"approved","by":"Eva","note":"slip shows {{{Number}}}"}""");

        answer.IsProblem(400, "invalid-request", "note");
    }

    [Fact]
    public async Task The_command_line_ends_with_wrong_usage()
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-cards").FullName;
        try
        {
            var (exit, output) = await GatewayProcess.Run(TestContext.Current.CancellationToken,
            [
                "sale", "10.00", "EUR", "--terminal", "zvt+tcp://127.0.0.1:9", "--data", folder, "--reference", Number,
            ]);

            Assert.Equal(64, exit);
            Assert.DoesNotContain(Number, output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
