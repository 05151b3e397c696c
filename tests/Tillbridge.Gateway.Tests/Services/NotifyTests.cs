using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary>The built program started as systemd would start it, with a real datagram socket on the other side.</summary>
[Trait("Speed", "Slow")]
public sealed class NotifyTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-notify").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Systemd_hears_ready_then_signs_of_life_then_stopping_and_the_end_is_clean(bool isAbstract)
    {
        // Abstract names are shared by the whole machine; the temporary folder makes this one our own.
        var name = isAbstract ? $"@{Path.GetFileName(folder)}" : Path.Combine(folder, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + name[1..] : name));
        using var process = Serve(("NOTIFY_SOCKET", name), ("WATCHDOG_USEC", "400000"), ("WATCHDOG_PID", ""));

        var ready = await Hear(manager);
        Assert.StartsWith("READY=1\nSTATUS=Listening on http://127.0.0.1:", ready, StringComparison.Ordinal);
        for (var times = 0; times < 3; times++) Assert.Equal("WATCHDOG=1", await Hear(manager));

        await Terminate(process);
        string last;
        do last = await Hear(manager);
        while (last == "WATCHDOG=1");
        Assert.StartsWith("STOPPING=1\n", last, StringComparison.Ordinal);
        await process.Gone();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_watchdog_of_another_process_is_not_ours()
    {
        var name = Path.Combine(folder, "notify");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(name));
        using var process = Serve(("NOTIFY_SOCKET", name), ("WATCHDOG_USEC", "10000"), ("WATCHDOG_PID", "1"));

        Assert.StartsWith("READY=1", await Hear(manager), StringComparison.Ordinal);
        await Terminate(process);
        Assert.StartsWith("STOPPING=1", await Hear(manager), StringComparison.Ordinal);
        await process.Gone();
    }

    [Fact]
    public async Task A_manager_that_is_gone_is_said_and_stops_nothing()
    {
        using var process = Serve(("NOTIFY_SOCKET", Path.Combine(folder, "nobody")));
        var errors = process.StandardError.Rest();

        Assert.StartsWith("listening on ", await process.StandardOutput.Line(), StringComparison.Ordinal);
        await Terminate(process);
        await process.Gone();
        Assert.Equal(0, process.ExitCode);
        Assert.Contains("systemd could not be told READY=1", await errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$(stat -L -c %d:%i /proc/self/fd/2)", true)]
    [InlineData("0:1", false)]
    public async Task Warnings_are_one_line_with_a_level_only_where_standard_error_is_systemds(string stream, bool isSystemds)
    {
        // A watchdog that leaves no time to answer has something to say soon.
        var config = Path.Combine(folder, "tillbridge.json");
        await File.WriteAllTextAsync(
            config, """{ "listen": "127.0.0.1:0", "terminals": { "a": { "uri": "zvt+tcp://127.0.0.1:9" } } }""", Stop);
        var (program, first) = GatewayProcess.Find();
        var line = $"export JOURNAL_STREAM={stream}; exec \"$0\" \"$@\"";
        using var process = GatewayProcess.Begin(
            ["sh", "-c", line, program, .. first, "serve", "--config", config],
            [("NOTIFY_SOCKET", Path.Combine(folder, "nobody")), ("WATCHDOG_USEC", "4")]);

        string? said;
        do said = await process.StandardError.Line();
        while (said?.Contains("Tillbridge.Gateway[5005]", StringComparison.Ordinal) is false);
        await Terminate(process);
        await process.StandardError.Rest();
        Assert.Equal(isSystemds, said!.StartsWith("<3>Tillbridge.Gateway[5005] No answer within", StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b", said, StringComparison.Ordinal);
    }

    private Process Serve(params (string Name, string Value)[] environment)
    {
        var config = Path.Combine(folder, "tillbridge.json");
        File.WriteAllText(config, """{ "listen": "127.0.0.1:0" }""");
        var (program, first) = GatewayProcess.Find();
        return GatewayProcess.Begin([program, .. first, "serve", "--config", config], environment);
    }

    private static async Task<string> Hear(Socket manager)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(Patience);
        var buffer = new byte[4096];
        var length = await manager.ReceiveAsync(buffer, limit.Token);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private static async Task Terminate(Process process)
    {
        using var kill = GatewayProcess.Begin(["sh", "-c", $"kill -TERM {process.Id}"], []);
        await kill.Gone();
    }
}
