using System.Text.Json;
using Tillbridge.Cli.Commands;
using Tillbridge.Domain;
using Tillbridge.Domain.Keys;
using Tillbridge.Facades.Rows;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Cli.Rows;

/// <summary>One run over all rows, from the first or where an earlier run of the same name stopped.</summary>
internal sealed class RowsRun(RowPlan plan, RowInput input, RowRules rules, TerminalSettings terminal)
{
    private const int AsksAbove = 100;
    private const int MostKeyCharacters = 100;

    private readonly Dictionary<RowOutcome, int> counts = [];
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private int differing;
    private bool stopsAfterRow;
    private bool isRemembered;

    // What the same command will do, said to whom a run was stopped.
    private string Again => isRemembered ? "the same command resumes"
        : plan.Connector.IsOnce ? "no journal remembers it, so look at the terminal first"
        : "the same command asks again";

    public TimeSpan BusyWait { get; init; }

    public int MostRows { get; init; }

    public bool IsAgreed { get; init; }

    public bool ForceNew { get; init; }

    public async Task<int> Go(JournalChoice? data, CancellationToken stop)
    {
        var rows = input.Rows().Count();
        if (rows > 0 && !input.HasKeys && plan.Keys != RowPlan.KeyColumn)
            throw CliException.Usage($"The input has no column '{plan.Keys}', which --key-column names.");
        Agree(rows);
        if (input.Ignored.Count > 0) Say($"these columns are ignored: {string.Join(", ", input.Ignored)}.");
        var run = plan.RunName ?? input.Hash;
        // A close without rows and without a name is meant now, each time; without a journal of its own nothing is remembered at all.
        isRemembered = data is not null && (plan.RunName is not null || input.HasKeys || (plan.Connector.IsOnce && plan.In is not null));
        var resumes = RowCompanion.Check(plan, terminal.Name, run, ForceNew);
        if (resumes && plan.Connector.IsOnce && !isRemembered) throw Forgotten();
        var temporary = data is null ? Directory.CreateTempSubdirectory("tillbridge-rows-").FullName : null;
        try
        {
            // Every row brings a key that an earlier journal may know.
            await using var journal = data is null
                ? await SqliteJournal.Open(temporary!, CommonOptions.Clock, null, stop)
                : await SessionRun.OpenJournal(data, run, CommonOptions.Clock, stop);
            var clock = CommonOptions.Clock;
            await using var engine = await SessionRun.Start(journal, terminal, clock, IdSource.Of(clock), stop);
            RowCompanion.Write(plan, terminal.Name, run);
            await CarryOut(engine, journal, run, resumes, stop);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JournalException)
        {
            throw new CliException(
                ExitCodes.Internal,
                $"The run stopped: {failure.Message} About what was carried out: {Again}.", failure);
        }
        finally
        {
            if (temporary is not null) Directory.Delete(temporary, recursive: true);
        }

        Summarise(rows);
        return ExitCode(rows);
    }

