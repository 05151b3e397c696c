using Tillbridge.Facades.K2;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>Client objects over a real gateway with a real virtual terminal: in its process, or by HTTP.</summary>
internal sealed class K2Bench : IAsyncDisposable
{
    private readonly List<K2Terminals> made = [];

    private K2Bench(TestGateway gateway, bool byHttp) => (Gateway, ByHttp) = (gateway, byHttp);

    public TestGateway Gateway { get; }

    public bool ByHttp { get; }

    public K2Caller Caller { get; } = new("KASSA1", "jana");

    public string Logs => Path.Combine(Gateway.Folder, "PointOfSale");

    public K2Terminals Terminals { get; private set; } = null!;

    public static async Task<K2Bench> Start(bool byHttp, K2Options? options = null, string protocol = "zvt")
    {
        var bench = new K2Bench(await TestGateway.Start(protocol: protocol), byHttp);
        bench.Terminals = bench.Open(options);
        return bench;
    }

    /// <summary>Another program's client objects.</summary>
    public K2Terminals Open(K2Options? options = null)
    {
        options = (options ?? new K2Options()) with { LogDirectory = Logs, Language = options?.Language ?? "en" };
        var terminals = ByHttp
            ? K2Terminals.Connect(Gateway.Address.ToString(), key: null, options)
            : K2Terminals.Over(
                Gateway.Terminals, caller => caller.Workstation == "KASSA1" ? "till-1" : null, TimeProvider.System, options);
        made.Add(terminals);
        return terminals;
    }

    /// <summary>Another program's client objects, by another way to the gateway.</summary>
    public K2Terminals OpenAt(string address)
    {
        var terminals = K2Terminals.Connect(address, key: null, new() { LogDirectory = Logs, Language = "en" });
        made.Add(terminals);
        return terminals;
    }

    /// <summary>Waits until the terminal's books have a line.</summary>
    public Task UntilBooked() => Wait.Until(() => Gateway.Acquirer.Lines.Count > 0);

    /// <summary>Waits until the terminal has no open session.</summary>
    public Task UntilIdle() => Wait.Until(() => Gateway.Terminals.States[0].Current is null);

    public PaymentClient Payment(decimal amount, K2Terminals? terminals = null, string? symbol = null, string currency = "EUR") =>
        new(terminals ?? Terminals, Caller) { Amount = amount, Currency = currency, VariableSymbol = symbol, Language = "en" };

    public async ValueTask DisposeAsync()
    {
        foreach (var terminals in made) await terminals.DisposeAsync();
        await Gateway.DisposeAsync();
    }
}
