using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtCodesTests
{
    [Fact]
    public void Only_zero_is_an_approval_and_nothing_is_unknown()
    {
        for (var code = 0; code <= 0xFF; code++)
        {
            var (outcome, reason) = ZvtCodes.Judge((byte)code);
            Assert.Equal(code == 0, outcome == Outcome.Approved);
            Assert.NotEqual(Outcome.Unknown, outcome);
            Assert.NotEmpty(reason);
        }
    }

    [Theory]
    [InlineData(0x01, Outcome.Declined, Reason.DeclinedByIssuer)]
    [InlineData(0x63, Outcome.Declined, Reason.DeclinedByIssuer)]
    [InlineData(0x64, Outcome.Declined, Reason.DeclinedByTerminal)]
    [InlineData(0x6C, Outcome.Cancelled, Reason.Cancelled)]
    [InlineData(0x6F, Outcome.Failed, Reason.Unsupported)]
    [InlineData(0x7A, Outcome.Declined, Reason.DeclinedByTerminal)]
    [InlineData(0x7D, Outcome.Failed, Reason.TerminalFailed)]
    [InlineData(0x83, Outcome.Failed, Reason.Unsupported)]
    [InlineData(0x9C, Outcome.Failed, Reason.TerminalBusy)]
    [InlineData(0xA1, Outcome.Failed, Reason.TerminalBusy)]
    [InlineData(0xB4, Outcome.Declined, Reason.DeclinedByTerminal)]
    [InlineData(0xC2, Outcome.Failed, Reason.TerminalNotReady)]
    [InlineData(0xF0, Outcome.Failed, Reason.TerminalNotReady)]
    [InlineData(0xFF, Outcome.Failed, Reason.TerminalFailed)]
    public void A_final_code_is_judged(byte code, Outcome outcome, string reason)
        => Assert.Equal((outcome, reason), ZvtCodes.Judge(code));

    [Fact]
    public void Host_codes_are_shown_in_decimal()
    {
        Assert.Equal("host code 51", ZvtCodes.ResultText(0x33, "en"));
        Assert.Equal("host code 05", ZvtCodes.ResultText(0x05, "en"));
        Assert.Equal("Karte unbekannt", ZvtCodes.ResultText(0x7A, "de"));
    }

    [Fact]
    public void Codes_of_the_second_range_ask_to_take_the_card()
    {
        Assert.Equal("Please wait. Please remove the card", ZvtCodes.ProgressText(0x57, "en"));
        Assert.Equal("Vorgang abgebrochen. Bitte Karte entnehmen!", ZvtCodes.ProgressText(0x4D, "de"));
        Assert.Equal(ZvtCodes.ProgressText(0x0B, "de"), ZvtCodes.ProgressText(0x4B, "de"));
    }

    [Fact]
    public void Every_code_has_words_in_both_languages()
    {
        for (var code = 0; code <= 0xFF; code++)
        {
            foreach (var language in (string[])["en", "de", "de-AT", "cs"])
            {
                Assert.NotEmpty(ZvtCodes.ProgressText((byte)code, language));
                Assert.NotEmpty(ZvtCodes.ResultText((byte)code, language));
                Assert.NotEmpty(ZvtCodes.TerminalStatusText((byte)code, language));
            }
        }
    }

    [Fact]
    public void A_card_type_that_nobody_knows_has_no_name()
    {
        Assert.Equal("girocard", ZvtCodes.CardName(5));
        Assert.Equal("Fleet card", ZvtCodes.CardName(150));
        Assert.Null(ZvtCodes.CardName(9999));
    }

    [Fact]
    public void Every_command_has_one_name()
        => Assert.Equal(ZvtCommands.All.Count, ZvtCommands.All.Select(row => row.Name).Distinct().Count());
}
