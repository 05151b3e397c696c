using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>A terminal's words as a person reads them.</summary>
public sealed class ZvtWordsTests
{
    private static readonly ZvtProtocol Zvt = new();

    [Theory]
    [InlineData(null, "H─ND")]
    [InlineData("hobex", "HÄND")]
    [InlineData("card-complete", "HÄND")]
    public void Bytes_are_read_in_the_dialect_that_is_named(string? dialect, string text)
    {
        var frame = Zvt.InDialect(dialect).Decode(Convert.FromHexString("06D1050048C44E44"), null);

        Assert.Contains(frame.Fields, field => field.Value == text);
    }

    [Theory]
    [InlineData("zvt.status.0A", "cs", "Vložte")]
    [InlineData("zvt.status.0A", "sk", "Vložte")]
    [InlineData("zvt.status.17", "ru", "")]
    [InlineData("zvt.connecting", "uk", "")]
    [InlineData("zvt.recovering", "fr", "")]
    public void Progress_is_told_in_every_language(string key, string language, string begins)
    {
        var text = Zvt.ProgressText(key, language);

        Assert.NotNull(text);
        Assert.NotEqual(Zvt.ProgressText(key, "en"), text);
        Assert.Contains(begins, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Control_characters_of_a_result_reach_no_screen_and_no_composed_receipt()
    {
        // 3C "ESC[31mX BEL", 8B "V ESC c", 2A with a bell, 3B with a line feed in it.
        const string Planted = "3CF0F0F71B5B33316D5807" + "8BF0F4561B6341" + "2A" + "0741" + "202020202020202020202020" + "20"
            + "3B3132330A343536" + "00";
        await using var terminal = new RawTerminal(async line =>
        {
            await line.Send("800000");
            var data = "2700040000000010004909788700210B000021" + "2900000001" + Planted;
            await line.Ask($"040F{data.Length / 2:X2}{data}");
            await line.Ask("060F00");
        });
        await using var bench = await TestBench.Start(adjust: till => till with
        {
            Address = Tillbridge.Protocols.TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}", out _)!,
        });

        var session = await bench.Run(TestBench.Sale(1000));

        var end = session.Conclusion!;
        Assert.Equal(Outcome.Approved, session.Outcome);
        Assert.Equal(("X", "VcA", "A", "123456"), (
            end.TerminalText, end.Card?.Brand, end.References.MerchantId?.Trim(), end.References.Approval));
        Assert.NotEmpty(session.Receipts);
        Assert.DoesNotContain(session.Receipts.SelectMany(receipt => receipt.Lines), line => line.Text.Any(char.IsControl));
    }
}
