using System.Net;
using System.Text;
using System.Text.Json;

namespace Tillbridge.Laboratory.Processes;

/// <summary>
/// A small shop of real processes: a gateway, two virtual terminals with their books, wires that can be cut, one data directory
/// on a real disk, and a till that repeats what it got no answer for.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    private const int Terminals = 2;
    private const int MostTries = 100;
    private const int FirstKey = 1_000_001; // Digits, which every terminal takes as a reference.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly string program;
    private readonly string protocol;
    private readonly string root = Directory.CreateTempSubdirectory("tillbridge-shop-").FullName;
    private readonly TimeProvider clock;
    private readonly CancellationToken stop;
    private readonly HttpClient client = new() { Timeout = TimeSpan.FromSeconds(90) };
    private readonly ProgramRun?[] simulators = new ProgramRun?[Terminals];
    private readonly int[] ports = new int[Terminals];
    private readonly Cutter?[] wires = new Cutter?[Terminals];
    private readonly List<ShopOrder> orders = [];

    public Shop(string program, string protocol, string? data, TimeProvider clock, CancellationToken stop)
    {
        (this.program, this.protocol, this.clock, this.stop) = (program, protocol, clock, stop);
        Data = data ?? Path.Combine(root, "data");
    }

    /// <summary>The gateway's data directory.</summary>
    public string Data { get; }

    /// <summary>Where the configuration and what is kept beside it stand.</summary>
    public string Root => root;

    public ProgramRun? Gateway { get; private set; }

    public IReadOnlyList<ShopOrder> Orders => orders;

    public int Cuts => wires.Sum(wire => wire?.Cuts ?? 0);

    public async Task Open()
    {
        for (var number = 0; number < Terminals; number++)
        {
            await StartSimulator(number);
            wires[number] = new Cutter(ports[number]);
        }

        await StartGateway();
    }

    public async Task StartGateway()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        Gateway = null;
        var file = Path.Combine(root, "tillbridge.json");
        var terminals = string.Join(',', wires.Select((wire, number) =>
            $$"""
            "till-{{number}}": {
              "uri": "{{protocol}}+tcp://127.0.0.1:{{wire!.Port}}?settle=1", "currency": "EUR", "recoveryLimit": 15, "answerLimit": 5,
                  "strictUnknown": false
            }
            """));
        await File.WriteAllTextAsync(
            file, $$"""{ "listen": "127.0.0.1:0", "data": {{JsonSerializer.Serialize(Data)}}, "terminals": { {{terminals}} } }""", stop);
        Gateway = await ProgramRun.Begin(program, ["serve", "--config", file], clock, stop);
    }

    public async Task KillGateway() => await Gateway!.Kill();

    /// <summary>Kills a virtual terminal and starts it again on the same port and memory.</summary>
    public async Task RestartSimulator(int number)
    {
        await simulators[number]!.Kill();
        await StartSimulator(number);
    }

    public ProgramRun Simulator(int number) => simulators[number]!;

    public void Cut() => Array.ForEach(wires, wire => wire?.Cut());

    /// <summary>A new order for one of the terminals, of an amount that nobody else has.</summary>
    public ShopOrder NewOrder(int ending)
    {
        var order = new ShopOrder($"{FirstKey + orders.Count}", ((orders.Count + 1) * 10_000L) + ending);
        orders.Add(order);
        return order;
    }

    /// <summary>Sends an order once; true when its end was told.</summary>
    public async Task<bool> Send(ShopOrder order, int waitSeconds)
    {
        var number = int.Parse(order.Key) % Terminals;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(Gateway!.Place), "v1/sessions"));
        request.Headers.Add("Idempotency-Key", order.Key);
        request.Headers.Add("Prefer", $"wait={waitSeconds}");
        var body = $$"""
            { "kind": "sale", "terminal": "till-{{number}}", "reference": "{{order.Key}}",
              "amount": { "minorUnits": {{order.MinorUnits}}, "currency": "EUR" } }
            """;
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await client.SendAsync(request, stop);
            var text = await response.Content.ReadAsStringAsync(stop);
            if (response.StatusCode is HttpStatusCode.ServiceUnavailable && text.Contains("terminal-unreachable", StringComparison.Ordinal))
            {
                order.Told.Add("failed"); // Not one byte left; the session is in the journal.
                return true;
            }

            if (response.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.Created)) return false;
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.GetProperty("outcome").GetString() is not { } outcome) return false;
            order.Told.Add(outcome);
            return true;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or JsonException
            || (lost is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false; // The till knows nothing and will ask again under the same key.
        }
    }

    /// <summary>Sends everything that has no end yet until it has one.</summary>
    /// <returns>Sentences about orders that do not end.</returns>
    public async Task<IReadOnlyList<string>> SettleAll()
    {
        var stuck = new List<string>();
        foreach (var order in orders)
        {
            var tries = 0;
            // Once more for everybody: what was told must still be said.
            while (!await Send(order, waitSeconds: 60) && tries++ < MostTries) await Task.Delay(Pause, clock, stop);
            if (tries >= MostTries) stuck.Add($"{order.Key} does not end. {Gateway!.Errors}");
        }

        return stuck;
    }

    /// <summary>The journal as the gateway lists it, for each order.</summary>
    public async Task<IReadOnlyList<ShopSession>> Sessions()
    {
        var sessions = new List<ShopSession>();
        foreach (var order in orders)
        {
            var text = await client.GetStringAsync(new Uri(new Uri(Gateway!.Place), $"v1/sessions?reference={order.Key}"), stop);
            using var json = JsonDocument.Parse(text);
            sessions.AddRange(json.RootElement.GetProperty("sessions").EnumerateArray().Select(session => Read(session, order.Key)));
        }

        return sessions;
    }

    /// <summary>What the virtual terminals booked.</summary>
    public IReadOnlyList<ShopBooking> Books()
    {
        var rows = new List<ShopBooking>();
        for (var number = 0; number < Terminals; number++)
        {
            var file = BooksFile(number);
            if (!File.Exists(file)) continue;
            foreach (var line in File.ReadAllLines(file).Where(line => line.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                var row = json.RootElement;
                rows.Add(new ShopBooking(
                    row.GetProperty("kind").GetString()!, row.GetProperty("minorUnits").GetInt64(),
                        row.GetProperty("currency").GetString()!,
                    row.GetProperty("reference").GetString() ?? KeyOf(row.GetProperty("minorUnits").GetInt64()),
                    $"{number}/{row.GetProperty("receipt").GetString()}", row.GetProperty("state").GetString()!));
            }
        }

        return rows;
    }

    /// <summary>The real command says that the journal is whole.</summary>
    public async Task<string?> VerifyJournal()
    {
        await Gateway!.Kill();
        var (code, output) = await ProgramRun.Finish(program, stop, "journal", "verify", "--data", Data);
        return code == 0 ? null : $"journal verify ended with {code}: {output}";
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null) await Gateway.DisposeAsync();
        foreach (var simulator in simulators.OfType<ProgramRun>()) await simulator.DisposeAsync();
        foreach (var wire in wires.OfType<Cutter>()) await wire.DisposeAsync();
        client.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task StartSimulator(int number)
    {
        var run = simulators[number] = await ProgramRun.Begin(
            program,
            ["simulate", protocol, "--listen", $"127.0.0.1:{ports[number]}", "--books", BooksFile(number), "--data",
                Path.Combine(root, $"pos-{number}"), "--currency", "EUR"],
            clock, stop);
        ports[number] = int.Parse(run.Place[(run.Place.LastIndexOf(':') + 1)..]);
    }

    private string BooksFile(int number) => Path.Combine(root, $"books-{number}.jsonl");

    // Wires that carry no reference are told apart by the amount, of which a partial approval books the half.
    private string? KeyOf(long minorUnits) =>
        orders.FirstOrDefault(order => order.MinorUnits == minorUnits || order.MinorUnits / 2 == minorUnits)?.Key;

    private static ShopSession Read(JsonElement session, string key)
    {
        var approved = session.TryGetProperty("approvedAmount", out var amount) && amount.ValueKind is JsonValueKind.Object
            ? amount : (JsonElement?)null;
        var number = session.GetProperty("terminal").GetString()!["till-".Length..];
        var receipt = session.TryGetProperty("references", out var references) && references.ValueKind is JsonValueKind.Object
            && references.TryGetProperty("receipt", out var text) ? text.GetString() : null;
        return new ShopSession(
            session.GetProperty("id").GetString()!, key, session.GetProperty("phase").GetString()!,
                session.GetProperty("outcome").GetString(),
            session.GetProperty("reason").GetString() ?? "", approved?.GetProperty("minorUnits").GetInt64(),
            approved?.GetProperty("currency").GetString(), receipt is null ? null : $"{number}/{receipt}");
    }
}
