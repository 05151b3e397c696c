using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary>
/// The built program with programs of the system that only note how they were called. A unit directory of the test is one where
/// systemd looks, as far as the program can know.
/// </summary>
public abstract class ServiceBench : IDisposable
{
    private const string Recorder = """
        #!/bin/sh
        here="$(dirname "$0")"
        me="$(basename "$0")"
        echo "$me $*" >> "$here/calls.txt"
        if [ -f "$here/$me.$1.fails" ]; then cat "$here/$me.$1.fails" >&2; exit 1; fi
        if [ -f "$here/$me.$1.says" ]; then cat "$here/$me.$1.says"; fi
        exit 0
        """;

    protected string Folder { get; } = Directory.CreateTempSubdirectory("tillbridge-service").FullName;

    protected string Units => Path.Combine(Folder, "units");

    protected string Unit => Path.Combine(Units, "tillbridge.service");

    protected string Config => Path.Combine(Folder, "tillbridge.json");

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Programs => Path.Combine(Folder, "programs");

    protected ServiceBench()
    {
        Directory.CreateDirectory(Units);
        Directory.CreateDirectory(Programs);
        File.WriteAllText(Config, """{ "listen": "127.0.0.1:9" }""");
        foreach (var name in (string[])["systemctl", "id", "useradd", "chown", "stat", "runuser"]) Program(name);
        Says("stat", "-c", "tillbridge\n");
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static void RequireRoot() =>
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root installs services; run the tests as root to see this one.");

    protected void Says(string program, string argument, string text) =>
        File.WriteAllText(Path.Combine(Programs, $"{program}.{argument}.says"), text);

    protected void Fails(string program, string argument, string why) =>
        File.WriteAllText(Path.Combine(Programs, $"{program}.{argument}.fails"), why + "\n");

    /// <summary>How the programs were called since the last question.</summary>
    protected string[] Calls()
    {
        var file = Path.Combine(Programs, "calls.txt");
        if (!File.Exists(file)) return [];
        var calls = File.ReadAllLines(file);
        File.Delete(file);
        return calls;
    }

    protected Task<(int ExitCode, string Output)> Service(params string[] arguments) => Run([], arguments);

    /// <summary>The same by a user who may do nothing.</summary>
    protected Task<(int ExitCode, string Output)> ServiceOfNobody(params string[] arguments)
    {
        string[] before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        return Run(Environment.IsPrivilegedProcess ? before : [], arguments);
    }

    private async Task<(int ExitCode, string Output)> Run(string[] before, string[] arguments)
    {
        var (program, first) = GatewayProcess.Find();
        string[] command = [.. before, program, .. first, "service", .. arguments, "--unit-dir", Units];
        using var process = GatewayProcess.Begin(command, [("PATH", $"{Programs}:/usr/bin:/bin"), ("SYSTEMD_UNIT_PATH", Units)]);
        var errors = process.StandardError.Rest();
        var output = await process.StandardOutput.Rest() + await errors;
        await process.Gone();
        return (process.ExitCode, output);
    }

    private void Program(string name)
    {
        var path = Path.Combine(Programs, name);
        File.WriteAllText(path, Recorder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
