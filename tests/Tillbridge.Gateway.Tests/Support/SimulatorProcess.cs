using System.Diagnostics;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary><c>tillbridge simulate zvt</c> in a process of its own.</summary>
internal sealed class SimulatorProcess : IAsyncDisposable
{
    private readonly Process process;

    private SimulatorProcess(Process process, string address) => (this.process, Address) = (process, address);

    /// <summary>Its terminal address.</summary>
    public string Address { get; }

    /// <summary>Its TCP port.</summary>
    public string Port => Address.Split(':')[^1].Split('?')[0];

    public static async Task<SimulatorProcess> Start(string books, string protocol = "zvt", params string[] more)
    {
        var process = GatewayProcess.Begin(["simulate", protocol, "--listen", "127.0.0.1:0", "--books", books, .. more]);
        const string Ready = "listening on ";
        var line = await process.StandardOutput.Line();
        Assert.StartsWith(Ready, line, StringComparison.Ordinal);
        return new SimulatorProcess(process, $"{protocol}+tcp://{line![Ready.Length..]}?settle=0.5");
    }

    /// <summary>The same on a serial port; the address is that of the cable's other end.</summary>
    public static async Task<SimulatorProcess> Start(SocatPair cable, string books)
    {
        var process = GatewayProcess.Begin("simulate", "zvt", "--serial", cable.Terminal, "--books", books);
        Assert.Equal($"open on {cable.Terminal}", await process.StandardOutput.Line());
        return new SimulatorProcess(process, $"zvt+serial://{cable.Ecr}?settle=0.5");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.Gone();
        process.Dispose();
    }
}
