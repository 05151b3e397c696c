using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>The real gateway, a virtual terminal over TCP with its books, the proxy between them, and one data directory.</summary>
internal sealed class KillBench : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MostTries = 5;
    private const string PortTaken = "already in use";

    private readonly string directory = Directory.CreateTempSubdirectory("tillbridge-kill-").FullName;
    private readonly CancellationTokenSource stop = new();
    private readonly TcpAcceptor acceptor = TcpAcceptor.Open(IPAddress.Loopback, 0);
    private readonly List<KillProxy> proxies = [];
    private readonly VirtualTerminal terminal;
    private readonly Task serving;

    private KillBench()
    {
        var zvt = ProtocolCatalog.ByName["zvt"];
        terminal = zvt.MakeVirtualTerminal(new VirtualTerminalSettings(), TimeProvider.System, NullLogger.Instance);
        serving = terminal.Serve(acceptor, stop.Token);
    }

    public GatewayProcess Gateway { get; private set; } = null!;

    public KillProxy Proxy => proxies[^1];

    /// <summary>What stands booked, oldest first.</summary>
    public IReadOnlyList<BooksLine> Standing =>
        [.. terminal.Acquirer.Lines.Where(line => line.State == "booked" && terminal.Acquirer.Standing(line.Receipt) == line)];

    /// <summary>Where the callback face listens; null runs without it.</summary>
    public int? FacePort { get; private init; }

    public static async Task<KillBench> Start(CancellationToken stop, int? facePort = null)
    {
        var bench = new KillBench { FacePort = facePort };
        await bench.StartGateway(stop);
        return bench;
    }

    /// <summary>Starts the gateway on the same data directory behind a proxy that forwards everything.</summary>
    public async Task StartGateway(CancellationToken stop)
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        Gateway = null!; // A start that fails must not hide behind a process that is disposed of twice.
        // An earlier proxy stays: it may hold a connection of which the terminal must not see the end.
        proxies.Add(new KillProxy(acceptor.Port));
        var configuration = Path.Combine(directory, "tillbridge.json");
        var face = FacePort is { } port ? $$""", "facades": { "zvtCallback": { "listen": "127.0.0.1:{{port}}" } }""" : "";
        var text = $$"""
            {
              "listen": "127.0.0.1:0", "data": "data",
              "terminals": { "till-1": { "uri": "zvt+tcp://127.0.0.1:{{Proxy.Port}}?settle=0.5", "recoveryLimit": 20 } }{{face}}
            }
            """;
        await File.WriteAllTextAsync(configuration, text, stop);
        for (var tries = 1; Gateway is null; tries++)
        {
            try
            {
                Gateway = await GatewayProcess.Serve(configuration, stop);
            }
            catch (InvalidOperationException ended) when (tries < MostTries && ended.Message.Contains(PortTaken, StringComparison.Ordinal))
            {
                // Another test's connection may have got the face's port meanwhile; it is gone in a moment.
            }
        }
    }

    /// <summary>A payment without trouble.</summary>
    public async Task<JsonElement> PayAndEnd(long cents, string key, CancellationToken stop)
    {
        var begun = await Gateway.Pay(cents, key, waitSeconds: null, stop);
        return await Gateway.End(begun.GetProperty("id").GetString()!, stop);
    }

    /// <summary>The sentence after every run: the books and the session agree, or the session is unknown and listed as such.</summary>
    public async Task CheckBooks(JsonElement session, IReadOnlyList<BooksLine> before, CancellationToken stop)
    {
        var ours = Standing.Except(before).ToList();
        Assert.Equal(before, Standing.Except(ours));
        Assert.True(ours.Count <= 1, $"{ours.Count} bookings stand.");
        var outcome = session.GetProperty("outcome").GetString();
        if (outcome == "approved")
        {
            var booked = Assert.Single(ours);
            Assert.Equal(booked.MinorUnits, session.GetProperty("approvedAmount").GetProperty("minorUnits").GetInt64());
            Assert.Equal(booked.Currency, session.GetProperty("approvedAmount").GetProperty("currency").GetString());
            Assert.Equal(booked.Receipt, session.GetProperty("references").GetProperty("receipt").GetString());
        }
        else if (outcome == "unknown")
        {
            var listed = await Gateway.Get("v1/sessions?outcome=unknown", stop);
            Assert.Contains(listed.GetProperty("sessions").EnumerateArray(), other => Id(other) == Id(session));
        }
        else
        {
            Assert.Contains(outcome, (string[])["declined", "cancelled", "failed"]);
            Assert.Empty(ours);
        }
    }

    /// <summary>The real command says that the journal is whole.</summary>
    public async Task CheckJournal(CancellationToken stop)
    {
        var (exitCode, output) = await GatewayProcess.Run(stop, "journal", "verify", "--data", Path.Combine(directory, "data"));
        Assert.True(exitCode == 0, output);
        Assert.Contains("the chain is whole", output, StringComparison.Ordinal);
    }

    public static string Id(JsonElement session) => session.GetProperty("id").GetString()!;

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        foreach (var proxy in proxies) await proxy.DisposeAsync();
        await stop.CancelAsync();
        await serving;
        await terminal.DisposeAsync();
        await acceptor.DisposeAsync();
        stop.Dispose();
        Directory.Delete(directory, recursive: true);
    }
}
