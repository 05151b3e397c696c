using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain.Proof;
using Tillbridge.Laboratory.Free;
using Tillbridge.Laboratory.Free.Findings;
using Tillbridge.Laboratory.Runs;
using Tillbridge.Protocols;
using Trials = Tillbridge.Laboratory.Runs.Laboratory;

namespace Tillbridge.Cli.Commands;

/// <summary>The reliability laboratory: seeded faults, and what they broke.</summary>
internal static class SoakCommand
{
    private const long DefaultSessions = 10_000;
    private const long ReleaseSessions = 20_000_000;

    private static readonly Option<ulong?> Seed = new("--seed")
    {
        Description = "Seed of everything; without it the day's, for example 20261125",
    };

    private static readonly Option<long?> Sessions = new("--sessions") { Description = "How many sessions to simulate (default 10000)" };
    private static readonly Option<string?> Protocol = new("--protocol")
    {
        Description = "Only this protocol; without it all share the sessions",
    };

    private static readonly Option<bool> All = new("--all")
    {
        Description = "Everything: besides random runs every fault at every operation, pairs of faults, crash points, every word of "
            + "the protocols, planted bugs, the model, fuzzing, and real processes that are killed",
    };

    private static readonly Option<bool> Release = new("--release")
    {
        Description = "The long form: 20 million sessions, all pairs, all crash points; goes on where it was interrupted",
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Where --release keeps how far it is", DefaultValueFactory = _ => "tillbridge-soak",
    };

    private static readonly Option<string?> Replay = new("--replay") { Description = "Run one printed run again and tell its story" };

    private static readonly Option<bool> Free = new("--free")
    {
        Description = "Drawn terminals instead of scripted ones: what they book and what they tell comes from the seed alone",
    };

    private static readonly Option<string?> Without = new("--without")
    {
        Description = "With --free: assumptions that are not made of the terminals, with commas between, as in an address",
    };

