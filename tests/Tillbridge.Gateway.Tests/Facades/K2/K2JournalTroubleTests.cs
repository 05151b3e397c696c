using Tillbridge.Domain;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Facades.K2;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Facades.K2;

/// <summary>What cannot be read takes no statement away: an open session is unknown, an approval stays one.</summary>
public sealed class K2JournalTroubleTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_that_cannot_be_read_meanwhile_leaves_an_unknown_with_its_session_and_stops_no_payment(bool compatible)
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 5 }], TerminalScript.Plain);
        using var payment = bench.Payment(12.50m);
        payment.K2Compatible = compatible;
        var executing = payment.ExecuteAsync(Stop);
        await bench.Gateway.UntilInFlight();
        // What no later write of the session makes whole again.
        Tamper(bench.Gateway.Settings.Data, "UPDATE sessions SET created_at = 'x' || created_at");

        Assert.False(await executing);

        Assert.Equal((Outcome.Unknown, "outcome-unknown"), (payment.Outcome, payment.Reason));
        Assert.NotNull(payment.SessionId);
        Tamper(bench.Gateway.Settings.Data, "UPDATE sessions SET created_at = substr(created_at, 2)");
        Assert.True(await payment.WaitForOutcomeAsync(TimeSpan.FromSeconds(30), Stop));
        Assert.Equal((Outcome.Approved, 12.50m), (payment.Outcome, payment.ApprovedAmount));
    }

    [Theory]
    [InlineData("UPDATE frames SET data = zeroblob(40)")]
    [InlineData("UPDATE frames SET data = x'0201'")]
    [InlineData("DELETE FROM frames")]
    [InlineData("UPDATE records SET kind = 'nonsense' WHERE frames_hash IS NOT NULL")]
    public async Task Frames_that_cannot_be_read_for_the_log_take_no_approval_away(string damage)
    {
        await using var bench = await K2Bench.Start(byHttp: false);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 3 }], TerminalScript.Plain);
        var file = Path.Combine(bench.Gateway.Folder, "till.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "data": "own", "terminals": { "till-1": { "uri": "{{bench.Gateway.Settings.Terminals[0].Settings.Address}}" } },
              "routing": { "by": "single" }, "facades": { "k2": { "logDirectory": "logs-of-k2" } }
            }
            """, Stop);
        await using var terminals = K2Terminals.FromConfiguration(file);
        var own = Path.Combine(bench.Gateway.Folder, "own");
        using var payment = new PaymentClient(terminals, new(null, null)) { Amount = 12.50m, Currency = "EUR" };
        var executing = payment.ExecuteAsync(Stop);
        await UntilFrames(own);
        Tamper(own, damage);

        Assert.True(await executing);

        Assert.Equal((Outcome.Approved, 12.50m), (payment.Outcome, payment.ApprovedAmount));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"records":5}""")]
    [InlineData("""{"records":[5]}""")]
    [InlineData("""{"records":[{"kind":"frame"}]}""")]
    [InlineData("""{"records":[{"kind":"frame","at":"yesterday","body":{}}]}""")]
    [InlineData("""{"records":[{"kind":"frame","at":"2026-11-21T10:15:00Z","body":7}]}""")]
    public async Task A_timeline_that_is_none_takes_no_approval_away(string timeline)
    {
        await using var bench = await K2Bench.Start(byHttp: true);
        await using var door = await FrontDoor.Before(bench.Gateway.Address);
        door.Act = (request, _) => request.EndsWith("/timeline", StringComparison.Ordinal) ? new FrontAct(200, timeline) : null;
        using var payment = bench.Payment(12.50m, bench.OpenAt(door.Address));

        Assert.True(await payment.ExecuteAsync(Stop));

        Assert.Equal((Outcome.Approved, 12.50m), (payment.Outcome, payment.ApprovedAmount));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_that_goes_down_in_the_middle_leaves_an_unknown_with_its_session(bool byHttp)
    {
        await using var bench = await K2Bench.Start(byHttp);
        bench.Gateway.Scripts().Replace([new TerminalScript { SlowSeconds = 60 }], TerminalScript.Plain);
        using var payment = bench.Payment(12.50m);
        using var down = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var executing = payment.ExecuteAsync(down.Token);
        await bench.Gateway.UntilInFlight();

        await down.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => executing);
        Assert.Equal((Outcome.Unknown, "outcome-unknown"), (payment.Outcome, payment.Reason));
        Assert.NotNull(payment.SessionId);
        Assert.Contains("It is not known whether", payment.LocalizedResponseDescription, StringComparison.Ordinal);
    }

    private static void Tamper(string data, string sql)
    {
        using var connection = SqliteConnection.Open(Path.Combine(data, JournalDirectory.FileName), SqliteAccess.ReadWrite);
        connection.Execute(sql);
    }

    private static async Task UntilFrames(string data)
    {
        using var reader = JournalReader.Open(data);
        await Wait.Until(async stop =>
            (await reader.RecordsAfter(0, null, 100, true, stop)).Any(record => record.Kind is RecordKind.Frame));
    }
}
