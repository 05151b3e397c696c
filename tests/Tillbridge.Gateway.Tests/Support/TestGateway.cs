using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Settings;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>A real gateway on a free port with real virtual terminals on TCP; everything is gone after it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly List<(VirtualTerminal Terminal, TcpAcceptor Acceptor, Task Serving)> terminals = [];
    private readonly GatewayParts parts;
    private GatewaySettings settings;
    private GatewayHost host = null!;

    private readonly string protocol;

    private TestGateway(string folder, IEnumerable<string> names, Func<GatewaySettings, GatewaySettings>? change, string protocol)
    {
        (Folder, this.protocol) = (folder, protocol);
        var scripts = new Dictionary<string, TerminalScripts>();
        var entries = new List<TerminalEntry>();
        foreach (var name in names)
        {
            var (terminal, port) = AddTerminal(name);
            scripts[name] = terminal.Scripts;
            var configured = Terminal(name, port, protocol);
            entries.Add(new(configured with { Driver = configured.Driver with { Currency = OwnCurrency } }));
        }

        parts = new(ProtocolCatalog.ByName, TimeProvider.System, IdSource.Of(TimeProvider.System)) { Scripts = scripts };
        settings = new GatewaySettings
        {
            Data = Path.Combine(folder, "data"), Directory = folder, Listen = new(IPAddress.Loopback, 0), Terminals = entries,
        };
        if (change is not null) settings = change(settings);
    }

    public string Folder { get; }

    private string OwnCurrency => protocol == "zvt" ? "EUR" : "CZK";

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => host.Address;

    public Uri CallbackAddress => host.CallbackAddress!;

    public GatewayHost Host => host;

    public ITerminals Terminals => host.Terminals;

    /// <summary>What the terminals will do.</summary>
    public TerminalScripts Scripts(int terminal = 0) => terminals[terminal].Terminal.Scripts;

    public VirtualAcquirer Acquirer => terminals[0].Terminal.Acquirer;

    public GatewaySettings Settings => settings;

    public static async Task<TestGateway> Start(
        IEnumerable<string>? names = null, Func<GatewaySettings, GatewaySettings>? change = null, string protocol = "zvt")
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-gateway-").FullName;
        var gateway = new TestGateway(folder, names ?? ["till-1"], change, protocol);
        await gateway.Open();
        return gateway;
    }

    public static TerminalSettings Terminal(string name, int port, string protocol = "zvt") =>
        new(name, TerminalAddress.TryParse($"{protocol}+tcp://127.0.0.1:{port}", out _)!)
        {
            Driver = new() { AnswerLimit = TimeSpan.FromSeconds(5), SettleTime = TimeSpan.FromMilliseconds(200) },
            RecoveryLimit = TimeSpan.FromSeconds(2),
        };

    /// <summary>A port on which nobody listens.</summary>
    public static async Task<int> DeadPort()
    {
        var acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
        await acceptor.DisposeAsync();
        return acceptor.Port;
    }

    public (VirtualTerminal Terminal, int Port) AddTerminal(string name)
    {
        var settingsOfTerminal = new VirtualTerminalSettings { Name = name, Currency = OwnCurrency };
        var terminal = ProtocolCatalog.ByName[protocol].MakeVirtualTerminal(settingsOfTerminal, TimeProvider.System, NullLogger.Instance);
        var acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
        terminals.Add((terminal, acceptor, terminal.Serve(acceptor, stop.Token)));
        return (terminal, acceptor.Port);
    }

    /// <summary>Ends the process's part and begins it again over the same data directory.</summary>
    public async Task Restart(Func<GatewaySettings, GatewaySettings>? change = null)
    {
        Client.Dispose();
        await host.DisposeAsync();
        if (change is not null) settings = change(settings);
        await Open();
    }

    public async Task<Answer> Post(string path, string body, string? key = null, int? wait = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (wait is not null) request.Headers.TryAddWithoutValidation("Prefer", $"wait={wait}");
        return await Send(request);
    }

    public async Task<Answer> Get(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Send(request);
    }

    public async Task<Answer> Put(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await Send(request);
    }

    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return new(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>A sale that ended, as the API shows it.</summary>
    public async Task<JsonElement> Sale(long cents, string? key = null)
    {
        var answer = await Post("/v1/sessions", SaleOf(cents), key ?? $"key-{Guid.CreateVersion7():N}", wait: 60);
        Assert.True(answer.Status is HttpStatusCode.Created, answer.Text);
        return answer.Json;
    }

    public static string SaleOf(long cents, string terminal = "till-1") =>
        $$$"""{"kind":"sale","terminal":"{{{terminal}}}","amount":{"minorUnits":{{{cents}}},"currency":"EUR"}}""";

    /// <summary>Waits until the first terminal has a session whose command was sent.</summary>
    public Task UntilInFlight() => Wait.Until(async stop =>
        Terminals.States[0].Current is { } id && (await Terminals.Find(id, stop))?.Phase is SessionPhase.InFlight);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await host.DisposeAsync();
        await stop.CancelAsync();
        foreach (var (terminal, acceptor, serving) in terminals)
        {
            await serving.ContinueWith(_ => { }, TaskScheduler.Default);
            await terminal.DisposeAsync();
            await acceptor.DisposeAsync();
        }

        stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task Open()
    {
        host = await GatewayHost.Start(settings, parts);
        // As most clients do, and .NET's only when it is asked to.
        var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        Client = new HttpClient(handler) { BaseAddress = host.Address };
    }
}

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(
    HttpStatusCode Status, string Text, System.Net.Http.Headers.HttpResponseHeaders Headers,
    System.Net.Http.Headers.HttpContentHeaders Content)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public string? Code => Json.GetProperty("code").GetString();

    public string? Field => Json.TryGetProperty("field", out var named) ? named.GetString() : null;

    /// <summary>The answer is this problem; shows the answer when it is not.</summary>
    public void IsProblem(int status, string code, string? field = null)
    {
        Assert.True((int)Status == status, $"{(int)Status} {Text}");
        Assert.Equal("application/problem+json", Content.ContentType?.MediaType);
        Assert.Equal(code, Code);
        if (field is not null) Assert.Equal(field, Field);
    }
}
