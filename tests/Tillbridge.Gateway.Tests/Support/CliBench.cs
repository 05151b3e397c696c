using System.Text.Json;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>A virtual terminal and a data directory of their own for each test of the built program.</summary>
public abstract class CliBench : IAsyncLifetime
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("tillbridge-cli").FullName;

    private protected SimulatorProcess Simulator { get; private set; } = null!;

    protected string Data => Path.Combine(Folder, "data");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Books => Path.Combine(Folder, "books.jsonl");

    public async ValueTask InitializeAsync() => Simulator = await SimulatorProcess.Start(Books);

    public async ValueTask DisposeAsync()
    {
        await Simulator.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected Task<(int ExitCode, string Output)> Sale(string amount, params string[] options) =>
        GatewayProcess.Run(Stop, ["sale", amount, "EUR", "--terminal", Simulator.Address, "--data", Data, .. options]);

    protected long Booked() => Booked(Books);

    internal static long Booked(string books)
    {
        if (!File.Exists(books)) return 0;
        var net = 0L;
        foreach (var line in File.ReadLines(books))
        {
            var row = JsonDocument.Parse(line).RootElement;
            var minor = row.GetProperty("minorUnits").GetInt64();
            net += row.GetProperty("state").GetString() == "booked" ? minor : -minor;
        }

        return net;
    }
}
