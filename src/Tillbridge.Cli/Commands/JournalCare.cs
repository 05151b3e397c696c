using System.CommandLine;
using Tillbridge.Journal;
using Tillbridge.Journal.Integrity;

namespace Tillbridge.Cli.Commands;

/// <summary>Is the journal whole, and what a person says about one that is missing, older or another one.</summary>
internal static class JournalCare
{
    private static readonly Argument<string?> From = new("FROM")
    {
        Description = "A backup: a journal.db, or a directory with one; without it the journal that is there is taken as it is",
        DefaultValueFactory = _ => null,
    };

    private static readonly Argument<string> To = new("TO") { Description = "The file to be made; it must not exist" };

    private static readonly Option<int?> OlderThan = new("--older-than")
    {
        Description = "Days; default: retention.frames of the configuration, else 90",
    };

    private static readonly Option<string?> State = new("--state")
    {
        Description = "Directory in which it is kept which journal is expected, where a refused start named one",
    };

    /// <summary>The commands.</summary>
    public static IEnumerable<Command> Build(Option<string?> data, Option<string> config)
    {
        var verify = new Command("verify", "Check rows, indexes, the hash chain, its end and the identity over the whole journal.")
        {
            data, config,
        };
        verify.SetAction((parsed, stop) => JournalCommand.Read(parsed, reader => Verify(reader, stop)));
        var prune = new Command("prune", "Drop the frames of old conversations; everything else stays, and the chain with it.")
        {
            data, config, OlderThan,
        };
        prune.SetAction((parsed, stop) => Say(() => JournalUpkeepCommands.Prune(Choose(parsed), parsed.GetValue(OlderThan), stop)));
        var backup = new Command("backup", "A consistent, checked copy of the journal, also while a gateway runs on it.")
        {
            To, data, config,
        };
        backup.SetAction((parsed, stop) => Say(() => JournalUpkeepCommands.Backup(Choose(parsed), parsed.GetRequiredValue(To), stop)));
        var init = new Command("init", "Forget the journal that is expected: the next start begins a new one.") { data, config, State };
        init.SetAction(parsed => Say(() => Init(Choose(parsed))));
        var restore = new Command("restore", "Take a journal that was brought back, or a backup, for the expected one.")
        {
            From, data, config, State,
        };
        restore.SetAction((parsed, stop) => Say(() => Restore(Choose(parsed), parsed.GetValue(From), stop)));
        return [verify, prune, backup, init, restore];
    }

    private static JournalChoice Choose(ParseResult parsed)
    {
        var choice = JournalCommand.Choose(parsed);
        return parsed.GetValue(State) is { } state ? choice with { Witness = JournalWitness.In(state, choice.Data) } : choice;
    }

    private static async Task<int> Verify(JournalReader reader, CancellationToken stop)
    {
        var check = await reader.Verify(stop);
        foreach (var sums in check.Sums)
        {
            Console.Error.WriteLine(
                $"tillbridge: the sums of terminal '{sums.Terminal}' disagree with its sessions, which are right: {sums.Why} "
                + "The next start of the gateway makes them anew.");
        }

        if (check is { BrokenAt: null, Sums.Count: > 0 }) return ExitCodes.Declined;
        if (check.BrokenAt is null)
        {
            var identity = check.Identity ?? "kept nowhere outside of the directory, so that a cut end would not be seen";
            Console.WriteLine($"ok: {check.Records} records, rows, indexes and the chain agree; the chain is whole; identity: {identity}");
            return ExitCodes.Ok;
        }

        var where = check.BrokenAt > 0 ? $"the chain breaks at record {check.BrokenAt}" : "the journal is not whole";
        Console.Error.WriteLine($"tillbridge: {where}: {check.Why} Keep the file as it is and compare it with a backup.");
        foreach (var row in check.Damaged.Skip(1)) Console.Error.WriteLine($"tillbridge: {row.Why}");
        return ExitCodes.Declined;
    }

    private static Task<int> Init(JournalChoice choice)
    {
        var expected = JournalReturn.Init(choice.Witness);
        Console.WriteLine(expected is { } records
            ? $"{choice.Data}: a journal of {records} records is no longer expected; the next start begins one without any earlier key"
            : $"{choice.Data}: no journal was expected; the next start begins one");
        return Task.FromResult(ExitCodes.Ok);
    }

    private static async Task<int> Restore(JournalChoice choice, string? from, CancellationToken stop)
    {
        var (records, expected) = await JournalReturn.Restore(choice.Witness, from, CommonOptions.Clock, stop);
        Console.WriteLine($"{choice.Data}: this journal of {records} records is the expected one from now on");
        if (expected > records)
        {
            Console.WriteLine(
                $"{expected - records} records are missing at its end: an order of that time would be charged again under its old key. "
                + "Compare with the terminals' totals before you take payments.");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> Say(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, failure.Message, failure);
        }
    }
}
