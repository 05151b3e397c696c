using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Night;

/// <summary>./run on a machine that has built nothing yet, with an SDK that takes its time.</summary>
public sealed class RunScriptTests : IDisposable
{
    // Answers as the SDK does, and goes on with its build when the file "go" is there.
    private const string Sdk = """
        #!/bin/sh
        if [ "$1" = --list-sdks ]; then echo "10.0.100 [/sdk]"; exit 0; fi
        root="$(cd "$(dirname "$0")/.." && pwd)"
        echo "  Determining projects to restore..."
        while [ ! -e "$root/go" ]; do sleep 0.05; done
        if [ -e "$root/broken" ]; then echo "Program.cs(1,1): error CS0001: broken"; exit 1; fi
        echo "  Tillbridge -> $root/Tillbridge.dll"
        bin="$root/src/Tillbridge.Cli/bin/Release/net10.0"; mkdir -p "$bin" "$root/src/Tillbridge.Cli/obj"
        touch "$bin/Tillbridge.Cli.dll"
        printf '#!/bin/sh\necho "{\\"said\\":\\"$*\\"}"\n' > "$bin/tillbridge"; chmod +x "$bin/tillbridge"
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-run-").FullName;

    public RunScriptTests()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        File.Copy(Path.Combine(here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName, "run"), Path.Combine(folder, "run"));
        Directory.CreateDirectory(Path.Combine(folder, "src", "Tillbridge.Cli"));
        Directory.CreateDirectory(Path.Combine(folder, ".dotnet"));
        foreach (var name in new[] { "Directory.Build.props", "Directory.Packages.props", "global.json" })
            File.WriteAllText(Path.Combine(folder, name), "");
        var sdk = Path.Combine(folder, ".dotnet", "dotnet");
        File.WriteAllText(sdk, Sdk);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(sdk, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_first_build_is_told_at_once_and_every_few_seconds_and_standard_output_stays_the_commands()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        using var run = GatewayProcess.Begin(
            ["bash", Path.Combine(folder, "run"), "sale", "--json"], [("TILLBRIDGE_PROGRESS_SECONDS", "1")]);
        Assert.StartsWith("Building Tillbridge for the first time", await run.StandardError.Line(), StringComparison.Ordinal);
        Assert.Matches(@"^  \d+ s: fetching packages$", await run.StandardError.Line());
        await File.WriteAllTextAsync(Path.Combine(folder, "go"), "", TestContext.Current.CancellationToken);
        Assert.Equal("{\"said\":\"sale --json\"}\n", await run.StandardOutput.Rest());
        await run.Gone();
        Assert.Equal(0, run.ExitCode);

        using var again = GatewayProcess.Begin(["bash", Path.Combine(folder, "run"), "sale", "--json"], []);
        Assert.Equal("{\"said\":\"sale --json\"}\n", await again.StandardOutput.Rest());
        Assert.Equal("", await again.StandardError.Rest());
    }

    [Fact]
    public async Task A_build_that_fails_names_its_errors_and_runs_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no bash.");
        foreach (var name in new[] { "go", "broken" })
            await File.WriteAllTextAsync(Path.Combine(folder, name), "", TestContext.Current.CancellationToken);
        using var run = GatewayProcess.Begin(["bash", Path.Combine(folder, "run"), "demo"], []);
        Assert.Equal("", await run.StandardOutput.Rest());
        const string Said = "It does not build:\nProgram.cs(1,1): error CS0001: broken";
        Assert.Contains(Said, await run.StandardError.Rest(), StringComparison.Ordinal);
        await run.Gone();
        Assert.Equal(70, run.ExitCode);
    }
}
