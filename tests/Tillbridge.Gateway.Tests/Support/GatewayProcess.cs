using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tillbridge.Journal.Integrity;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>The built program in a process of its own, which a test may kill.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly StringBuilder errors;
    private readonly HttpClient client;

    private GatewayProcess(Process process, StringBuilder errors, Uri address)
    {
        (this.process, this.errors) = (process, errors);
        client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 100 })
        {
            BaseAddress = address, Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>What it wrote to standard error.</summary>
    public string Errors
    {
        get { lock (errors) return errors.ToString(); }
    }

    /// <summary>Starts <c>tillbridge serve</c> and waits until it is ready.</summary>
    public static async Task<GatewayProcess> Serve(string configuration, CancellationToken stop)
    {
        var process = Begin("serve", "--config", configuration);
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors) errors.AppendLine(line.Data);
        };
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(StartLimit);
        const string Ready = "listening on ";
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith(Ready, StringComparison.Ordinal)) continue;
            var gateway = new GatewayProcess(process, errors, new Uri(line[Ready.Length..]));
            using var health = await gateway.client.GetAsync("health/ready", limit.Token);
            Assert.True(health.IsSuccessStatusCode, $"/health/ready said {health.StatusCode}.");
            return gateway;
        }

        await process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException($"The gateway ended with {process.ExitCode} at its start: {errors}");
    }

    /// <summary>Runs a command of the program to its end.</summary>
    public static async Task<(int ExitCode, string Output)> Run(CancellationToken stop, params string[] arguments)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(CommandLimit);
        using var process = Begin(arguments);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token) + await error;
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output);
    }

    /// <summary>SIGKILL, and the system has taken the process away when this completes.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.Gone();
    }

    /// <summary>POST /v1/sessions of a sale.</summary>
    public async Task<JsonElement> Pay(long cents, string key, int? waitSeconds, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/sessions");
        var body = $$"""{ "kind": "sale", "terminal": "till-1", "amount": { "minorUnits": {{cents}}, "currency": "EUR" } }""";
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("Idempotency-Key", key);
        if (waitSeconds is { } seconds) request.Headers.Add("Prefer", $"wait={seconds}");
        return await Send(request, stop);
    }

    /// <summary>Waits for a session's end by long poll.</summary>
    public async Task<JsonElement> End(string id, CancellationToken stop)
    {
        const int MostPolls = 4;
        for (var polls = 0; polls < MostPolls; polls++)
        {
            var session = await Get($"v1/sessions/{id}?wait=20", stop);
            if (session.GetProperty("phase").GetString() == "closed") return session;
        }

        throw new TimeoutException($"Session {id} does not close. {Errors}");
    }

    public async Task<JsonElement> Get(string path, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await Send(request, stop);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (!process.HasExited) await Kill();
        process.Dispose();
    }

    private async Task<JsonElement> Send(HttpRequestMessage request, CancellationToken stop)
    {
        using var response = await client.SendAsync(request, stop);
        var text = await response.Content.ReadAsStringAsync(stop);
        Assert.True(response.IsSuccessStatusCode, $"{request.Method} {request.RequestUri} said {(int)response.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    internal static Process Begin(params string[] arguments)
    {
        var (program, first) = Find();
        return Begin([program, .. first, .. arguments], []);
    }

    /// <summary>Starts a command line with these variables besides the inherited ones.</summary>
    internal static Process Begin(string[] command, IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var argument in command[1..]) start.ArgumentList.Add(argument);
        // What is kept outside of data directories must not go into the home of whoever runs the tests.
        start.Environment[JournalWitness.PlaceVariable] = StateHome.Directory;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} does not start.");
    }

    /// <summary>A sample as it was built beside these tests.</summary>
    internal static string Sample(string name)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, "samples", name, "bin", here.Parent!.Name, here.Name, $"{name}.dll");
    }

    // tests/NAME/bin/CONFIGURATION/net10.0 beside src/Tillbridge.Cli/bin/CONFIGURATION/net10.0; else what lies beside this assembly.
    internal static (string Program, string[] First) Find()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = here.Parent?.Parent?.Parent?.Parent?.Parent?.FullName ?? "";
        var name = OperatingSystem.IsWindows() ? "tillbridge.exe" : "tillbridge";
        var built = Path.Combine(root, "src", "Tillbridge.Cli", "bin", here.Parent!.Name, here.Name, name);
        return File.Exists(built) ? (built, []) : ("dotnet", [Path.Combine(here.FullName, "Tillbridge.Cli.dll")]);
    }
}
