namespace Tillbridge.Cli.Services.Systemd;

/// <summary>The one way to systemd: its own program.</summary>
internal sealed class Systemctl(ProgramCall programs)
{
    private const string Program = "systemctl";

    /// <summary>Makes sure that systemd runs here, before anything is changed.</summary>
    public async Task Require(CancellationToken stop)
    {
        var answer = await programs.Run(Program, ["show", "--property=Version"], stop);
        var why = answer is null ? "there is no program systemctl." : answer.ExitCode == 0 ? null : answer.Why;
        if (why is null) return;
        throw new CliException(
            ExitCodes.Failed,
            $"systemd does not run here: {why} Start `tillbridge serve` by this system's own means, or write the unit only, "
            + "with --unit-dir DIR.");
    }

    /// <summary>Has something done.</summary>
    /// <exception cref="CliException">It was not done; the message says why and where to look.</exception>
    public async Task Do(CancellationToken stop, params string[] arguments)
    {
        var answer = await programs.Run(Program, arguments, stop);
        if (answer is { ExitCode: 0 }) return;
        var unit = arguments.Length > 1 ? $" or `journalctl -n 20 -u {arguments[^1]}`" : "";
        throw new CliException(
            ExitCodes.Failed,
            $"systemctl {string.Join(' ', arguments)} failed: {answer?.Why ?? "there is no program systemctl."} "
            + $"Look into `systemctl status`{unit} for the cause, then do it again.");
    }

    /// <summary>Properties of a unit; null when systemd does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, string>?> Show(string unit, IEnumerable<string> properties, CancellationToken stop)
    {
        var answer = await programs.Run(Program, ["show", unit, .. properties.Select(property => $"--property={property}")], stop);
        if (answer is not { ExitCode: 0 }) return null;
        return answer.Output.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
