using System.Globalization;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Tests.Domain;

namespace Tillbridge.Gateway.Tests.Rows;

/// <summary>The connectors over the protocol that they were made for.</summary>
public sealed class CliGpeRowsTests : CliBench
{
    protected override string Protocol => "gpe";

    private string In => Path.Combine(Folder, "in.csv");

    private string Out => Path.Combine(Folder, "out.csv");

    [Fact]
    public async Task Sub_total_writes_exactly_the_seed_s_columns()
    {
        var (code, output) = await Rows("gpe-subtotal", "--schema", "strict");

        Assert.True(code == 0, output);
        var text = await File.ReadAllTextAsync(Out, Stop);
        const string Header = "TerminalId,TransactionTimestamp,IsTransactionApporoved,ResponseCode,CodePage,PrintingText\r\n";
        Assert.StartsWith(Header, text, StringComparison.Ordinal);
        var row = text.Split("\r\n")[1].Split(',');
        Assert.Matches("^[0-9A-Za-z]{8}$", row[0]);
        Assert.True(DateTime.TryParseExact(row[1], "yyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), row[1]);
        Assert.Equal(["true", "000"], row[2..4]);
    }

    [Fact]
    public async Task Payments_carry_the_till_s_numbers_and_keep_the_terminal_s_codes()
    {
        await Write(
            "RowKey,Amount,Currency,InvoiceNumber,ReferenceNumber,AmountCashBack,CustomerLanguage", "a,CZK 100,,1001,REF-1,,cs",
            "b,25050,203,1002,REF-2,50000,en", "c,9056,203,1003,,,", "d,9061,203,1004,,,",
            "e,100,203,1001,,,"); // Two part payments may share an invoice.

        var (code, output) = await Rows("gpe-payment", "--in", In, "--data", Data);

        Assert.True(code == 0, output);
        Assert.Equal(["000", "000", "056", "061", "000"], await Column("ResponseCode"));
        Assert.Equal(["true", "true", "false", "false", "true"], await Column("IsTransactionApproved"));
        Assert.Equal(["10000", "25050", "", "", "100"], await Column("Amount"));
        Assert.Equal(["", "50000", "", "", ""], await Column("AmountCashBack"));
        Assert.Equal(["203", "203"], (await Column("Currency"))[..2]);
        Assert.Equal(["REF-1", "REF-2"], (await Column("ReferenceNumber"))[..2]);
        Assert.All((await Column("ApprovalCode"))[..2], Assert.NotEmpty);
        Assert.Equal(10000 + 25050 + 50000 + 100, Booked());
    }

    [Fact]
    public async Task A_card_number_in_a_row_is_an_invalid_row()
    {
        var number = CardSamples.Number("411111", 16);
        await Write("RowKey,Amount,Currency,ClientId", $"a,10000,203,{number}");

        var (code, output) = await Rows("gpe-payment", "--in", In, "--data", Data);

        Assert.True(code == 3, output);
        Assert.Equal(["invalid-row"], await Column("ErrorCode"));
        Assert.StartsWith("Line 2: ClientId", (await Column("ErrorText"))[0].Trim('"'), StringComparison.Ordinal);
        Assert.DoesNotContain(number, await File.ReadAllTextAsync(Out, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_was_approved_is_no_paid_row()
    {
        await Write("RowKey,Amount,Currency,InvoiceNumber", "p1,19906,203,1", "p2,10000,203,2");

        var (code, output) = await Rows("gpe-payment", "--in", In, "--data", Data);

        Assert.True(code == 5, output);
        Assert.Equal(["010", "000"], await Column("ResponseCode"));
        Assert.Equal(["approved", "approved"], await Column("Outcome"));
        Assert.Equal(["amount-differs", ""], await Column("ErrorCode"));
        Assert.Equal(["9953", "10000"], await Column("AmountMinor"));
        Assert.Equal(["19906", "10000"], await Column("AskedMinor"));
        Assert.Contains("2 rows: 1 approved, 1 approved for another amount, 0 declined", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2,20000,0,0,0,0", "000", "true", "true")]
    [InlineData("1,10000,0,0,0,0", "160", "false", "true")]
    [InlineData("9,90000,0,0,0,0", "161", "false", "false")]
    [InlineData(",,,,,", "000", "true", "true")]
    public async Task A_close_compares_the_till_s_totals(string totals, string response, string approved, string closed)
    {
        await Write("RowKey,Amount", "a,10000", "b,10000");
        Assert.Equal(0, (await Rows("gpe-payment", "--in", In, "--data", Data)).ExitCode);
        File.Delete(Out);
        await Write(
            "RowKey,DebitTransactionCount,DebitTransactionSum,CreditTransactionCount,CreditTransactionSum,CashbackCount,"
            + "CashbackTransactionSum", $"close,{totals}");

        var (_, output) = await Rows("gpe-closetotals", "--in", In, "--data", Data);

        Assert.True((await Column("ResponseCode")) is [var code] && code == response, output);
        Assert.Equal([approved], await Column("IsTransactionApproved"));
        Assert.Equal([closed], await Column("PeriodClosed"));
        Assert.Equal(["2"], await Column("DebitCount"));
        Assert.Equal(["20000"], await Column("DebitSum"));
    }

    [Theory]
    [InlineData(true, false, "--run")] // The key is new each time.
    [InlineData(false, true, "--data")] // The journal is gone.
    [InlineData(false, false, "--data")]
    public async Task A_close_that_no_journal_remembers_is_never_made_twice_into_the_same_output(bool keeps, bool named, string cure)
    {
        string[] more = [.. keeps ? new[] { "--data", Data } : [], .. named ? new[] { "--run", "evening" } : []];
        Assert.Equal(0, (await Rows("gpe-closetotals", more)).ExitCode);
        var first = await File.ReadAllTextAsync(Out, Stop);

        var (code, output) = await Rows("gpe-closetotals", more);

        Assert.True(code == 64, output);
        Assert.Contains("nothing was carried out", output, StringComparison.Ordinal);
        Assert.Contains(cure, output, StringComparison.Ordinal);
        Assert.Equal(first, await File.ReadAllTextAsync(Out, Stop));
    }

    [Fact]
    public async Task A_close_with_a_name_and_a_journal_is_made_once_and_told_again()
    {
        Assert.Equal(0, (await Rows("gpe-closetotals", "--data", Data, "--run", "evening")).ExitCode);
        var first = await Column("SessionId");

        Assert.Equal(0, (await Rows("gpe-closetotals", "--data", Data, "--run", "evening")).ExitCode);

        Assert.Equal(first, await Column("SessionId"));
    }

    [Fact]
    public async Task A_question_is_asked_again_by_the_same_command()
    {
        Assert.Equal(0, (await Rows("gpe-subtotal")).ExitCode);
        var first = await Column("SessionId");

        Assert.Equal(0, (await Rows("gpe-subtotal")).ExitCode);

        Assert.NotEqual(first, await Column("SessionId"));
    }

    [Fact]
    public async Task A_run_that_stops_without_a_journal_of_its_own_promises_no_resume()
    {
        Directory.CreateDirectory(Out); // The output cannot be written.

        var (code, output) = await Rows("gpe-closetotals");

        Assert.True(code is 64 or 70, output);
        Assert.DoesNotContain("the same command resumes", output, StringComparison.Ordinal);
        Assert.Equal(0, Booked());
    }

    [Fact]
    public async Task Half_of_an_address_in_a_row_is_filled_up_with_the_run_s_other_half()
    {
        await using var other = await SimulatorProcess.Start(Path.Combine(Folder, "other.jsonl"), Protocol);
        var port = other.Port;
        await Write("RowKey,Amount,IpAddress,IpPort", "a,100,127.0.0.1,", $"b,200,,{port}", "c,400,,");

        var (code, output) = await Rows("gpe-payment", "--in", In, "--data", Data, "--allow-row-address");

        Assert.True(code == 0, output);
        Assert.Equal((500, 200), (Booked(), Booked(Path.Combine(Folder, "other.jsonl"))));
    }

    private Task Write(params string[] lines) => File.WriteAllLinesAsync(In, lines, Stop);

    private Task<(int ExitCode, string Output)> Rows(string connector, params string[] more) =>
        GatewayProcess.Run(Stop, ["rows", connector, "--ip", "127.0.0.1", "--port", Simulator.Port, "--out", Out, .. more]);

    private Task<List<string>> Column(string name) => CliRowsTests.Column(Out, name);
}