    public static Command Build()
    {
        var command = new Command(
            "soak", "Simulate sessions under faults from a seed and check that no statement about money is wrong.")
        {
            Seed, Sessions, Protocol, All, Release, Data, Replay, Free, Without,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        if (parsed.GetValue(Replay) is { } line) return FreeId.IsOne(line.Trim('[', ']')) ? TellFree(line) : Tell(line);
        if (parsed.GetValue(Free)) return RunFree(SizeOf(parsed, release: false), WithoutOf(parsed), stop);
        var release = parsed.GetValue(Release);
        var size = SizeOf(parsed, release);
        var state = release ? Load(parsed.GetRequiredValue(Data), size.Seed) : new SoakState { Seed = size.Seed };
        if (release) size = size with { Seed = state.Seed };
        var clock = CommonOptions.Clock;
        var interrupted = false;
        var (begun, said) = (clock.GetTimestamp(), clock.GetTimestamp());
        try
        {
            Soak.Run(size, state, Progress, stop);

            void Progress(SoakState now)
            {
                if (clock.GetElapsedTime(said) < TimeSpan.FromSeconds(5)) return;
                said = clock.GetTimestamp();
                if (release) Save(parsed.GetRequiredValue(Data), now);
                Console.Error.WriteLine(
                    $"{clock.GetElapsedTime(begun):hh\\:mm\\:ss} {Soak.PartName(now)}: {SoakReport.Number(now.Tally.Sessions)} sessions, "
                    + $"{SoakReport.Number(now.Tally.BrokenCount)} broken invariants");
            }
        }
        catch (OperationCanceledException)
        {
            interrupted = true;
            Console.Error.WriteLine(release
                ? "Interrupted; the same command goes on where it stopped."
                : "Interrupted; the figures are those until here.");
        }

        if (release) Save(parsed.GetRequiredValue(Data), state);
        foreach (var row in SoakReport.Simulation(size, state)) Console.WriteLine(row);
        if (interrupted) return ExitCodes.Internal;
        var escaped = parsed.GetValue(All) || release ? await RunTheRest(size, release, stop) : 0;
        Console.WriteLine(SoakReport.Row("time", $"{clock.GetElapsedTime(begun):hh\\:mm\\:ss}"));
        if (state.Tally.BrokenCount > 0)
            Console.Error.WriteLine("Run a broken one again: tillbridge soak --replay 'THE LINE IN BRACKETS'.");
        return state.Tally.BrokenCount == 0 && escaped == 0 ? ExitCodes.Ok : ExitCodes.Internal;
    }

    private static async Task<int> RunTheRest(SoakSize size, bool release, CancellationToken stop)
    {
        var broken = 0;
        void Show((IReadOnlyList<string> Rows, int Broken) part)
        {
            broken += part.Broken;
            foreach (var row in part.Rows) Console.WriteLine(row);
        }

        Show(Trials.Planted(size.Protocols, size.Seed));
        Show(Trials.Model());
        Console.Error.WriteLine("Fuzzing every parser; this takes half a minute, with --release ten.");
        Show(Trials.Fuzz(size.Seed, Trials.FuzzInputs * (release ? 20 : 1), stop));
        if (Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == "tillbridge")
        {
            Console.Error.WriteLine("Killing, cutting, stopping and starving real processes; this takes about two minutes.");
            Show(await Trials.Processes(program, size.Protocols, size.Seed, CommonOptions.Clock, stop));
        }
        else
        {
            Console.WriteLine(SoakReport.Row("real processes", "not done, the program was not started under its own name"));
        }

        return broken;
    }

    private static SoakSize SizeOf(ParseResult parsed, bool release)
    {
        var sessions = parsed.GetValue(Sessions);
        if (sessions is < 1 or > 1_000_000_000) throw CliException.Usage("--sessions must be 1 to 1000000000.");
        IReadOnlyList<IProtocol> protocols = ProtocolCatalog.All;
        if (parsed.GetValue(Protocol) is { } name)
        {
            protocols = ProtocolCatalog.ByName.TryGetValue(name, out var one)
                ? [one]
                : throw CliException.Usage(
                    $"There is no protocol '{name}'; known are {string.Join(", ", ProtocolCatalog.ByName.Keys.Order())}.");
        }

        var all = parsed.GetValue(All) || release;
        var day = CommonOptions.Clock.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var today = ulong.Parse(day, CultureInfo.InvariantCulture);
        return new SoakSize(parsed.GetValue(Seed) ?? today, protocols)
        {
            Sessions = sessions ?? (release ? ReleaseSessions : all ? 100_000 : DefaultSessions),
            SingleFaultTimes = release ? 20 : all ? 2 : 0,
            Pairs = all,
            AllPairs = release,
            CrashPoints = all,
            AllCrashPoints = release,
            Words = all,
        };
    }

    private static Grounds WithoutOf(ParseResult parsed)
    {
        if (parsed.GetValue(Without) is not { } text) return Grounds.None;
        var without = Grounds.Of(text.Split(','));
        return without.FirstOrDefault(code => !Ground.Assumptions.Contains(code)) is { } other
            ? throw CliException.Usage($"'{other}' is no assumption; known are {string.Join(", ", Ground.Assumptions)}.")
            : without;
    }

    private static int RunFree(SoakSize size, Grounds without, CancellationToken stop)
    {
        var clock = CommonOptions.Clock;
        var (begun, said) = (clock.GetTimestamp(), clock.GetTimestamp());
        var tally = FreeSoak.Run(size.Protocols, size.Seed, size.Sessions, Progress, stop, without);
        foreach (var row in FreeReport.Of(tally, size.Protocols.Select(protocol => protocol.Name), size.Seed)) Console.WriteLine(row);
        Console.WriteLine(SoakReport.Row("time", $"{clock.GetElapsedTime(begun):hh\\:mm\\:ss}"));
        return tally.Findings.Count == 0 && tally.Unnamed.Count == 0 && tally.Stuck.Count == 0 ? ExitCodes.Ok : ExitCodes.Internal;

        void Progress(FreeTally now)
        {
            if (clock.GetElapsedTime(said) < TimeSpan.FromSeconds(5)) return;
            said = clock.GetTimestamp();
            Console.Error.WriteLine(
                $"{clock.GetElapsedTime(begun):hh\\:mm\\:ss} {SoakReport.Number(now.Sessions)} free sessions, "
                + $"{now.Findings.Count} kinds of findings");
        }
    }

    private static int TellFree(string line)
    {
        var id = FreeId.TryParse(line.Trim('[', ']'))
            ?? throw CliException.Usage($"'{line}' names no free run; copy the line that soak --free printed, for example free:zvt:12345.");
        var result = FreeRun.Run(id, tells: true);
        foreach (var told in result.Story) Console.WriteLine(told);
        Console.WriteLine(SoakReport.Row("drawn", string.Join(", ", result.Met.Select(one => $"{one.Session}.{one.Oddity}"))));
        Console.WriteLine(SoakReport.Row("broken assumptions", string.Join(", ", result.Broken)));
        Console.WriteLine(SoakReport.Row("transcript", result.Mark.ToString("x16", CultureInfo.InvariantCulture)));
        Console.WriteLine(SoakReport.Row("wrong", string.Join("; ", result.Wrong.Select(one => $"{one.Detail}, {one.True}"))));
        if (result.Stuck is { } stuck) Console.WriteLine(SoakReport.Row("stuck", stuck));
        return result.Wrong.Count == 0 && result.Stuck is null ? ExitCodes.Ok : ExitCodes.Internal;
    }

    private static int Tell(string line)
    {
        var id = TrialId.TryParse(line.Trim('[', ']'), out var why) ?? throw CliException.Usage(why);
        var result = Soak.Replay(id);
        foreach (var told in result.Story) Console.WriteLine(told);
        Console.WriteLine(SoakReport.Row("mark of the run", result.Mark.ToString("x16", CultureInfo.InvariantCulture)));
        Console.WriteLine(SoakReport.Row("broken invariants", SoakReport.Number(result.Broken.Count)));
        return result.Broken.Count == 0 ? ExitCodes.Ok : ExitCodes.Internal;
    }

    private static SoakState Load(string directory, ulong seed)
    {
        var file = Path.Combine(directory, "soak.json");
        if (!File.Exists(file)) return new SoakState { Seed = seed };
        try
        {
            var state = JsonSerializer.Deserialize<SoakState>(File.ReadAllText(file))!;
            Console.Error.WriteLine(
                $"Going on with seed {state.Seed} from {SoakReport.Number(state.Tally.Sessions)} sessions; delete {file} to begin anew.");
            return state;
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{file} cannot be read: {wrong.Message} Delete it to begin anew.", wrong);
        }
    }

    private static void Save(string directory, SoakState state)
    {
        try
        {
            PrivateFile.MakeDirectory(directory);
            var file = Path.Combine(directory, "soak.json");
            PrivateFile.Write(file + ".new", JsonSerializer.Serialize(state));
            File.Move(file + ".new", file, overwrite: true);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{directory} cannot be written: {wrong.Message} Choose another with --data.", wrong);
        }
    }
}
