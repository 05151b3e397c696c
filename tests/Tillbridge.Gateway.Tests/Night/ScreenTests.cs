using System.Text.Json;
using Tillbridge.Cli.Rows;
using Tillbridge.Domain;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;
using Connectors = Tillbridge.Facades.Rows.Rows;

namespace Tillbridge.Gateway.Tests.Night;

/// <summary>What others sent gives no orders to the screen of whoever looks at it, and to no spreadsheet.</summary>
public sealed class ScreenTests : IDisposable
{
    // Clear the screen, a C1 control, right to left, a line that reads as ours, back to the line's beginning, half a letter.
    private const string Hostile = "\u001B[2J\u009B31m\u202Etfel\n12:00:00  APPROVED 99.00 EUR\rX\u2028\u200B\uD83D";

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-screen-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("Platba schválena. Оплату прийнято. 😀 €", "Platba schválena. Оплату прийнято. 😀 €")]
    [InlineData("\u001B[2J", "\\u001B[2J")]
    [InlineData("a\u0085b\u009Bc", "a\\u0085b\\u009Bc")]
    [InlineData("\u202Ekcab\u2066\u200F", "\\u202Ekcab\\u2066\\u200F")]
    [InlineData("one\r\ntwo\tthree", "one\\r\\ntwo\\tthree")]
    [InlineData("\u2028\uFEFF\u00AD\u007F", "\\u2028\\uFEFF\\u00AD\\u007F")]
    public void A_line_shows_what_a_screen_would_obey(string text, string shown) => Assert.Equal(shown, VisibleText.Line(text));

    [Fact]
    public void Half_a_letter_and_a_letter_of_a_tag_are_shown_as_numbers()
    {
        Assert.Equal("a\\uD83Db\\uDE00", VisibleText.Line("a\uD83Db\uDE00"));
        Assert.Equal("\\uDB40\\uDC41", VisibleText.Line("\U000E0041"));
        Assert.Equal("a\nb\r\nc\\rd", VisibleText.Lines("a\nb\r\nc\rd"));
    }

    [Fact]
    public async Task A_journal_with_hostile_words_is_shown_in_lines_of_ours_only_and_as_json_that_says_the_same()
    {
        var id = await Write();
        foreach (var (command, lines) in new[] { ("list", 1), ("show", 6) })
        {
            string[] arguments = command == "show" ? ["journal", command, id, "--data", folder] : ["journal", command, "--data", folder];
            var (code, output) = await GatewayProcess.Run(Stop, arguments);
            Assert.True(code == 0, output);
            Assert.DoesNotContain(output, IsOrder);
            // Its own line about the journal stands on standard error.
            Assert.True(output.Count(letter => letter == '\n') <= lines + 1, output);
            Assert.DoesNotContain(output.Split('\n'), line => line.StartsWith("12:00:00", StringComparison.Ordinal));
        }

        var (_, json) = await GatewayProcess.Run(Stop, "journal", "list", "--data", folder, "--json");
        Assert.DoesNotContain(json, IsOrder);
        var session = json.Split('\n').First(line => line.StartsWith('{'));
        Assert.Equal(Hostile[..^1], JsonElement.Parse(session).GetProperty("terminalText").GetString());
    }

    [Fact]
    public async Task What_decode_reads_gives_no_orders_either()
    {
        var (_, json) = await GatewayProcess.Run(Stop, "decode", "zvt", "--json", "04FF031B5B32");
        var (_, text) = await GatewayProcess.Run(Stop, "decode", "gpe", "021B5B324A9B3103");
        Assert.DoesNotContain(json + text, IsOrder);
        var (code, wrong) = await GatewayProcess.Run(Stop, "journal", "list", "--data", Path.Combine(folder, "\u001B[2J\n\u202E"));
        Assert.NotEqual(0, code);
        Assert.DoesNotContain(wrong, IsOrder);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("  @SUM(A1)", "'  @SUM(A1)")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("\t=1+1", "'\t=1+1")]
    [InlineData("\n=1+1", "\"'\n=1+1\"")]
    [InlineData("Approved", "Approved")]
    [InlineData("1-2", "1-2")]
    public void With_excel_safe_no_text_is_a_formula(string text, string written)
    {
        var path = Path.Combine(folder, "out.csv");
        var plan = new RowPlan(Connectors.All[0], path)
        {
            InFormat = "csv", OutFormat = "csv", Encoding = System.Text.Encoding.UTF8, ExcelSafe = true, Delimiter = ';',
        };
        using (var output = RowOutput.Create(plan, path)) output.Append([text, -5L]);
        Assert.EndsWith($"\n{written};-5\r\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    private static bool IsOrder(char letter) =>
        letter is not '\n' && (char.IsControl(letter) || letter is '\u202E' or '\u2028' or '\u200B' or '\uFFFD');

    private async Task<string> Write()
    {
        await using var journal = await SqliteJournal.Open(folder, TimeProvider.System, null, Stop);
        var at = TimeProvider.System.GetUtcNow();
        var sale = new Session(
            IdSource.Of(TimeProvider.System).NewSession(), "till-1", new(RequestKind.Sale) { Amount = Money.Euro(9900) }, at);
        await journal.Accept(sale, "{}", Stop);
        var words = Hostile[..^1];
        var closed = sale with
        {
            Phase = SessionPhase.Closed, ClosedAt = at,
            Conclusion = new(Outcome.Declined, Reason.DeclinedByIssuer) { TerminalText = words, References = new(words) },
        };
        var progress = JsonSerializer.Serialize(new Dictionary<string, string> { ["key"] = "k", ["text"] = words });
        await journal.Append(new(sale.Id, "till-1", RecordKind.Progress, progress, closed), Stop);
        var incident = JsonSerializer.Serialize(new Dictionary<string, string> { ["code"] = "x", ["text"] = words });
        await journal.Append(new(sale.Id, "till-1", RecordKind.Incident, incident, closed), Stop);
        return sale.Id.Value;
    }
}
