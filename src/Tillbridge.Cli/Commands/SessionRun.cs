using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Gateway.Api.Periods;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Cli.Commands;

/// <summary>Runs one session in the foreground and shows it live.</summary>
internal static class SessionRun
{
    private const int EventsAtOnce = 500;
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private static readonly Option<string> Terminal = new("--terminal")
    {
        Description = "A configured terminal's name, or an address such as zvt+tcp://10.0.0.5:20007",
        Required = true,
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "One JSON line per event, the conclusion or the refusal last",
    };

    private static readonly Option<string?> Key = new("--key") { Description = "Idempotency key: the same key never charges twice" };
    private static readonly Option<string?> AnswerLimit =
        new("--answer-limit") { Description = "Seconds of silence on the line before recovery starts (default for ZVT: 180)" };
    private static readonly Option<string?> RecoveryLimit =
        new("--recovery-limit") { Description = "Seconds for which recovery asks before it gives up (default for ZVT: 240)" };
    private static readonly Option<string?> Dialect = new("--dialect") { Description = "Dialect of the terminal" };
    private static readonly Option<bool> TakesUnknown =
        new("--not-strict") { Description = "Take new money even while an earlier session is unknown" };

    private static readonly Option<string?> OwnCurrency = new("--currency")
    {
        Description = "The terminal's own currency, when --terminal is an address (default: the amount's, else the protocol's usual one; "
            + "totals follow the journal's bookings)",
    };

    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string> Config = CommonOptions.Config();

    public static IReadOnlyList<Option> Options { get; } =
        [Terminal, Json, Key, Data, AnswerLimit, RecoveryLimit, Dialect, OwnCurrency, TakesUnknown, Config];

    public static async Task<int> Run(ParseResult parsed, TerminalRequest request, CancellationToken stop)
    {
        if (RequestRules.Fault(request) is { } fault) throw CliException.Usage($"{fault.Field}: {fault.Text}");
        var (settings, configured) = TerminalChoice.Find(parsed.GetRequiredValue(Terminal), parsed.GetRequiredValue(Config));
        settings = Adjust(settings, parsed, request);
        var config = parsed.GetRequiredValue(Config);
        var choice = parsed.GetValue(Data) is null && configured is not null
            ? JournalChoice.OfConfiguration(config, configured)
            : JournalChoice.Of(parsed.GetValue(Data), config, parsed.GetResult(Config) is { Implicit: false });
        // A till that names the directory with each command needs no word about it.
        if (!choice.IsGiven) choice.Tell();
        var clock = CommonOptions.Clock;
        await using var journal = await OpenJournal(choice, parsed.GetValue(Key), clock, stop);
        var ids = IdSource.Of(clock);
        var parked = (await journal.Unsettled(settings.Name, stop))
            .Where(kept => kept.IsUnresolved && kept.Request.Kind.MovesMoney()).ToList();
        await using var terminals = await Start(journal, settings, clock, ids, stop);
        await Recover(terminals, journal, settings.Name, stop);
        // Whoever parked such a payment waits for its end.
        foreach (var before in parked)
        {
            if (await journal.Find(before.Id, stop) is { } now)
                Console.Error.WriteLine($"tillbridge: unknown since an earlier run: {SessionText.Line(now)}");
        }

        var key = parsed.GetValue(Key) ?? (request.Kind.MovesMoney() ? ids.NewKey() : null);
        var submission = await terminals.Submit(new Order(settings.Name, request) { Key = key }, stop);
        if (submission.Refusal is { } refusal)
        {
            if (parsed.GetValue(Json)) Console.WriteLine(RefusedLine(refusal));
            throw Refused(refusal);
        }

        var session = submission.Session!;
        if (submission.IsReplay) Console.Error.WriteLine($"tillbridge: this key was used before; showing session {session.Id}.");
        using var interrupt = AbortOnInterrupt(terminals, session.Id, stop);
        try
        {
            await Follow(journal, session.Id, 0, parsed.GetValue(Json), stop);
            var ended = (await journal.Find(session.Id, stop))!;
            if (!submission.IsReplay) await ShowTotals(journal, ended, parsed.GetValue(Json), stop);
            if (!parsed.GetValue(Json)) ShowWay(ended, settings);
            return ExitCodes.Of(ended);
        }
        catch (OperationCanceledException ended) when (session.NeedsProof)
        {
            throw new CliException(
                ExitCodes.Unknown,
                $"Stopped while session {session.Id} was open: its outcome is not known. "
                + $"Run the same command with --key {session.Key} to learn it without charging again.",
                ended);
        }
    }

