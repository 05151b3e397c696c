using System.Diagnostics;
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
    public async Task The_sample_pays_and_says_it_in_czech(string amount, int code, params string[] says)
    {
        using var sample = GatewayProcess.Begin(
            ["dotnet", GatewayProcess.Sample("K2Payment"), gateway, amount], [("XDG_STATE_HOME", folder)]);

        var output = await sample.StandardOutput.Rest();
        await sample.Gone();

        Assert.Equal(says, output.TrimEnd('\n').Split('\n').Select(line => line.Split(" [")[0])); // The terminal's own words follow.
        Assert.Equal(code, sample.ExitCode);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "tillbridge", "PointOfSale")));
    }
}
