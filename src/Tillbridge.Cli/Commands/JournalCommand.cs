using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Cli.Gateways;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api;
using Tillbridge.Journal;
using Tillbridge.Sessions;

namespace Tillbridge.Cli.Commands;

/// <summary>Reads the journal of a data directory, also while a gateway runs on it.</summary>
internal static class JournalCommand
{
    private const int PageSize = 500;

    private static readonly Option<string?> Data =
        new("--data") { Description = "Directory of the journal (default: that of the configuration, else the user's)" };
    private static readonly Option<string> Config = CommonOptions.Config();
    private static readonly Option<bool> Json = new("--json") { Description = "JSON lines" };
    private static readonly Option<string?> Terminal = new("--terminal") { Description = "Only this terminal" };
    private static readonly Option<string?> OutcomeIs =
        new("--outcome") { Description = "approved, declined, cancelled, failed or unknown" };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many, newest first", DefaultValueFactory = _ => 50 };
    private static readonly Argument<string> Id = new("ID") { Description = "The session's id" };
    private static readonly Argument<string> NewOutcome = new("OUTCOME") { Description = "approved, declined, cancelled or failed" };
    private static readonly Option<string> By = new("--by") { Description = "Who says so", Required = true };
    private static readonly Option<string> Note =
        new("--note") { Description = "What was seen at the terminal", DefaultValueFactory = _ => "" };
    private static readonly Option<string?> Out = new("--out") { Description = "Write to this file instead of standard output" };

    public static Command Build()
    {
        var list = new Command("list", "Sessions, newest first.") { Data, Config, Json, Terminal, OutcomeIs, Limit };
        list.SetAction((parsed, stop) => Read(parsed, reader => List(parsed, reader, stop)));
        var show = new Command("show", "Everything about one session, with masked frames.") { Id, Data, Config, Json };
        show.SetAction((parsed, stop) => Read(parsed, reader => Show(parsed, reader, stop)));
        var resolve = new Command("resolve", "A named person concludes a session whose outcome is unknown.")
        {
            Id, NewOutcome, By, Note, Data, Config,
        };
        resolve.SetAction(Resolve);
        var export = new Command("export", "Every record with its hash, as JSON lines.") { Data, Config, Out };
        export.SetAction((parsed, stop) => Read(parsed, reader => Export(parsed, reader, stop)));
        var journal = new Command("journal", "The durable record of every session.") { list, show, resolve, export };
        foreach (var command in JournalCare.Build(Data, Config)) journal.Add(command);
        return journal;
    }

    /// <summary>Which journal is meant; says so.</summary>
    public static JournalChoice Choose(ParseResult parsed)
    {
        var isConfigGiven = parsed.GetResult(Config) is { Implicit: false };
        return JournalChoice.Of(parsed.GetValue(Data), parsed.GetRequiredValue(Config), isConfigGiven).Tell();
    }