    private async Task CarryOut(LocalTerminals engine, IJournal journal, string run, bool resumes, CancellationToken stop)
    {
        // A resume writes the whole output anew out of the journal and puts it in the old one's place when it is done.
        var target = resumes ? plan.Out + ".resume" : plan.Out;
        var errors = plan.Out + ".errors.jsonl";
        var runner = new RowRunner(engine, plan.Connector, CommonOptions.Clock)
        {
            BusyWait = BusyWait,
            Metadata = new Dictionary<string, string> { ["rows.connector"] = plan.Connector.Name, ["rows.user"] = Environment.UserName },
        };
        using var interrupt = Interrupt.Instead(() =>
        {
            if (stopsAfterRow) Environment.Exit(ExitCodes.Unknown); // The second time: at once.
            stopsAfterRow = true;
            Say($"stopping after this row; once more leaves at once. Afterwards: {Again}.");
        });
        var known = engine.Capabilities(terminal.Name)!;
        var counted = rules with
        {
            WireExponents = known.WireExponents,
            HasReferenceNumber = known is { MintedReferenceDigits: > 0, NeedsUniqueReferences: false },
        };
        using (var output = RowOutput.Create(plan, target))
        {
            RowOutput? faults = null;
            try
            {
                foreach (var row in input.Rows())
                {
                    if (stopsAfterRow) return;
                    var (key, end) = await Carry(engine, journal, runner, counted, row, run, stop);
                    if (end.Outcome is RowOutcome.Invalid && plan.In is not null)
                        end = end with { ErrorText = $"Line {row.Line}: {end.ErrorText}" };
                    counts[end.Outcome] = counts.GetValueOrDefault(end.Outcome) + 1;
                    if (end.AmountDiffers) differing++;
                    // In strict columns a false flag without an answer would be a statement that nobody made.
                    if (!plan.IsStrict || end.IsAnswered) output.Append(plan.Write(end, counted, key, row));
                    else
                    {
                        faults ??= RowOutput.CreateErrors(plan, errors);
                        var outcome = end.Outcome.ToString().ToLowerInvariant();
                        var session = end.Session?.Id.Value;
                        faults.Append([key, (long)row.Number, outcome, end.ErrorCode, end.ErrorText, session, plan.LineOf(row)]);
                    }

                    Progress(row, key, end);
                }

                if (faults is null && plan.IsStrict && plan.Out != "-") File.Delete(errors);
            }
            finally
            {
                faults?.Dispose();
            }
        }

        if (resumes) File.Move(target, plan.Out, overwrite: true);
    }

    private async Task<(string? Key, RowEnd End)> Carry(
        LocalTerminals engine, IJournal journal, RowRunner runner, RowRules counted, RowLine row, string run, CancellationToken stop)
    {
        var now = CommonOptions.Clock.GetLocalNow().DateTime;
        if (row.Values is not { } values)
            return (input.HasKeys ? row.Key : Numbered(row.Number, run), RowEnd.Invalid("invalid-row", row.Fault!, now));
        var (key, wrong) = await KeyOf(values, row.Number, run, journal, stop);
        if (wrong is not null) return (key, RowEnd.Invalid("invalid-row", wrong, now));
        var reading = plan.Connector.Read(values, counted);
        if (reading.Address is not { } address) return (key, await runner.Run(terminal.Name, reading, key, stop));
        return await Elsewhere(engine, address) is var (name, refused) && name is not null
            ? (key, await runner.Run(name, reading, key, stop))
            : (key, RowEnd.Invalid("invalid-row", refused!, now));
    }

    // The row's own terminal: the run's, or another one where that is allowed.
    private async Task<(string? Name, string? Refused)> Elsewhere(LocalTerminals engine, (string? Host, int? Port) place)
    {
        var mine = terminal.Address;
        if (mine.Carrier != "tcp" && place is not ({ }, { }))
            return (null, "IpAddress and IpPort are both needed: the run's own terminal has none.");
        var (host, port) = (place.Host ?? mine.Host, place.Port ?? mine.Port);
        if (mine.Host == host && mine.Port == port) return (terminal.Name, null);
        if (!plan.AllowsRowAddress)
            return (null, $"IpAddress {host}:{port} is not the run's terminal; --allow-row-address lets rows choose.");
        // The terminal's id is that of the run's own.
        var address = mine with { Carrier = "tcp", Host = host, Port = port, Options = mine.WayOptions };
        var name = address.ToString();
        if (engine.Settings(name) is not null) return (name, null);
        try
        {
            var refusal = await engine.Put(terminal with { Name = name, Address = address });
            return refusal is null ? (name, null) : (null, refusal.Text);
        }
        catch (ArgumentException wrong)
        {
            return (null, wrong.Message);
        }
    }

    // A question may be asked again; a close without input and without a name is one that is meant now.
    private string? Numbered(int number, string run) => plan.RunName is not null || (plan.Connector.IsOnce && plan.In is not null)
        ? $"{run}/{number}"
        : plan.Connector.IsOnce ? IdSource.Of(CommonOptions.Clock).NewKey() : null;

