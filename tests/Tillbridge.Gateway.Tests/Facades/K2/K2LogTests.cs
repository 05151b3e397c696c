using System.Text.RegularExpressions;
using Tillbridge.Facades.K2;
using Tillbridge.Tests.Domain;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>The log in PointOfSale: named by its time, one per run, no secret in it (k2-client.md §6).</summary>
public sealed partial class K2LogTests
{
    [Fact]
    public async Task A_run_writes_one_file_with_frames_and_outcomes()
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        using (var payment = bench.Payment(12.50m)) Assert.True(payment.Execute());
        using (var payment = bench.Payment(99.01m)) Assert.False(payment.Execute());

        var file = Assert.Single(Directory.GetFiles(bench.Logs));

        Assert.Matches(FileName(), Path.GetFileName(file));
        var lines = await Lines(file);
        Assert.All(lines, line => Assert.Matches(LineForm(), line));
        Assert.Contains(lines, line => line.Contains(" -> ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" <- ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" == Approved approved 12.50 EUR", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(" == Declined declined-host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_programs_in_one_second_have_two_files()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        for (var program = 0; program < 3; program++)
        {
            using var payment = bench.Payment(1m, bench.Open());
            payment.Execute();
        }

        Assert.Equal(3, Directory.GetFiles(bench.Logs).Length);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_stops_no_payment()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        await File.WriteAllTextAsync(bench.Logs, "a file in the folder's place", TestContext.Current.CancellationToken);
        using var payment = bench.Payment(1m);

        Assert.True(payment.Execute());
        Assert.Contains("cannot be written", bench.Terminals.LogTrouble, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_reads_the_log_and_every_beginning_has_an_end()
    {
        await using var bench = await K2Bench.Start(byHttp: false, protocol: "gpe");
        using (var payment = bench.Payment(1m, symbol: new string('7', 11), currency: "CZK"))
            Assert.Throws<ArgumentException>(() => payment.Execute());

        var file = Assert.Single(Directory.GetFiles(bench.Logs));
        var lines = await Lines(file);
        Assert.Contains(" == Sale 1.00 CZK", lines[0], StringComparison.Ordinal);
        Assert.Contains(" !! Failed not-sent ArgumentException", lines[^1], StringComparison.Ordinal);
        if (OperatingSystem.IsWindows()) return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(bench.Logs));
    }

    [Fact]
    public async Task A_card_number_as_variable_symbol_is_refused_and_stands_nowhere()
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        var number = CardSamples.Number("411111", 16);
        using var payment = bench.Payment(1m, symbol: number);

        var wrong = Assert.Throws<ArgumentException>(() => payment.Execute());

        Assert.Contains("VariableSymbol", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(number, wrong.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(bench.Logs));
        Assert.Empty(bench.Gateway.Acquirer.Lines);
    }

    /// <summary>Everything that the bench's programs wrote.</summary>
    internal static async Task<string> ReadAll(K2Bench bench)
    {
        var texts = new List<string>();
        foreach (var file in Directory.GetFiles(bench.Logs)) texts.AddRange(await Lines(file));
        return string.Join('\n', texts);
    }

    // The program still has it open.
    internal static async Task<string[]> Lines(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).TrimEnd('\n').Split('\n');
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_\d+)?\.log$")]
    private static partial Regex FileName();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d \S+ \S+ (->|<-|==|!!) ")]
    private static partial Regex LineForm();
}
