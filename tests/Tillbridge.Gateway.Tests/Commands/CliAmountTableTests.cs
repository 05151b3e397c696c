using System.Text.Json;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary>The built program against a built virtual terminal, two processes: exit codes, JSON lines and books agree.</summary>
[Trait("Speed", "Slow")]
public sealed class CliAmountTableTests : CliBench
{
    [Theory]
    [MemberData(nameof(AmountTable.Rows), MemberType = typeof(AmountTable))]
    public async Task A_row_of_the_amount_table_has_its_exit_code_and_its_booking(string amount, int exitCode, long booked)
    {
        var (code, output) = await Sale(amount, "--answer-limit", "4", "--json");

        Assert.True(code == exitCode, $"exit {code}: {output}");
        Assert.Equal(booked, Booked());
        var last = JsonDocument.Parse(output.Trim().Split('\n')[^1]).RootElement;
        Assert.Equal("concluded", last.GetProperty("event").GetString());
        var result = last.GetProperty("result");
        Assert.Equal(result.GetProperty("id").GetString(), last.GetProperty("session").GetString());
        Assert.Equal(Simulator.Address, last.GetProperty("terminal").GetString());
        // Exit 4 is unknown, which rests on nothing.
        Assert.Equal(exitCode == 4, result.GetProperty("grounds").GetArrayLength() == 0);
        if (booked > 0) Assert.Equal(booked, result.GetProperty("approvedAmount").GetProperty("minorUnits").GetInt64());
    }
}