    private async Task<(string? Key, string? Wrong)> KeyOf(
        IReadOnlyDictionary<string, string?> values, int number, string run, IJournal journal, CancellationToken stop)
    {
        // One source for all rows of an input: a key of our own beside theirs would be another one after a change of the input.
        if (!input.HasKeys) return (Numbered(number, run), null);
        var key = values.GetValueOrDefault(plan.Keys);
        if (key is null) return (null, $"{plan.Keys} is missing; where one row has it, all need it.");
        // What an earlier version took and carried out is told again.
        if (OrderKey.Fault(key, MostKeyCharacters) is { } fault
            && (key.Length > MostKeyCharacters || await journal.FindUnder(RowRunner.FirstKeyOf(plan.Connector, key), null, stop) is null))
            return (key, $"{plan.Keys} {fault}");
        return keys.Add(OrderKey.Normal(key)) ? (key, null) : (key, $"{plan.Keys} '{key}' stands twice in the input.");
    }

    private CliException Forgotten() => CliException.Usage(
        $"'{plan.Out}' exists, and no journal remembers whether its run closed the period; nothing was carried out. Look at it and at the "
        + "terminal, then name another output. With --data DIR and --run NAME (or rows) the same command closes once.");

    private void Agree(int rows)
    {
        if (rows > MostRows) throw CliException.Usage($"The input has {rows} rows, --max-rows allows {MostRows}; nothing was carried out.");
        if (!plan.Connector.MovesMoney || rows <= AsksAbove || IsAgreed) return;
        if (Console.IsInputRedirected) throw CliException.Usage($"{rows} rows move money; add --yes to agree.");
        Console.Error.Write($"{rows} rows will be carried out with {plan.Connector.Name} at {terminal.Name}. Type yes to go on: ");
        if (Console.ReadLine()?.Trim() != "yes") throw CliException.Usage("Nothing was carried out.");
    }

    private void Progress(RowLine row, string? key, RowEnd end)
    {
        var outcome = end.Outcome.ToString().ToLowerInvariant();
        if (plan.Json)
        {
            Console.Error.WriteLine(JsonSerializer.Serialize(
                new RowEvent("row", row.Number, key, outcome, end.ErrorCode, end.Session?.Id.Value) { Line = plan.LineOf(row) },
                RowJson.Default.RowEvent));
            return;
        }

        var amount = end.Session?.Conclusion?.ApprovedAmount is { } approved ? $" {approved}" : "";
        var said = end.Session?.Conclusion is { Outcome: not Outcome.Approved, ResponseCode: { } response } ? $" (code {response})" : "";
        var fault = said + (end.ErrorCode is { } code ? $" {code}: {end.ErrorText}" : "");
        Console.Error.WriteLine($"row {row.Number} {key ?? "-"} {outcome}{amount}{fault}");
    }

    private void Summarise(int rows)
    {
        int Of(RowOutcome outcome) => counts.GetValueOrDefault(outcome);
        var apart = differing > 0 ? $"{differing} approved for another amount, " : "";
        var text = $"{counts.Values.Sum()} rows: {Of(RowOutcome.Approved) - differing} approved, {apart}"
            + $"{Of(RowOutcome.Declined)} declined, {Of(RowOutcome.Cancelled)} cancelled, {Of(RowOutcome.Failed)} failed, "
            + $"{Of(RowOutcome.Unknown)} unknown, "
            + $"{Of(RowOutcome.Invalid)} invalid, {Of(RowOutcome.Skipped)} skipped";
        if (counts.Values.Sum() < rows) text += $"; {rows - counts.Values.Sum()} not begun, {Again}";
        var last = new RowEvent("end", rows, null, text, null, null);
        Console.Error.WriteLine(plan.Json ? JsonSerializer.Serialize(last, RowJson.Default.RowEvent) : text);
    }

    private int ExitCode(int rows)
    {
        if (counts.GetValueOrDefault(RowOutcome.Unknown) > 0) return ExitCodes.Unknown;
        var bad = counts.GetValueOrDefault(RowOutcome.Failed) + counts.GetValueOrDefault(RowOutcome.Invalid)
            + counts.GetValueOrDefault(RowOutcome.Skipped);
        if (bad > 0 || counts.Values.Sum() < rows) return ExitCodes.Failed;
        return differing > 0 ? ExitCodes.OtherAmount : ExitCodes.Ok;
    }

    private static void Say(string text) => Console.Error.WriteLine($"tillbridge: {text}");
}
