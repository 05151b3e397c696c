using System.Diagnostics;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>A null-modem cable between two pseudo-terminals, which two processes can meet on and a test can pull.</summary>
internal sealed class SocatPair : IAsyncDisposable
{
    public const string WhySkipped = "socat is not installed; ./test installs it, or: apt-get install socat.";

    private readonly string folder;
    private Process? socat;

    private SocatPair(string folder) => this.folder = folder;

    public static bool IsInstalled { get; } = OperatingSystem.IsLinux() && (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(directory => File.Exists(Path.Combine(directory, "socat")));

    /// <summary>The till's end.</summary>
    public string Ecr => Path.Combine(folder, "ecr");

    /// <summary>The terminal's end.</summary>
    public string Terminal => Path.Combine(folder, "terminal");

    public static async Task<SocatPair> Plug(string folder)
    {
        var pair = new SocatPair(folder);
        await pair.PlugIn();
        return pair;
    }

    public async Task PlugIn()
    {
        socat = Process.Start("socat", [$"pty,rawer,echo=0,link={Ecr}", $"pty,rawer,echo=0,link={Terminal}"]);
        var since = Stopwatch.StartNew();
        while (!File.Exists(Ecr) || !File.Exists(Terminal))
        {
            Assert.False(socat.HasExited || since.Elapsed > TimeSpan.FromSeconds(20), "socat makes no pair.");
            await Task.Yield();
        }
    }

    public async Task Pull()
    {
        if (socat is null) return;
        socat.Kill();
        await socat.Gone();
        socat.Dispose();
        socat = null;
        // A killed socat leaves its links behind.
        File.Delete(Ecr);
        File.Delete(Terminal);
    }

    public async ValueTask DisposeAsync() => await Pull();
}
