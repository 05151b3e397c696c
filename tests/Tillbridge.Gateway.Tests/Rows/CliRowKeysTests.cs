using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Rows;

/// <summary>A row is paid once, whoever makes its key, and a row that is wrong ends no run.</summary>
public sealed class CliRowKeysTests : CliBench
{
    private string In => Path.Combine(Folder, "in.jsonl");

    private string Out => Path.Combine(Folder, "out.csv");

    [Fact]
    public async Task A_row_without_a_key_is_wrong_where_another_row_has_one()
    {
        await Write("""{"Amount":100}""", """{"Amount":200,"RowKey":"b"}""", """{"Amount":300,"RowKey":null}""");

        var (code, output) = await Pay();

        Assert.True(code == 3, output);
        Assert.Equal(["invalid", "approved", "invalid"], await Column("Outcome"));
        Assert.Equal(["", "b", ""], await Column("RowKey"));
        Assert.Contains("RowKey", (await Column("ErrorText"))[0], StringComparison.Ordinal);
        Assert.Equal(200, Booked());
    }

    [Fact]
    public async Task Rows_that_all_have_no_key_are_numbered_in_their_run()
    {
        await Write("""{"Amount":100}""", """{"Amount":200}""");

        var (code, output) = await Pay("--run", "monday");

        Assert.True(code == 0, output);
        Assert.Equal(["monday/1", "monday/2"], await Column("RowKey"));
    }

    [Theory]
    [InlineData("A#2", false)]
    [InlineData("A#", true)]
    [InlineData("A#2b", true)]
    [InlineData("#12", false)]
    [InlineData("A 2", true)]
    public async Task A_key_that_looks_like_a_further_attempt_at_another_row_is_refused(string key, bool taken)
    {
        await Write($$"""{"Amount":100,"RowKey":"{{key}}"}""");

        var (code, output) = await Pay();

        Assert.True(code == (taken ? 0 : 3), output);
        Assert.Equal([taken ? "approved" : "invalid"], await Column("Outcome"));
        Assert.Equal(taken ? 100 : 0, Booked());
        if (!taken) Assert.Contains("ends with # and digits", (await Column("ErrorText"))[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e27", "major")]
    [InlineData("-1e27", "major")]
    [InlineData("9999999999999999999999999999", "major")]
    [InlineData("\"CZK 9999999999999999999999999999\"", "minor")]
    [InlineData("1e27", "minor")]
    public async Task An_amount_beyond_all_numbers_is_a_wrong_row_and_the_run_goes_on(string amount, string unit)
    {
        await Write($$"""{"Amount":{{amount}},"RowKey":"a"}""", """{"Amount":2,"RowKey":"b"}""");

        var (code, output) = await Pay("--amount-unit", unit);

        Assert.True(code == 3, output);
        Assert.Equal(["invalid", "approved"], await Column("Outcome"));
    }

    [Fact]
    public async Task The_key_column_is_not_said_to_be_ignored()
    {
        await Write("""{"Amount":100,"Order":"a","Colour":"red"}""");

        var (_, output) = await Pay("--key-column", "order");

        Assert.Contains("these columns are ignored: Colour.", output, StringComparison.Ordinal);
        Assert.Equal(["a"], await Column("RowKey"));
    }

    [Fact]
    public async Task Without_a_run_s_key_column_a_column_RowKey_is_ignored_and_said_to_be()
    {
        await Write("""{"Amount":100,"Order":"a","RowKey":"b"}""");

        var (_, output) = await Pay("--key-column", "Order");

        Assert.Contains("these columns are ignored: RowKey.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_column_that_no_row_has_is_a_wrong_usage_and_pays_nothing()
    {
        await Write("""{"Amount":100,"RowKey":"b"}""");

        var (code, output) = await Pay("--key-column", "Ordre");

        Assert.True(code == 64 && output.Contains("no column 'Ordre'", StringComparison.Ordinal), output);
        Assert.False(File.Exists(Out));
    }

    private Task Write(params string[] lines) => File.WriteAllLinesAsync(In, lines, Stop);

    private Task<(int ExitCode, string Output)> Pay(params string[] more) => GatewayProcess.Run(Stop,
    [
        "rows", "gpe-payment", "--terminal", Simulator.Address, "--currency", "EUR", "--in", In, "--out", Out, "--data", Data, .. more,
    ]);

    private Task<List<string>> Column(string name) => CliRowsTests.Column(Out, name);
}
