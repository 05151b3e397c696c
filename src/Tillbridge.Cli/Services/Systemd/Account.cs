namespace Tillbridge.Cli.Services.Systemd;

/// <summary>The system's user under whom the service runs, and what must belong to him.</summary>
internal sealed class Account(string user, ProgramCall programs)
{
    private const string Groups = "/etc/group";

    // Debian and Fedora, then Arch and SUSE.
    private static readonly string[] SerialGroups = ["dialout", "uucp"];

    /// <summary>The group to which this system gives its serial ports; null when it has none of them.</summary>
    public static string? SerialGroup(string groups = Groups)
    {
        if (!File.Exists(groups)) return null;
        var names = File.ReadLines(groups).Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return SerialGroups.FirstOrDefault(names.Contains);
    }

    /// <summary>Makes the user when there is none of that name.</summary>
    /// <returns>True when he was made.</returns>
    public async Task<bool> Make(string home, CancellationToken stop)
    {
        if (await programs.Run("id", ["-u", user], stop) is { ExitCode: 0 }) return false;
        string[] arguments =
            ["--system", "--user-group", "--no-create-home", "--home-dir", home, "--shell", "/usr/sbin/nologin", user];
        var made = await programs.Run("useradd", arguments, stop);
        if (made is { ExitCode: 0 }) return true;
        throw new CliException(
            ExitCodes.Failed,
            $"The user '{user}' could not be made: {made?.Why ?? "there is no program useradd."} "
            + "Make it by this system's own means, or name one that exists with --user NAME.");
    }

    /// <summary>Makes a directory of the service's own, or refuses one that belongs to somebody else.</summary>
    public async Task Own(string directory, CancellationToken stop)
    {
        if (!Directory.Exists(directory))
        {
            await MakeDirectory(directory, stop);
            return;
        }

        // Never changed here: a wrong path in a configuration would give away more than a data directory.
        var owner = await programs.Run("stat", ["-c", "%U", directory], stop);
        if (owner is not { ExitCode: 0 } || owner.Output.Trim() == user) return;
        throw CliException.Usage(
            $"{directory} belongs to '{owner.Output.Trim()}' and the service runs as '{user}'; "
            + $"if it holds a journal of Tillbridge: sudo chown -R {user}: '{directory}', then install again.");
    }

    /// <summary>Has the configuration examined as the user, who must reach program, configuration and secrets.</summary>
    public async Task Check(ServicePlan plan, CancellationToken stop)
    {
        string[] runtime = plan.Runtime is null ? [] : ["env", $"DOTNET_ROOT={plan.Runtime}"];
        var answer = await programs.Run(
            "runuser", ["-u", user, "--", .. runtime, .. plan.Program, "config", "check", plan.Config], stop);
        if (answer is null or { ExitCode: 0 }) return;
        throw CliException.Usage(
            $"The user '{user}' cannot run the gateway: {answer.Why} "
            + $"Let '{user}' read program, configuration and secrets (sudo chown {user}: FILE), then install again.");
    }

    private async Task MakeDirectory(string directory, CancellationToken stop)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                var above = Path.GetDirectoryName(directory);
                if (above is not null) Directory.CreateDirectory(above);
                Directory.CreateDirectory(directory, Private);
            }
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{directory} cannot be made: {wrong.Message} Choose another place in the configuration.");
        }

        var given = await programs.Run("chown", [$"{user}:", directory], stop);
        if (given is { ExitCode: 0 }) return;
        throw new CliException(
            ExitCodes.Failed,
            $"{directory} could not be given to '{user}': {given?.Why ?? "there is no program chown."} "
            + $"Do it with: sudo chown {user}: '{directory}', then install again.");
    }
}
