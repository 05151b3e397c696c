using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Protocols.Zvt.Virtual;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Devices;

/// <summary>Who prints, and whether anybody pays by hand: the address says it, the registration tells it (zvt.md §6.1).</summary>
public sealed class ZvtPrinterTests
{
    [Theory]
    [InlineData("zvt", "", 0xBE)]
    [InlineData("zvt", "?print=till&manual=locked", 0xBE)]
    [InlineData("zvt", "?print=terminal", 0x38)]
    [InlineData("zvt", "?manual=allowed", 0xAE)]
    [InlineData("plain", "", 0x8E)]
    [InlineData("plain", "?manual=locked", 0x9E)]
    [InlineData("plain", "?print=terminal&manual=allowed", 0x08)]
    public void The_options_of_an_address_are_bits_of_the_configuration_byte(string dialect, string options, byte expected)
    {
        var address = TerminalAddress.TryParse($"zvt+tcp://h:1{options}", out _)!;
        var settings = new DriverSettings { TillPrints = address.TillPrints, AllowsManual = address.AllowsManual };

        Assert.Equal(expected, ZvtDialect.Find(dialect)!.For(settings).Configuration);
        Assert.Empty(address.WayOptions);
    }

    [Theory]
    [InlineData("print=nobody", "'print' is till or terminal, not 'nobody'.")]
    [InlineData("manual=yes", "'manual' is allowed or locked, not 'yes'.")]
    public void An_address_names_the_values_that_there_are(string option, string expected)
    {
        Assert.Null(TerminalAddress.TryParse($"zvt+tcp://h:1?{option}", out var why));
        Assert.Equal(expected, why);
    }

    [Theory]
    [InlineData(true, null, "'print' is not possible with csob-b")]
    [InlineData(null, false, "'manual' is not possible with csob-b")]
    public void A_wire_that_cannot_say_it_says_what_is_possible(bool? print, bool? manual, string expected)
    {
        var settings = new DriverSettings { TillPrints = print, AllowsManual = manual };

        var why = Assert.Throws<ArgumentException>(() => BDialectFiles.Of(BDialectFiles.Csob).For(settings));

        Assert.StartsWith(expected, why.Message, StringComparison.Ordinal);
        Assert.Contains("setup", why.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_that_prints_itself_sends_no_receipt_and_the_session_has_one()
    {
        await using var bench = await Start(driver => driver with { TillPrints = false });

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal(2, Of(bench).Paper.Slips.Count);
        Assert.Contains(Of(bench).Paper.Slips, slip => slip.Contains("MERCHANT COPY"));
        Assert.Equal(2, session.Receipts.Count);
        Assert.DoesNotContain(session.Receipts, receipt => receipt.Lines.Any(line => line.Text == "MERCHANT COPY"));
    }

    [Fact]
    public async Task A_till_that_prints_gets_every_receipt_and_the_terminal_prints_none()
    {
        await using var bench = await Start(driver => driver with { TillPrints = true });

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Empty(Of(bench).Paper.Slips);
        Assert.Contains(session.Receipts, receipt => receipt.Lines.Any(line => line.Text == "MERCHANT COPY"));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task A_payment_by_hand_is_refused_where_it_is_locked(bool? allowed, bool booked)
    {
        await using var bench = await Start(driver => driver with { AllowsManual = allowed });
        await bench.Run(TestBench.Sale(700));

        Assert.Equal(booked, Of(bench).PayByHand(1250) is not null);

        Assert.Equal(booked ? 1950 : 700, bench.Virtual.Acquirer.Net);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(100))).Outcome);
    }

    private static ZvtVirtualTerminal Of(TestBench bench) => (ZvtVirtualTerminal)bench.Virtual;

    private static Task<TestBench> Start(Func<DriverSettings, DriverSettings> change) =>
        TestBench.Start(adjust: terminal => terminal with { Driver = change(terminal.Driver) });
}
