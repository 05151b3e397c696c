using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Rows;

/// <summary>The command itself over a virtual terminal in a process of its own.</summary>
public sealed class CliRowsTests : CliBench
{
    private string In => Path.Combine(Folder, "in.csv");

    private string Out => Path.Combine(Folder, "out.csv");

    [Fact]
    public async Task Every_row_has_its_answer_and_the_books_have_the_approved_ones_once()
    {
        await Write("RowKey,Amount", "a,1250", "b,9901", "c,2000.5", "d,300", "a,1", ",5", "e,9905");

        var (code, output) = await Pay();
        var again = await Pay();

        Assert.Equal(3, code);
        const string Summary = "7 rows: 3 approved, 1 declined, 0 cancelled, 0 failed, 0 unknown, 3 invalid, 0 skipped\n";
        Assert.EndsWith(Summary, output, StringComparison.Ordinal);
        Assert.Equal(3, again.ExitCode);
        Assert.Equal(1250 + 300 + 9905, Booked());
        Assert.Equal(["approved", "declined", "invalid", "approved", "invalid", "invalid", "approved"], await Column("Outcome"));
        Assert.Equal(["1250", "", "", "300", "", "", "9905"], await Column("Amount"));
    }

    [Fact]
    public async Task A_line_that_is_wrong_is_an_answer_with_its_key_and_line_and_the_others_go_on()
    {
        await Write(
            "RowKey,Amount", "a,100", "b,12,50", "", "c", "d,1.23E+05", "e,200", "e ,300", "x\u200By,400",
            "cafe\u0301,500", "caf\u00E9,500");

        var (code, output) = await Pay();

        Assert.True(code == 3, output);
        Assert.Equal(["a", "b", "c", "d", "e", "e ", "x\u200By", "cafe\u0301", "caf\u00E9"], await Column("RowKey"));
        Assert.Equal(["2", "3", "5", "6", "7", "8", "9", "10", "11"], await Column("Line"));
        Assert.Equal(
            ["approved", "invalid", "invalid", "invalid", "approved", "invalid", "invalid", "approved", "invalid"],
            await Column("Outcome"));
        Assert.Equal(100 + 200 + 500, Booked());
        var texts = await Column("ErrorText");
        Assert.StartsWith("Line 3: The row has 3 fields, the header names 2.", texts[1], StringComparison.Ordinal);
        Assert.StartsWith("Line 6: Amount is written with an exponent", texts[3], StringComparison.Ordinal);
        Assert.Contains("write all of them", texts[3], StringComparison.Ordinal);
        Assert.StartsWith("Line 8: RowKey must be 1 to 100 printable characters without a blank", texts[5], StringComparison.Ordinal);
        Assert.Contains("U+200B", texts[6], StringComparison.Ordinal);
        Assert.Contains("stands twice", texts[8], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_key_with_another_amount_is_not_carried_out_and_a_new_row_at_the_top_is_only_itself()
    {
        await Write("RowKey,Amount", "a,1250");
        await Pay();
        await Write("RowKey,Amount", "new,100", "a,1251");

        Assert.Equal(64, (await Pay()).ExitCode); // Another input goes on in no other's output.
        File.Delete(Out);
        Assert.Equal(3, (await Pay()).ExitCode);

        Assert.Equal(["approved", "invalid"], await Column("Outcome"));
        Assert.Equal(["", "idempotency-conflict"], await Column("ErrorCode"));
        Assert.Equal(1350, Booked());
    }

    [Fact]
    public async Task Behind_an_unknown_the_rows_of_its_terminal_are_skipped_and_carried_out_after_it_is_resolved()
    {
        await Write("RowKey,Amount", "a,100", "b,9913", "c,200");

        var (code, _) = await Pay("--recovery-limit", "4");
        Assert.Equal(4, code);
        Assert.Equal(["approved", "unknown", "skipped"], await Column("Outcome"));

        var session = (await Column("SessionId"))[1];
        var resolved = await GatewayProcess.Run(
            Stop, "journal", "resolve", session, "approved", "--by", "Anna", "--note", "seen", "--data", Data);
        Assert.True(resolved.ExitCode == 0, resolved.Output);
        var (resumed, output) = await Pay("--recovery-limit", "4");
        Assert.True(resumed == 0, output);
        Assert.Equal(["approved", "approved", "approved"], await Column("Outcome"));
        Assert.Equal(100 + 9913 + 200, Booked());
    }

    [Fact]
    public async Task In_strict_columns_a_row_without_an_answer_stands_in_the_list_of_errors_only()
    {
        await Write("RowKey,Amount", "a,100", "b,x");

        Assert.Equal(3, (await Pay("--schema", "strict")).ExitCode);

        Assert.Single(await Column("ResponseCode"));
        var fault = JsonDocument.Parse(await File.ReadAllTextAsync(Out + ".errors.jsonl", Stop)).RootElement;
        Assert.Equal(("b", 2, 3, "invalid-row"), (
            fault.GetProperty("RowKey").GetString(), fault.GetProperty("Row").GetInt32(), fault.GetProperty("Line").GetInt32(),
            fault.GetProperty("ErrorCode").GetString()));
    }

    [Theory]
    [InlineData("--max-rows", "1", "--max-rows allows 1")]
    [InlineData("--amount-unit", "cents", "minor or major")]
    [InlineData("--encoding", "klingon", "no encoding")]
    [InlineData("--schema", "loose", "extended or strict")]
    [InlineData("--ip", "10.0.0.5", "Say where the terminal is")]
    public async Task Wrong_usage_says_its_cure_and_carries_nothing_out(string option, string value, string says)
    {
        await Write("Amount", "1", "2");

        var (code, output) = await Pay(option, value);

        Assert.Equal(64, code);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.Equal(0, Booked());
    }

    [Fact]
    public async Task A_run_that_is_killed_three_times_pays_every_row_exactly_once()
    {
        const int Rows = 1000;
        await Write(["RowKey,Amount", .. Enumerable.Range(1, Rows).Select(row => $"row-{row},{row}")]);
        var dice = new Random(20261125);
        for (var kill = 0; kill < 3; kill++)
        {
            using var process = GatewayProcess.Begin(Arguments("--yes"));
            var rows = 150 + dice.Next(200) + (kill * 200);
            while (rows-- > 0 && await process.StandardError.Line() is not null) { }
            process.Kill();
            await process.Gone();
        }

        var (code, output) = await Pay("--yes");

        // A kill between result and commit lets the terminal take that row's booking back: the resume pays it anew.
        Assert.True(code == 0, output[^Math.Min(500, output.Length)..]);
        Assert.All(await Column("Outcome"), outcome => Assert.Equal("approved", outcome));
        Assert.Equal(Rows * (Rows + 1) / 2, Booked());
        Assert.Equal(Enumerable.Range(1, Rows).Select(row => $"row-{row}"), await Column("RowKey"));
    }

    private Task Write(params string[] lines) => File.WriteAllLinesAsync(In, lines, Stop);

    private string[] Arguments(params string[] more) =>
    [
        "rows", "gpe-payment", "--terminal", Simulator.Address, "--currency", "EUR", "--in", In, "--out", Out, "--data", Data, .. more,
    ];

    private Task<(int ExitCode, string Output)> Pay(params string[] more) => GatewayProcess.Run(Stop, Arguments(more));

    private Task<List<string>> Column(string name) => Column(Out, name);

    /// <summary>A column of an output.</summary>
    internal static async Task<List<string>> Column(string path, string name)
    {
        using var text = new StringReader(await File.ReadAllTextAsync(path, Stop));
        var reader = new Cli.Rows.CsvReader(text);
        var index = reader.ReadHeader().ToList().IndexOf(name);
        var values = new List<string>();
        while (reader.ReadRecord(out _) is { Count: > 1 } fields) values.Add(fields[index]);
        return values;
    }
}