    /// <summary>Opens the journal, and says what to do when it cannot be opened.</summary>
    public static async Task<SqliteJournal> OpenJournal(
        JournalChoice choice, string? key, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            choice.ForgetWhatIsGone(key);
            return await choice.Open(clock, stop);
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, $"Nothing was sent. {failure.Message}", failure);
        }
    }

    /// <summary>Starts the engine with one terminal, and says what is wrong with that.</summary>
    public static async Task<LocalTerminals> Start(
        SqliteJournal journal, TerminalSettings settings, TimeProvider clock, IdSource ids, CancellationToken stop)
    {
        try
        {
            return await LocalTerminals.Start(
                journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, clock), [settings], clock, ids,
                NullLoggerFactory.Instance, stop);
        }
        catch (ArgumentException wrong)
        {
            throw new CliException(ExitCodes.Usage, wrong.Message, wrong);
        }
    }

    // Ctrl+C asks the terminal to stop; the session ends as the terminal says, so the command waits on.
    private static IDisposable AbortOnInterrupt(LocalTerminals terminals, SessionId id, CancellationToken stop)
    {
        var asked = Task.CompletedTask;
        return Interrupt.Instead(() =>
        {
            if (!asked.IsCompleted) return;
            Console.Error.WriteLine("tillbridge: asking the terminal to stop; the result follows (a payment may still succeed).");
            asked = terminals.Abort(id, "Ctrl+C", stop);
        });
    }

    // What an earlier run left open at this terminal is settled before it takes new work; the user sees why it takes time.
    private static async Task Recover(
        LocalTerminals terminals, SqliteJournal journal, string name, CancellationToken stop)
    {
        while (terminals.States.First(state => state.Name == name).Current is { } open)
        {
            var isUnknown = await journal.Find(open, stop) is { Phase: SessionPhase.Closed };
            var how = isUnknown ? "is unknown since an earlier run" : "was left open by an earlier run";
            Console.Error.WriteLine($"tillbridge: session {open} {how}; asking the terminal about it first.");
            if (!isUnknown) await Follow(journal, open, journal.LastSequence, json: false, stop, Console.Error);
            while (terminals.States.First(state => state.Name == name).Current == open)
                await Task.Delay(Poll, CommonOptions.Clock, stop);
        }
    }

    // Shows what the journal made durable, in order, until the session is concluded.
    private static async Task Follow(
        SqliteJournal journal, SessionId id, long after, bool json, CancellationToken stop, TextWriter? to = null)
    {
        to ??= Console.Out;
        while (true)
        {
            var seen = journal.LastSequence;
            foreach (var record in await journal.RecordsAfter(after, id, EventsAtOnce, withFrames: false, stop))
            {
                after = record.Sequence;
                var session = record.Kind is RecordKind.Concluded ? await journal.Find(id, stop) : null;
                if (json) ShowJson(to, record, session);
                else SessionText.Show(to, record, session);
                if (session is not null) return;
            }

            if (await journal.Find(id, stop) is { Phase: SessionPhase.Closed } && journal.LastSequence == seen && after >= seen) return;
            await WaitBeyond(journal, Math.Max(seen, after), json, stop);
        }
    }

    // Nobody should wonder whether the program still lives.
    private static async Task WaitBeyond(SqliteJournal journal, long sequence, bool json, CancellationToken stop)
    {
        var clock = CommonOptions.Clock;
        var since = clock.GetTimestamp();
        var news = journal.WaitBeyond(sequence, stop);
        while (await Task.WhenAny(news, Task.Delay(SignOfLife, clock, stop)) != news)
        {
            stop.ThrowIfCancellationRequested();
            if (!json) Console.Error.WriteLine($"          waiting for the terminal, {clock.GetElapsedTime(since).TotalSeconds:0} s");
        }

        await news;
    }

    private static void ShowJson(TextWriter to, JournalRecord record, Session? session)
    {
        if (EventView.From(record, session, ProtocolCatalog.ByName) is { } view) to.WriteLine(view.Json);
    }

    private static TerminalSettings Adjust(TerminalSettings settings, ParseResult parsed, TerminalRequest request)
    {
        var driver = settings.Driver with
        {
            AnswerLimit = CommonOptions.Seconds("--answer-limit", parsed.GetValue(AnswerLimit)) ?? settings.Driver.AnswerLimit,
            Dialect = parsed.GetValue(Dialect) ?? settings.Driver.Dialect,
        };
        // An address on the command line says nothing about its currency; the amount does.
        if (settings.Name == settings.Address.ToString())
        {
            var code = parsed.GetValue(OwnCurrency) ?? request.Amount?.Currency.Code ?? driver.Currency;
            if (!Currency.TryFind(code, out _)) throw CliException.Usage($"'{code}' is no ISO 4217 currency code.");
            driver = driver with { Currency = code };
        }

        return settings with
        {
            Driver = driver,
            RecoveryLimit = CommonOptions.Seconds("--recovery-limit", parsed.GetValue(RecoveryLimit)) ?? settings.RecoveryLimit,
            StrictUnknown = settings.StrictUnknown && !parsed.GetValue(TakesUnknown),
        };
    }

    // How the terminal's totals compare with the journal's. A till that reads lines is told a difference beside them.
    private static async Task ShowTotals(SqliteJournal journal, Session ended, bool isJson, CancellationToken stop)
    {
        var asksForTotals = ended.Request.Kind is RequestKind.Reconciliation or RequestKind.Subtotals;
        if (!asksForTotals || ended.Conclusion?.Totals is not { } totals) return;
        var period = await ClosedPeriod.Before(journal, ended, stop);
        var lines = PeriodCheck.Lines(period.Sessions, totals)
            .Concat(period.Damaged.Select(row => $"DIFFERENCE damaged: session {row.Id} cannot be told. {row.Why}")).ToList();
        if (!isJson) Console.WriteLine(string.Join('\n', lines.Select(line => $"          {line}")));
        else if (lines.Skip(1).Any()) Console.Error.WriteLine($"tillbridge: {string.Join(" ", lines)}");
    }

    // Where to look when the way to the terminal is broken.
    private static void ShowWay(Session ended, TerminalSettings settings)
    {
        if (ended.Conclusion?.Reason is Reason.TerminalUnreachable or Reason.LinkLost or Reason.Silence or Reason.ProtocolViolation)
        {
            Console.Error.WriteLine(
                $"tillbridge: 'tillbridge doctor --terminal {settings.Address}' finds out, without moving money, what is wrong.");
        }
    }

    // A till that reads lines must not end with none.
    private static string RefusedLine(Refusal refusal) => new JsonObject
    {
        ["event"] = "refused", ["code"] = RefusalWords.Of(refusal.Code).Code, ["field"] = refusal.Field,
        ["session"] = refusal.Session?.Value, ["text"] = $"Nothing was sent. {refusal.Text}",
    }.ToJsonString();

    private static CliException Refused(Refusal refusal) => new(
        refusal.Code is RefusalCode.InvalidRequest or RefusalCode.UnsupportedByTerminal
            or RefusalCode.IdempotencyConflict or RefusalCode.NotFound
            ? ExitCodes.Usage
            : ExitCodes.Failed,
        $"Nothing was sent. {refusal.Text}");
}
