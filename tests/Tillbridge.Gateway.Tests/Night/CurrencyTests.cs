using System.Net;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Night;

public sealed class CurrencyTests
{
    [Fact]
    public async Task An_amount_that_the_terminal_does_not_count_in_is_refused_with_both_currencies_named()
    {
        await using var gateway = await TestGateway.Start();
        var address = gateway.Settings.Terminals[0].Settings.Address;
        var put = await gateway.Put("/v1/terminals/till-1", $$"""{ "uri": "{{address}}", "currency": "EUR" }""");
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var sale = """{"kind":"sale","terminal":"till-1","amount":{"minorUnits":1250,"currency":"CZK"}}""";
        var answer = await gateway.Post("/v1/sessions", sale, "k-1", wait: 30);
        answer.IsProblem(422, "unsupported-by-terminal", "currency");
        Assert.Contains("counts in EUR, and the amount is in CZK", answer.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Acquirer.Lines);
    }
}
