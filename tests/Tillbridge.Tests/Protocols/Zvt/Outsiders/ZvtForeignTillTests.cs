using System.Net.Sockets;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Outsiders;

/// <summary>Tills of bare bytes at the virtual terminal: what ten foreign ones found (zvt.md §6, §7, §9.4).</summary>
public sealed class ZvtForeignTillTests : IAsyncLifetime
{
    private const string Ack = "800000";
    private const string Plain = "060004000000BE"; // no currency, no container
    private const string Named = "060006000000BE0978";
    private const string WithTlv = "06000C000000BE0978060426020A00";
    private const string Pay = "060107040000000012" + "50";

    private TestBench bench = null!;
    private TcpClient till = null!;
    private RawConnection line = null!;

    public async ValueTask InitializeAsync() => await Start("EUR");

    public async ValueTask DisposeAsync()
    {
        till.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task A_repeat_without_a_service_byte_prints_and_tells_no_result()
    {
        await Talk(Plain);
        await Talk(Pay);

        var told = await Talk("062003000000");

        Assert.DoesNotContain(told, apdu => apdu.StartsWith("040F", StringComparison.Ordinal));
        Assert.Contains(told, apdu => apdu.StartsWith("06D1", StringComparison.Ordinal));
        Assert.Contains(await Talk("0620050000000303"), apdu => apdu.StartsWith("040F", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Plain, false)]
    [InlineData(WithTlv, true)]
    public async Task A_container_is_sent_to_a_till_that_permitted_one(string registration, bool isThere)
    {
        await Talk(registration);

        var paid = Result(await Talk(Pay));
        var repeated = Result(await Talk("0620050000000303"));

        Assert.Equal(isThere, paid.Contains("2F081F", StringComparison.Ordinal));
        Assert.Equal(isThere, repeated.Contains("2F081F", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_container_in_the_command_permits_one_in_its_answer()
    {
        await Talk(Plain);

        Assert.Contains("2F081F", Result(await Talk("06010904000000001250" + "0600")), StringComparison.Ordinal);
        Assert.DoesNotContain("2F081F", Result(await Talk(Pay)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_off_takes_the_permission_back()
    {
        await Talk(WithTlv);
        await line.Ask("060200");

        Assert.DoesNotContain("2F081F", Result(await Talk(Pay)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sum_above_twelve_digits_is_told_and_closed()
    {
        await Talk(Named);
        await Talk("060107049999" + "99990000");
        await Talk("060107049999" + "99990000");

        var totals = Result(await Talk("061003000000"));
        var close = await Talk("065003000000");

        Assert.DoesNotContain("0427000", totals, StringComparison.Ordinal);
        Assert.Contains("02999999999999" + "00999999980001", totals, StringComparison.Ordinal);
        Assert.Equal("060F", close[^1][..4]);
        Assert.Contains("0000000000000000", Result(await Talk("061003000000")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sums_name_the_currency_where_the_registration_did()
    {
        await Talk(Plain);
        await Talk(Pay);
        var without = Result(await Talk("061003000000"));
        await Talk(Named);
        var with = Result(await Talk("061003000000"));

        Assert.DoesNotContain("490978", without, StringComparison.Ordinal);
        Assert.Contains("490978", with, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Plain, "061E016F", false)]
    [InlineData("060006000000BE0203", "060F00", true)]
    public async Task An_amount_without_a_currency_is_in_euro_or_in_the_registered_one(string registration, string end, bool isBooked)
    {
        await DisposeAsync();
        await Start("CZK");
        await Talk(registration);

        var told = await Talk(Pay);

        Assert.Equal(end, told[^1]);
        Assert.Equal(isBooked ? 1250 : 0, bench.Virtual.Acquirer.Net);
    }

    [Fact]
    public async Task A_reservation_without_an_amount_takes_the_terminals_own()
    {
        await Talk(Plain);

        Assert.Contains("04000000005000", Result(await Talk("062200")), StringComparison.Ordinal);
        Assert.Equal(("preAuthorization", 5000L), (bench.Virtual.Acquirer.Lines[0].Kind, bench.Virtual.Acquirer.Lines[0].MinorUnits));
    }

    [Fact]
    public async Task A_telephonic_authorisation_books_under_the_code_that_was_spoken()
    {
        await Talk(Plain);

        var told = Result(await Talk("062113000000" + "04000000001250" + "3B3132333435360000"));

        Assert.Contains("3B3132333435360000", told, StringComparison.Ordinal);
        Assert.Equal(1250, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [InlineData("061A00", "CONFIGURATION")]
    [InlineData("067900", "SELFTEST")]
    [InlineData("0F1000", "SHIFT REPORT")]
    [InlineData("0F1100", "DAY REPORT")]
    public async Task Reports_are_printed_and_end(string command, string title)
    {
        await Talk(Plain);

        var told = await Talk(command);

        var line = Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(title));
        Assert.Contains(told, apdu => apdu.EndsWith(line, StringComparison.Ordinal));
        Assert.Equal("060F00", told[^1]);
    }

    [Fact]
    public async Task A_text_for_the_display_is_over_with_its_acknowledge()
    {
        Assert.Equal(Ack, await line.Ask("06E009F005F1F0F54563686F"));
        Assert.Equal(Ack, await line.Ask("050100"));
        Assert.StartsWith("060F", await line.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_terminal_id_is_set_while_no_booking_waits_for_its_close()
    {
        await Talk(Plain);

        Assert.Equal("060F052912345678", (await Talk("061B0800000029" + "12345678"))[^1]);
        Assert.Contains("2912345678", Result(await Talk(Pay)), StringComparison.Ordinal);
        Assert.Equal("061E01F0", (await Talk("061B03000000"))[^1]);
        await Talk("065003000000");
        Assert.Equal("060F052965000001", (await Talk("061B03000000"))[^1]);
    }

    private async Task Start(string currency)
    {
        bench = await TestBench.Start("zvt", settings: new VirtualTerminalSettings { Currency = currency });
        till = new TcpClient();
        await till.ConnectAsync("127.0.0.1", bench.Address.Port, TestContext.Current.CancellationToken);
        line = new RawConnection(till.GetStream(), TestContext.Current.CancellationToken);
    }

    // A command and everything that the terminal says to it up to its last word; each command of it is acknowledged.
    private async Task<List<string>> Talk(string command)
    {
        List<string> told = [];
        await line.Send(command);
        while (await line.Take() is { } apdu)
        {
            told.Add(apdu);
            if (apdu.StartsWith("84", StringComparison.Ordinal)) return told;
            if (apdu == Ack) continue;
            await line.Send(Ack);
            if (apdu[..4] is "060F" or "061E") return told;
        }

        return told;
    }

    private static string Result(List<string> told) => told.Single(apdu => apdu.StartsWith("040F", StringComparison.Ordinal));
}
