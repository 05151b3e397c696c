using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Cli.Commands;
using Tillbridge.Domain;
using Tillbridge.Facades.Rows;
using Tillbridge.Sessions;
using Connectors = Tillbridge.Facades.Rows.Rows;

namespace Tillbridge.Cli.Rows;

/// <summary>The row-by-row connectors: <c>tillbridge rows CONNECTOR --in FILE --out FILE</c> (integray-rows.md §6).</summary>
internal static class RowsCommand
{
    private static readonly Argument<string> Name = new("CONNECTOR")
    {
        Description = string.Join(", ", Connectors.All.Select(connector => connector.Name)),
    };

    private static readonly Option<string?> In = new("--in") { Description = "CSV or JSON lines; - is standard input" };
    private static readonly Option<string?> Out = new("--out") { Description = "The rows' answers; - is standard output" };
    private static readonly Option<string?> Ip = new("--ip") { Description = "IP address of the GPE terminal" };
    private static readonly Option<int> Port = new("--port") { Description = "Its port", DefaultValueFactory = _ => 2050 };
    private static readonly Option<string?> Terminal = new("--terminal") { Description = "A configured terminal's name, or an address" };
    private static readonly Option<string?> Dialect = new("--dialect") { Description = "Dialect of the terminal: an id or a file" };
    private static readonly Option<string?> OwnCurrency =
        new("--currency") { Description = "Currency of rows that name none (default CZK)" };
    private static readonly Option<string?> Data =
        new("--data") { Description = "Directory of the journal; needed for payments and refunds" };
    private static readonly Option<string> Config = CommonOptions.Config();
    private static readonly Option<string?> Schema = new("--schema")
    {
        Description = "extended (default) or strict columns; alone it prints the connector's columns as JSON",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Format =
        new("--format") { Description = "csv or jsonl, where the file's ending does not say it" };
    private static readonly Option<string> Characters = new("--encoding")
    {
        Description = "Encoding of a CSV input, for example windows-1250", DefaultValueFactory = _ => "utf-8",
    };

    private static readonly Option<string> Delimiter = new("--delimiter")
    {
        Description = "Delimiter of a CSV output", DefaultValueFactory = _ => ",",
    };

    private static readonly Option<string> Unit = new("--amount-unit")
    {
        Description = "What plain numbers count: minor or major units", DefaultValueFactory = _ => "minor",
    };

    private static readonly Option<string> Keys = new("--key-column")
    {
        Description = "The column with each row's own key", DefaultValueFactory = _ => RowPlan.KeyColumn,
    };

    private static readonly Option<string?> RunName =
        new("--run") { Description = "Name of the run; rows without a key are numbered in it" };
    private static readonly Option<string?> ApprovedColumn =
        new("--approved-column") { Description = "Another name for IsTransactionApproved" };
    private static readonly Option<string?> MostAmount = new("--max-amount") { Description = "Largest amount of a row, major units" };
    private static readonly Option<int?> MostRows = new("--max-rows") { Description = "Most rows of a run (refunds: 50 unless given)" };
    private static readonly Option<string?> BusyWait =
        new("--busy-wait") { Description = "Seconds to wait for a busy terminal (default 30)" };
    private static readonly Option<string?> AnswerLimit =
        new("--answer-limit") { Description = "Seconds of silence on the line before recovery starts" };
    private static readonly Option<string?> RecoveryLimit =
        new("--recovery-limit") { Description = "Seconds for which recovery asks before it gives up" };

    private static readonly Option<string> Timestamp = new("--timestamp")
    {
        Description = "Form of times: terminal (YYMMDDHHmmSS) or iso", DefaultValueFactory = _ => "terminal",
    };

    private static readonly Option<bool> AllowAddress = new("--allow-row-address") { Description = "Rows may name another terminal" };
    private static readonly Option<bool> Yes = new("--yes") { Description = "Do not ask before more than 100 rows that move money" };
    private static readonly Option<bool> ExcelSafe = new("--excel-safe") { Description = "Put ' before text that a spreadsheet would run" };
    private static readonly Option<bool> ForceNew = new("--force-new") { Description = "Never go on with an output that exists" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON line per row on standard error" };

    public static Command Build()
    {
        var command = new Command(
            "rows", "Carry out the rows of a file one by one and write a row for each; with --data the same rows again resume.")
        {
            Name, In, Out, Ip, Port, Terminal, Dialect, OwnCurrency, Data, Config, Schema, Format, Characters, Delimiter, Unit, Keys,
            RunName, ApprovedColumn, MostAmount, MostRows, BusyWait, AnswerLimit, RecoveryLimit, Timestamp,
            AllowAddress, Yes, ExcelSafe, ForceNew, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var name = parsed.GetRequiredValue(Name);
        var connector = Connectors.All.FirstOrDefault(known => known.Name == name)
            ?? throw CliException.Usage($"There is no connector '{name}'; known are {Name.Description}.");
        var schema = parsed.GetResult(Schema) is null ? "extended" : parsed.GetValue(Schema);
        if (schema is null)
        {
            Console.WriteLine(RowSchema.Of(connector));
            return ExitCodes.Ok;
        }

        var plan = ReadPlan(parsed, connector, Choice("--schema", schema, "extended", "strict") == "strict");
        var (settings, configured) = ChooseTerminal(parsed);
        var rules = new RowRules
        {
            MajorUnits = Choice("--amount-unit", parsed.GetRequiredValue(Unit), "minor", "major") == "major",
            Currency = Currency.Of(settings.Driver.Currency),
            MostMajor = ReadMost(parsed.GetValue(MostAmount)),
        };
        var config = parsed.GetRequiredValue(Config);
        var data = parsed.GetValue(Data) is { } given ? JournalChoice.OfData(given, config)
            : configured is not null || (connector.MovesMoney && (File.Exists(config) || parsed.GetResult(Config) is { Implicit: false }))
                ? JournalChoice.Of(null, config, isConfigGiven: true)
            : null;
        if (data is null && connector.MovesMoney)
        {
            throw CliException.Usage(
                $"{connector.Name} moves money and needs --data DIR or --config FILE: the journal knows there which rows are paid.");
        }

        if (data is { IsGiven: false }) data.Tell();
        var input = plan.In is { } path ? RowInput.Open(plan, path) : RowInput.Single(plan);
        var run = new RowsRun(plan, input, rules, settings)
        {
            BusyWait = CommonOptions.Seconds("--busy-wait", parsed.GetValue(BusyWait)) ?? TimeSpan.FromSeconds(30),
            MostRows = parsed.GetValue(MostRows) ?? (connector == Connectors.Refund ? 50 : RowInput.MostRows),
            IsAgreed = parsed.GetValue(Yes), ForceNew = parsed.GetValue(ForceNew),
        };
        return await run.Go(data, stop);
    }

    private static RowPlan ReadPlan(ParseResult parsed, RowConnector connector, bool strict)
    {
        var (input, output) = (parsed.GetValue(In), parsed.GetValue(Out));
        if (input is null && connector.MovesMoney) throw CliException.Usage($"{connector.Name} needs --in FILE with a row for each.");
        var format = parsed.GetValue(Format);
        if (format is not null) Choice("--format", format, "csv", "jsonl");
        var encoding = FindEncoding(parsed.GetRequiredValue(Characters)) ?? throw CliException.Usage(
            $"There is no encoding '{parsed.GetValue(Characters)}'; write for example utf-8, windows-1250 or iso-8859-2.");
        var delimiter = parsed.GetRequiredValue(Delimiter) switch
        {
            "\\t" or "tab" => '\t', { Length: 1 } one when !char.IsLetterOrDigit(one[0]) && one[0] is not '"' => one[0],
            _ => throw CliException.Usage("--delimiter takes one character, or tab."),
        };
        var name = parsed.GetValue(RunName);
        if (name is not null && !RequestRules.IsPrintable(name, 80)) throw CliException.Usage("--run takes 1 to 80 printable characters.");
        if (connector.MovesMoney && name is null && (input == "-" || (output ?? "-") == "-"))
            throw CliException.Usage("With standard input or output a run of payments needs a name: --run NAME, the same one to resume.");
        return new RowPlan(connector, output ?? "-")
        {
            In = input,
            InFormat = input is null ? "jsonl" : FormatOf("--in", input, format),
            OutFormat = FormatOf("--out", output ?? "-", format),
            Encoding = encoding,
            IsStrict = strict,
            Keys = parsed.GetRequiredValue(Keys),
            RunName = name,
            Delimiter = delimiter,
            ExcelSafe = parsed.GetValue(ExcelSafe),
            IsoTimes = Choice("--timestamp", parsed.GetRequiredValue(Timestamp), "terminal", "iso") == "iso",
            ApprovedColumn = parsed.GetValue(ApprovedColumn),
            AllowsRowAddress = parsed.GetValue(AllowAddress),
            Json = parsed.GetValue(Json),
        };
    }

    private static (TerminalSettings Settings, string? Data) ChooseTerminal(ParseResult parsed)
    {
        var (ip, named) = (parsed.GetValue(Ip), parsed.GetValue(Terminal));
        if (ip is null == named is null)
            throw CliException.Usage("Say where the terminal is: --ip ADDRESS [--port PORT], or --terminal NAME|ADDRESS.");
        var text = named ?? $"gpe+tcp://{(ip!.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip)}:{parsed.GetValue(Port)}";
        var (settings, data) = TerminalChoice.Find(text, parsed.GetRequiredValue(Config));
        var isConfigured = data is not null;
        var code = parsed.GetValue(OwnCurrency)?.ToUpperInvariant() ?? (isConfigured ? settings.Driver.Currency : "CZK");
        if (!Currency.TryFind(code, out _)) throw CliException.Usage($"'{code}' is no ISO 4217 currency code.");
        var driver = settings.Driver with
        {
            Currency = code,
            Dialect = parsed.GetValue(Dialect) ?? settings.Driver.Dialect,
            AnswerLimit = CommonOptions.Seconds("--answer-limit", parsed.GetValue(AnswerLimit)) ?? settings.Driver.AnswerLimit,
        };
        var recovery = CommonOptions.Seconds("--recovery-limit", parsed.GetValue(RecoveryLimit)) ?? settings.RecoveryLimit;
        return (settings with { Driver = driver, RecoveryLimit = recovery }, data);
    }

    private static string FormatOf(string option, string path, string? given)
    {
        if (given is not null) return given;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => "csv", ".jsonl" or ".ndjson" => "jsonl", "" when path == "-" => "jsonl",
            _ => throw CliException.Usage($"{option} '{path}' says by its ending neither .csv nor .jsonl; add --format csv or jsonl."),
        };
    }

    private static string Choice(string option, string text, params ReadOnlySpan<string> known) =>
        known.Contains(text) ? text : throw CliException.Usage($"{option} takes {string.Join(" or ", known.ToArray())}, not '{text}'.");

    private static Encoding? FindEncoding(string name)
    {
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static decimal? ReadMost(string? text)
    {
        if (text is null) return null;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var most) && most > 0
            ? most
            : throw CliException.Usage($"--max-amount takes major units above zero, not '{text}'.");
    }
}
