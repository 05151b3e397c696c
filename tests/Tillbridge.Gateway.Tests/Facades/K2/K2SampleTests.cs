using System.Diagnostics;
using System.Text;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>The sample program, as it stands in the documents, against the demo.</summary>
public sealed class K2SampleTests : IAsyncLifetime
{
    private const string Ready = "Tillbridge demo: ";

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-k2-sample").FullName;
    private Process demo = null!;
    private string gateway = "";

    public async ValueTask InitializeAsync()
    {
        demo = GatewayProcess.Begin("demo", "--port", "0", "--data", Path.Combine(folder, "demo"));
        var line = await demo.StandardOutput.Line();
        Assert.StartsWith(Ready, line, StringComparison.Ordinal);
        gateway = line![Ready.Length..];
        _ = demo.StandardOutput.Rest();
    }

    public async ValueTask DisposeAsync()
    {
        demo.Kill();
        await demo.Gone();
        demo.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("1234.50", 0, "Platba byla schválena.")]
    [InlineData("99.01", 1, "Banka platbu zamítla.")]
    [InlineData("99.14", 0, "Platba byla schválena.", "Platba byla stornována, nic se neúčtuje.")] // The signature does not match.
    [InlineData("99.05", 0, "Platba byla schválena.")]
    [InlineData("99.06", 5, "Schváleno jen 49.53 CZK z 99.06 CZK.")] // Half of it; the till has to mind the rest.
    public async Task The_sample_pays_and_says_it_in_czech(string amount, int code, params string[] says)
    {
        var (said, exit) = await Run(gateway, amount);

        Assert.Equal(says, said);
        Assert.Equal(code, exit);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "tillbridge", "PointOfSale")));
    }

    [Fact]
    public async Task A_part_that_was_signed_wrong_is_reversed_by_the_amount_that_was_approved()
    {
        await Script("""{"outcome":"partial","signature":true}""");

        var (said, exit) = await Run(gateway, "100");

        Assert.Equal(["Schváleno jen 50.00 CZK z 100.00 CZK.", "Platba byla stornována, nic se neúčtuje."], said);
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task A_reversal_that_nobody_knows_the_end_of_ends_with_4()
    {
        await Script("""{"signature":true}""");
        await using var door = await FrontDoor.Before(new Uri(gateway));
        var orders = 0;
        door.Act = (request, _) => request == "POST /v1/sessions" && ++orders == 2 ? FrontAct.LoseAnswer
            : orders >= 2 ? FrontAct.Problem(401, "unauthorized") : null;

        var (said, exit) = await Run(door.Address, "100");

        Assert.Equal(["Platba byla schválena.", "Není známo, zda byla karta zatížena. Zkontrolujte terminál."], said[..2]);
        Assert.Equal(4, exit);
    }

    private async Task Script(string next)
    {
        using var client = new HttpClient { BaseAddress = new Uri(gateway) };
        using var body = new StringContent($$"""{"next":[{{next}}]}""", Encoding.UTF8, "application/json");
        using var answer = await client.PutAsync("/v1/terminals/demo-gpe/script", body, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // The lines without the terminal's own words, which follow in brackets.
    private async Task<(string[] Said, int ExitCode)> Run(string address, string amount)
    {
        using var sample = GatewayProcess.Begin(
            ["dotnet", GatewayProcess.Sample("K2Payment"), address, amount], [("XDG_STATE_HOME", folder)]);
        var output = await sample.StandardOutput.Rest();
        await sample.Gone();
        return ([.. output.TrimEnd('\n').Split('\n').Select(line => line.Split(" [")[0])], sample.ExitCode);
    }
}
