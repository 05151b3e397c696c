using System.Security.Cryptography;
using System.Text;

namespace Tillbridge.Journal.Integrity;

/// <summary>
/// Where it is kept, outside of a data directory, which journal is expected in it. A directory that is gone, not mounted, or
/// restored from an older copy is then refused instead of being begun anew: every old key would charge again.
/// </summary>
public sealed class JournalWitness
{
    /// <summary>The environment variable that names the one directory for it, instead of every usual place.</summary>
    public const string PlaceVariable = "TILLBRIDGE_STATE_HOME";

    private readonly string cure;

    private JournalWitness(string data, IEnumerable<string> places, string cure)
    {
        Data = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        this.cure = cure;
        var name = NameOf(Data);
        Files = [.. places.Select(Path.GetFullPath).Where(IsOutside).Distinct().Select(place => Path.Combine(place, name))];
    }

    /// <summary>The data directory.</summary>
    public string Data { get; }

    /// <summary>The files that are heeded, all of them; the first that can be written is written.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Beside a configuration file, or where that cannot be written in the user's state directory.</summary>
    public static JournalWitness Beside(string configuration, string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(configuration);
        ArgumentException.ThrowIfNullOrEmpty(data);
        var file = Path.GetFullPath(configuration);
        return new(data, Chosen() is { } chosen ? [chosen] : [Path.GetDirectoryName(file)!, .. OfUser()], $"--config {file}");
    }

    /// <summary>In the user's state directory.</summary>
    public static JournalWitness OfUser(string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        return new(data, Chosen() is { } chosen ? [chosen] : OfUser(), $"--data {Path.GetFullPath(data)}");
    }

    /// <summary>In a directory of the caller's choice.</summary>
    public static JournalWitness In(string directory, string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        ArgumentException.ThrowIfNullOrEmpty(data);
        return new(data, [directory], $"--data {Path.GetFullPath(data)}");
    }

    /// <summary>Refuses a data directory from which the expected journal is missing. Makes nothing.</summary>
    /// <exception cref="JournalException">It is expected and missing, or what is kept outside cannot be read.</exception>
    public void RequirePresence()
    {
        if (Expected() is not var (file, mark)) return;
        var journal = new FileInfo(Path.Combine(Data, JournalDirectory.FileName));
        if (journal is { Exists: true, Length: > 0 }) return;
        throw Refused(
            $"The journal of '{Data}' is missing: {mark.Tip.Sequence} records are expected there, says '{file}'. If its disk is not "
            + "mounted or the directory was moved, bring it back. If it is lost, bring a backup",
            file);
    }

    /// <summary>The name of the file that speaks of a data directory.</summary>
    internal static string NameOf(string data) =>
        $"tillbridge-journal-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)))[..16]}.txt";

    /// <summary>Refuses a journal that is not the expected one, or that has lost its newest records.</summary>
    /// <param name="id">The journal's id.</param>
    /// <param name="tip">Its newest record.</param>
    /// <param name="has">Whether the journal has that record.</param>
    internal void RequireAgreement(string id, ChainTip tip, Func<ChainTip, bool> has)
    {
        foreach (var file in Files)
        {
            if (WitnessFile.Read(file) is not { } mark) continue;
            if (Difference(mark, id, tip, has) is { } why)
                throw Refused($"The journal of '{Data}' {why}, says '{file}'. Bring the right one back", file);
        }
    }

    /// <summary>What does not agree; null when all does.</summary>
    internal static string? Difference(WitnessMark mark, string id, ChainTip tip, Func<ChainTip, bool> has)
    {
        if (mark.Journal != id) return $"is another one ({id}) than the one that is expected there ({mark.Journal})";
        if (tip.Sequence < mark.Tip.Sequence)
            return $"is older than the expected one: it ends with record {tip.Sequence}, and there was a record {mark.Tip.Sequence}";
        return mark.Tip.Sequence == 0 || has(mark.Tip)
            ? null
            : $"is not the one that is expected there: its record {mark.Tip.Sequence} is another";
    }

    private (string File, WitnessMark Mark)? Expected()
    {
        foreach (var file in Files)
        {
            if (WitnessFile.Read(file) is { } mark) return (file, mark);
        }

        return null;
    }

    private JournalException Refused(string what, string file)
    {
        // The place that systemd gives to a unit is known to the unit alone.
        var place = Path.GetDirectoryName(file)!;
        var which = place == OfUnit() ? $"{cure} --state {place}" : cure;
        return new JournalException(
            JournalFault.Unexpected,
            $"{what} and run 'tillbridge journal restore {which}', which takes what is there; 'tillbridge journal init {which}' begins a "
            + "new one. Either forgets what was paid since: an order of that time would be charged again under its old key.");
    }

    private bool IsOutside(string place)
    {
        var inside = Path.GetRelativePath(Data, place);
        return Path.IsPathRooted(inside) || inside.StartsWith("..", StringComparison.Ordinal);
    }

    private static string? Chosen() => Environment.GetEnvironmentVariable(PlaceVariable) is { Length: > 0 } chosen ? chosen : null;

    private static string[] OfUser()
    {
        // systemd's StateDirectory= and the desktop's convention; elsewhere what stands nearest.
        if (OfUnit() is { } ofUnit) return [ofUnit];
        if (!OperatingSystem.IsLinux())
            return Under(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tillbridge-state");
        return Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state)
            ? [Path.Combine(state, "tillbridge")]
            : Under(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Path.Combine(".local", "state", "tillbridge"));
    }

    private static string? OfUnit() =>
        Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } place ? place : null;

    private static string[] Under(string home, string place) => home.Length == 0 ? [] : [Path.Combine(home, place)];
}
