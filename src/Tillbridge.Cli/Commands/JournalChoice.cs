using Tillbridge.Journal;
using Tillbridge.Journal.Integrity;

namespace Tillbridge.Cli.Commands;

/// <summary>Which journal a command works with, and where it is kept which one is expected there.</summary>
internal sealed record JournalChoice(string Data, JournalWitness Witness, string Because, bool IsGiven)
{
    /// <summary>The configuration that names it; null when none is known.</summary>
    public string? Config { get; init; }

    /// <summary>Says on standard error which it is: a person who looks into the wrong one must see it.</summary>
    public JournalChoice Tell()
    {
        Console.Error.WriteLine($"tillbridge: the journal in {Data}, {Because}");
        return this;
    }

    /// <summary>The journal of <c>--data</c>, else of the configuration, else the user's.</summary>
    /// <param name="data">What stands behind <c>--data</c>.</param>
    /// <param name="config">What stands behind <c>--config</c>, or its default.</param>
    /// <param name="isConfigGiven">True when a person wrote it.</param>
    public static JournalChoice Of(string? data, string config, bool isConfigGiven)
    {
        if (data is null && (isConfigGiven || File.Exists(config))) return OfConfiguration(config, ConfigCommand.Read(config).Data);
        return OfData(data, config);
    }

    /// <summary>The journal of <c>--data</c>, else the user's.</summary>
    public static JournalChoice OfData(string? data, string config)
    {
        if (data is not null) return OfDirectory(data, config);
        var usual = CommonOptions.DataOrDefault(null);
        return new(usual, JournalWitness.OfUser(usual), "the user's", IsGiven: false);
    }

    /// <summary>The journal of a configuration.</summary>
    public static JournalChoice OfConfiguration(string config, string data) =>
        new(data, JournalWitness.Beside(config, data), $"of {config}", IsGiven: false) { Config = config };

    /// <summary>Opens it for writing.</summary>
    /// <exception cref="JournalException">It cannot be opened, or is not the expected one.</exception>
    public Task<SqliteJournal> Open(TimeProvider clock, CancellationToken stop) =>
        SqliteJournal.Open(Witness, clock, MoveWords.OnError, stop);

    /// <summary>
    /// A directory that a person names with each command and has deleted since is begun anew, with a word about it, where the
    /// command brings no key of its own: a key that is made now can have charged nothing before.
    /// </summary>
    public void ForgetWhatIsGone(string? key)
    {
        try
        {
            Witness.RequirePresence();
        }
        catch (JournalException gone) when (IsGiven && key is null && gone.Fault is JournalFault.Unexpected)
        {
            var records = JournalReturn.Init(Witness);
            Console.Error.WriteLine(
                $"tillbridge: the journal that was in {Data} ({records} records) is gone and a new one is begun: it knows no earlier key.");
        }
    }

    // The configuration that names this very directory keeps beside it what is expected there.
    private static JournalChoice OfDirectory(string data, string config)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(data));
        var isConfigured = File.Exists(config) && ConfigCommand.TryData(config) is { } configured
            && Path.TrimEndingDirectorySeparator(Path.GetFullPath(configured)) == full;
        var witness = isConfigured ? JournalWitness.Beside(config, full) : JournalWitness.OfUser(full);
        return new(full, witness, "of --data", IsGiven: true) { Config = isConfigured ? config : null };
    }
}
