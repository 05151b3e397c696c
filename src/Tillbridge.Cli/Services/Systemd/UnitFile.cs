using System.Net;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>What writing a unit came to.</summary>
internal enum UnitChange
{
    Written,
    Updated,
    Same,
}

/// <summary>Our unit's file. One that is not ours is never touched.</summary>
internal sealed class UnitFile(string directory, string name)
{
    public const string OwnSection = "X-Tillbridge";

    /// <summary>Where units of the administrator live.</summary>
    public const string DefaultDirectory = "/etc/systemd/system";

    // Where a unit is found without more ado (systemd.unit(5)); the variable replaces them, as it does for systemd itself.
    private static readonly string[] Searched =
        [DefaultDirectory, "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    public string Name { get; } = $"{name}.service";

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(directory), $"{name}.service");

    public bool Exists => File.Exists(Path);

    /// <summary>True when systemd looks into this directory; elsewhere a unit is only a file.</summary>
    public bool IsSeenBySystemd
    {
        get
        {
            var own = Environment.GetEnvironmentVariable("SYSTEMD_UNIT_PATH");
            var searched = string.IsNullOrEmpty(own) ? Searched : own.Split(':', StringSplitOptions.RemoveEmptyEntries);
            return searched.Contains(System.IO.Path.GetDirectoryName(Path));
        }
    }

    /// <summary>Refuses a unit that somebody else wrote.</summary>
    public void RequireOurs()
    {
        if (!Exists || Reach(() => File.ReadLines(Path).FirstOrDefault()) == UnitText.Marker) return;
        throw CliException.Usage(
            $"{Path} was not written by tillbridge and stays as it is; move it away, or install under another name with --name.");
    }

    /// <summary>Writes the unit so that it is there whole or not at all.</summary>
    public UnitChange Write(string text)
    {
        RequireOurs();
        var change = !Exists ? UnitChange.Written : Reach(() => File.ReadAllText(Path)) == text ? UnitChange.Same : UnitChange.Updated;
        if (change is UnitChange.Same) return change;
        Reach(() =>
        {
            var fresh = $"{Path}.new";
            File.WriteAllText(fresh, text);
            File.Move(fresh, Path, overwrite: true);
            return true;
        });
        return change;
    }

    public void Delete() => Reach(() =>
    {
        File.Delete(Path);
        return true;
    });

    /// <summary>What was noted at the installation; empty when there is no unit of ours.</summary>
    public IReadOnlyDictionary<string, string> Notes()
    {
        if (!Exists) return new Dictionary<string, string>();
        return Reach(() => File.ReadLines(Path).SkipWhile(line => line != $"[{OwnSection}]").Skip(1)
            .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]));
    }

    /// <summary>Where the service listened when it was installed.</summary>
    public static IPEndPoint? ListenOf(IReadOnlyDictionary<string, string> notes) =>
        IPEndPoint.TryParse(notes.GetValueOrDefault("Listen", ""), out var listen) ? listen : null;

    private T Reach<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{Path}: {wrong.Message} Run it with sudo, or choose another directory with --unit-dir DIR.");
        }
    }
}
