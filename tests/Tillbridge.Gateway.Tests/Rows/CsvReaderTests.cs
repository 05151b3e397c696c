using System.Text;
using Tillbridge.Cli;
using Tillbridge.Cli.Rows;
using Connectors = Tillbridge.Facades.Rows.Rows;

namespace Tillbridge.Gateway.Tests.Rows;

/// <summary>Files as other programs write them; one bad line costs one row.</summary>
public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("Amount,Currency\n100,203\n")]
    [InlineData("Amount;Currency\r\n100;203\r\n")]
    [InlineData("amount\tCURRENCY\n100\t203")]
    [InlineData("\uFEFFAmount,Currency\n\"100\",\"203\"\n\n")]
    [InlineData("Currency,Amount,Note\n203,100,\"a, \"\"b\"\"\r\nc\"\n")]
    public void Delimiters_quotes_breaks_and_marks_are_read(string text)
    {
        var row = Assert.Single(Read(text));

        Assert.Null(row.Fault);
        Assert.Equal(("100", "203"), (row.Values!["Amount"], row.Values["currency"]));
    }

    [Fact]
    public void Windows_letters_are_read_in_their_code_page()
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding("windows-1250")!;
        var row = Assert.Single(Read("Amount,ClientId\n1,Žižka\n", encoding));
        Assert.Equal("Žižka", row.Values!["ClientId"]);
    }

    [Fact]
    public void A_line_that_cannot_be_read_is_a_row_with_a_fault_and_the_next_one_is_read()
    {
        var rows = Read("Amount,Currency\n1,203\n2,203,9\n\"3\"x,203\n4,203\n" + new string('5', 70_000) + ",203\n6,203\n\"7,203\n");

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], rows.Select(row => row.Number));
        Assert.Equal(["1", "4", "6"], rows.Where(row => row.Fault is null).Select(row => row.Values!["Amount"]));
        Assert.Contains("3 fields", rows[1].Fault, StringComparison.Ordinal);
        Assert.Contains("quote", rows[2].Fault, StringComparison.Ordinal);
        Assert.Contains("65536", rows[4].Fault, StringComparison.Ordinal);
        Assert.Contains("not closed", rows[6].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_with_too_few_or_too_many_fields_keeps_its_key_and_every_row_its_line()
    {
        var rows = Read(
            "RowKey,Amount,Currency\r\na,1,203\r\nb,12,50,203\r\n\r\nc\r\nd,\"4\",\"2\r\n03\"\r\ne,5,203,\n,6\nf,\"7\"x,203\ng,8,203");

        Assert.Equal([2, 3, 5, 6, 8, 9, 10, 11], rows.Select(row => row.Line));
        Assert.Equal(["a", null, null, "d", null, null, null, "g"], rows.Select(row => row.Values?["RowKey"]));
        Assert.Equal([null, "b", "c", null, "e", null, "f", null], rows.Select(row => row.Key));
        Assert.Contains("4 fields, the header names 3", rows[1].Fault, StringComparison.Ordinal);
        Assert.Contains("1 fields", rows[2].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_never_ends_keeps_its_key_and_says_what_it_swallowed()
    {
        var tooLong = Read($"RowKey,Amount\na,\"{string.Join('\n', Enumerable.Repeat(new string('1', 999), 70))}\"\nb,2\n");
        var exact = Read($"RowKey,Amount\na,{new string('1', 65_534)}\r\nb,2\n");
        var open = Read("RowKey,Amount\na,1\nb,\"2\nc,3\n");

        Assert.Equal(("a", 2), (tooLong[0].Key, tooLong[0].Line));
        Assert.Contains("no row in between was read", tooLong[0].Fault, StringComparison.Ordinal);
        Assert.Equal([("a", 2), ("b", 3)], exact.Select(row => (row.Key ?? row.Values!["RowKey"]!, row.Line)));
        Assert.Equal(("b", 3), (open[1].Key, open[1].Line));
        Assert.Contains("up to the end of the file", open[1].Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_line_of_json_keeps_its_key_where_it_can_be_read()
    {
        var rows = Read("{\"Amount\":[1],\"RowKey\":\"a\"}\n\n{\"RowKey\":\"b\",\"Amount\":1,\"amount\":2}\nnonsense\n", isCsv: false);

        Assert.Equal([("a", 1), ("b", 3), (null, 4)], rows.Select(row => (row.Key, row.Line)));
    }

    [Theory]
    [InlineData("", "no header")]
    [InlineData("\n1\n", "no header")]
    [InlineData("Currency\n203\n", "'Amount' is missing")]
    [InlineData("Amount,amount\n1,2\n", "stands twice")]
    public void A_wrong_header_stops_before_any_row(string text, string why)
    {
        var wrong = Assert.Throws<CliException>(() => Read(text));
        Assert.Equal(ExitCodes.Usage, wrong.ExitCode);
        Assert.Contains(why, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_lines_keep_the_digits_of_numbers_and_each_bad_line_is_one_row()
    {
        var rows = Read("{\"Amount\":2000.0,\"Currency\":null}\n\n{\"Amount\":[1]}\nnonsense\n{\"amount\":1,\"Amount\":2}\n", isCsv: false);

        Assert.Equal(("2000.0", null), (rows[0].Values!["amount"], rows[0].Values!["Currency"]));
        Assert.Equal([false, true, true, true], rows.Select(row => row.Fault is not null));
    }

    private static List<RowLine> Read(string text, Encoding? encoding = null, bool isCsv = true)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, (encoding ?? Encoding.UTF8).GetBytes(text));
            var plan = new RowPlan(Connectors.Payment, "-")
            {
                InFormat = isCsv ? "csv" : "jsonl", OutFormat = "csv", Encoding = encoding ?? Encoding.UTF8,
            };
            return [.. RowInput.Open(plan, path).Rows()];
        }
        finally
        {
            File.Delete(path);
        }
    }
}