    /// <summary>Reads the journal that is meant.</summary>
    public static async Task<int> Read(ParseResult parsed, Func<JournalReader, Task<int>> read)
    {
        try
        {
            using var reader = JournalReader.Open(Choose(parsed).Data);
            return await read(reader);
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, failure.Message, failure);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Usage, $"{wrong.Message} Choose another file with --out.", wrong);
        }
    }

    private static async Task<int> List(ParseResult parsed, JournalReader reader, CancellationToken stop)
    {
        var outcome = parsed.GetValue(OutcomeIs) is { } text ? ReadOutcome(text) : (Outcome?)null;
        var left = Math.Clamp(parsed.GetValue(Limit), 1, 100_000);
        string? cursor = null;
        var isWhole = true;
        do
        {
            var query = new SessionQuery
            {
                Terminal = parsed.GetValue(Terminal), Outcome = outcome, Cursor = cursor, Limit = Math.Min(left, PageSize),
            };
            var page = await reader.Query(query, stop);
            foreach (var session in page.Sessions)
            {
                Console.WriteLine(parsed.GetValue(Json) ? SessionJson.Of(session) : SessionText.Line(session));
            }

            foreach (var row in page.Damaged)
            {
                isWhole = false;
                Console.Error.WriteLine($"tillbridge: {row.Why}");
            }

            left -= page.Sessions.Count + page.Damaged.Count;
            cursor = page.Cursor;
        }
        while (cursor is not null && left > 0);
        return isWhole ? ExitCodes.Ok : ExitCodes.Declined;
    }

    private static async Task<int> Show(ParseResult parsed, JournalReader reader, CancellationToken stop)
    {
        var session = await reader.Find(ReadId(parsed.GetRequiredValue(Id)), stop)
            ?? throw CliException.Usage("There is no session of that id in this journal.");
        var json = parsed.GetValue(Json);
        Console.WriteLine(json ? SessionJson.Of(session) : SessionText.Line(session));
        var after = 0L;
        while (true)
        {
            var records = await reader.RecordsAfter(after, session.Id, PageSize, withFrames: true, stop);
            foreach (var record in records.Select(Readable))
            {
                if (json) Console.WriteLine(RecordJson(record));
                else if (record.Kind is RecordKind.Concluded or RecordKind.Progress or RecordKind.Incident)
                    SessionText.Show(Console.Out, record, session);
                else Console.WriteLine($"{record.At.ToLocalTime():HH:mm:ss}  {record.Kind}: {VisibleText.Line(record.Body)}");
                after = record.Sequence;
            }

            if (records.Count < PageSize) break;
        }

        if (!json && session.IsUnresolved)
        {
            Console.WriteLine(
                "The outcome is unknown: compare receipt and totals at the terminal, "
                + "then tillbridge journal resolve ID OUTCOME --by NAME.");
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> Export(ParseResult parsed, JournalReader reader, CancellationToken stop)
    {
        await using var file = parsed.GetValue(Out) is { } path ? PrivateFile.Text(path) : null;
        var to = file ?? Console.Out;
        var after = 0L;
        while (true)
        {
            var records = await reader.RecordsAfter(after, null, PageSize, withFrames: true, stop);
            foreach (var record in records) await to.WriteLineAsync(RecordJson(Readable(record)));
            if (records.Count < PageSize) return ExitCodes.Ok;
            after = records[^1].Sequence;
        }
    }

    private static async Task<int> Resolve(ParseResult parsed, CancellationToken stop)
    {
        var id = ReadId(parsed.GetRequiredValue(Id));
        var outcome = ReadOutcome(parsed.GetRequiredValue(NewOutcome));
        var (by, note) = (parsed.GetRequiredValue(By), parsed.GetRequiredValue(Note));
        var choice = Choose(parsed);
        var through = await ResolveHere(choice, id, outcome, by, note, stop) ? "" : await ResolveThere(choice, id, outcome, by, note, stop);
        Console.WriteLine($"session {id} is {outcome.ToString().ToLowerInvariant()}, by {by}{through}");
        return ExitCodes.Ok;
    }

    // False when somebody else owns the journal, or it is not ours to write: a gateway may do it.
    private static async Task<bool> ResolveHere(
        JournalChoice choice, SessionId id, Outcome outcome, string by, string note, CancellationToken stop)
    {
        var clock = CommonOptions.Clock;
        try
        {
            await using var journal = await choice.Open(clock, stop);
            await using var terminals = await LocalTerminals.Start(
                journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, clock), [], clock, IdSource.Of(clock),
                NullLoggerFactory.Instance, stop);
            return await terminals.Resolve(id, outcome, by, note, stop) is { } refusal ? throw CliException.Usage(refusal.Text) : true;
        }
        catch (JournalException taken) when (taken.Fault is JournalFault.InUse or JournalFault.ReadOnly)
        {
            if (RunningGateway.Of(choice) is not null) return false;
            throw new CliException(
                ExitCodes.Failed,
                $"{taken.Message} If that is a gateway, name its configuration with --config FILE.", taken);
        }
        catch (JournalException failure)
        {
            throw new CliException(ExitCodes.Failed, failure.Message, failure);
        }
    }

    private static async Task<string> ResolveThere(
        JournalChoice choice, SessionId id, Outcome outcome, string by, string note, CancellationToken stop) =>
        RunningGateway.Of(choice) is { } gateway
            ? $", through the gateway at {await gateway.Resolve(id, outcome, by, note, stop)}"
            : throw new CliException(ExitCodes.Failed, $"The gateway of {choice.Data} has just ended; try again.");

    private static SessionId ReadId(string text) =>
        SessionId.TryParse(text) ?? throw CliException.Usage($"'{text}' is no session id; journal list shows them.");

    private static Outcome ReadOutcome(string text) =>
        Enum.TryParse<Outcome>(text, ignoreCase: true, out var outcome) && Enum.IsDefined(outcome) && !char.IsAsciiDigit(text[0])
            ? outcome
            : throw CliException.Usage($"'{text}' is no outcome; write approved, declined, cancelled, failed or unknown.");

    private static JournalRecord Readable(JournalRecord record) => record with { Body = FrameText.BodyOf(record, ProtocolCatalog.ByName) };

    private static string RecordJson(JournalRecord record)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", record.Sequence);
            json.WriteString("at", record.At.UtcDateTime);
            json.WriteString("session", record.Session.Value);
            json.WriteString("terminal", record.Terminal);
            json.WriteString("kind", record.Kind.ToString());
            json.WriteNumber("fence", record.Fence);
            json.WritePropertyName("body");
            json.WriteRawValue(record.Body);
            json.WriteString("stateHash", record.StateHash);
            json.WriteString("hash", record.Hash);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
