using System.Net.Sockets;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>The virtual terminal through the whole engine: every code, the closes that differ, abort, a displaced client.</summary>
public sealed class BVirtualTests
{
    [Theory]
    [InlineData("gpe", "000 001 009", Outcome.Approved, Reason.Approved)]
    [InlineData("gpe", "010", Outcome.Approved, Reason.ApprovedOtherAmount)]
    [InlineData("gpe", "055 101", Outcome.Declined, Reason.DeclinedByCard)]
    [InlineData("gpe", "056", Outcome.Declined, Reason.DeclinedByIssuer)]
    [InlineData("gpe", "081 082", Outcome.Declined, Reason.ReversedByTerminal)]
    [InlineData("gpe", "060", Outcome.Cancelled, Reason.CancelledByOperator)]
    [InlineData("gpe", "061 062", Outcome.Cancelled, Reason.CancelledByCustomer)]
    [InlineData("gpe", "063", Outcome.Cancelled, Reason.TerminalTimeOut)]
    [InlineData("gpe", "051", Outcome.Failed, Reason.HostUnreachable)]
    [InlineData("gpe", "071", Outcome.Failed, Reason.CurrencyRefused)]
    [InlineData("gpe", "080", Outcome.Failed, Reason.NoPaper)]
    [InlineData("gpe", "100", Outcome.Failed, Reason.Unsupported)]
    [InlineData("gpe", "103 106 107 200", Outcome.Failed, Reason.TerminalRefused)]
    [InlineData("gpe", "108", Outcome.Failed, Reason.TerminalBusy)]
    [InlineData("gpe", "110", Outcome.Failed, Reason.AmountRefused)]
    [InlineData("gpe", "050 500", Outcome.Failed, Reason.TerminalFailed)]
    [InlineData("gpe", "053", Outcome.Failed, Reason.HostAnswerLost)]
    [InlineData("gpe", "070 160 161 360 777", Outcome.Declined, Reason.DeclinedByTerminal)]
    [InlineData("csob-b", "000", Outcome.Approved, Reason.Approved)]
    [InlineData("csob-b", "-01", Outcome.Cancelled, Reason.CancelledByCustomer)]
    [InlineData("csob-b", "-21", Outcome.Cancelled, Reason.Cancelled)]
    [InlineData("csob-b", "-02", Outcome.Failed, Reason.TerminalBusy)]
    [InlineData("csob-b", "-09 -10 -11 -29", Outcome.Declined, Reason.DeclinedByCard)]
    [InlineData("csob-b", "-12", Outcome.Declined, Reason.DeclinedByIssuer)]
    [InlineData("csob-b", "-18", Outcome.Cancelled, Reason.TerminalTimeOut)]
    [InlineData("csob-b", "-77", Outcome.Declined, Reason.DeclinedByTerminal)]
    public async Task Every_code_ends_a_payment_as_the_table_says(string protocol, string codes, Outcome outcome, string reason)
    {
        await using var bench = await TestBench.Start(protocol);
        foreach (var code in codes.Split(' '))
        {
            var before = bench.Virtual.Acquirer.Net;
            bench.Virtual.Scripts.Replace([new TerminalScript { ResponseCode = code }], null);

            var session = await bench.Run(TestBench.Sale(1200));

            Assert.Equal((code, outcome, reason), (session.Conclusion!.ResponseCode, session.Outcome, session.Conclusion.Reason));
            Assert.Equal(code is "050" or "053" or "500", session.Conclusion.CheckReconciliation);
            var booked = outcome is Outcome.Approved ? session.Conclusion.ApprovedAmount!.Value.MinorUnits : 0;
            Assert.Equal(before + booked, bench.Virtual.Acquirer.Net);
        }
    }

    [Theory]
    [InlineData("gpe", "subtotals", RequestKind.Subtotals, "161")]
    [InlineData("gpe", "lastTotals", RequestKind.LastTotals, "360")]
    [InlineData("gpe", "diagnosis", RequestKind.Diagnosis, "051")]
    [InlineData("gpe", "balance", RequestKind.Balance, "101")]
    [InlineData("gpe", "configuration", RequestKind.Configuration, "100")]
    [InlineData("gpe", "reconciliation", RequestKind.Reconciliation, "051")]
    [InlineData("csob-b", "initialise", RequestKind.Initialise, "-02")]
    [InlineData("csob-b", "diagnosis", RequestKind.Diagnosis, "-18")]
    public async Task A_command_without_an_amount_gets_the_code_that_the_script_names(
        string protocol, string name, RequestKind kind, string code)
    {
        await using var bench = await TestBench.Start(protocol);
        await bench.Run(TestBench.Sale(1200));
        bench.Virtual.Scripts.ReplaceFromJson($$$"""{"answers":{"{{{name}}}":"{{{code}}}"}}""");

        var session = await bench.Run(new TerminalRequest(kind));

        Assert.Equal(code, session.Conclusion!.ResponseCode);
        Assert.NotEqual(Outcome.Approved, session.Outcome);
        bench.Virtual.Scripts.ReplaceFromJson("{}");
        Assert.Equal(1, (await bench.Run(new TerminalRequest(RequestKind.Subtotals))).Conclusion!.Totals!.Count); // Nothing was closed.
    }

    [Theory]
    [InlineData("""{"answers":{"sale":"056"}}""")]
    [InlineData("""{"answers":{"subtotals":""}}""")]
    [InlineData("""{"answers":{"subtotals":null}}""")]
    public void An_answer_that_no_question_has_is_refused(string json)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new TerminalScripts().ReplaceFromJson(json));

        Assert.Contains("lastTotals", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1250, Outcome.Approved, true, Reason.Done)]
    [InlineData(1, 1000, Outcome.Declined, true, Reason.TotalsDifferClosed)]
    [InlineData(2, 2500, Outcome.Declined, false, Reason.TotalsDifferOpen)]
    public async Task A_close_compares_the_tills_totals(int count, long sum, Outcome outcome, bool closed, string reason)
    {
        await using var bench = await TestBench.Start("gpe");
        await bench.Run(TestBench.Sale(1250));

        var close = await bench.Run(new TerminalRequest(RequestKind.Reconciliation)
        {
            Details = new RequestDetails { TillTotals = [new(TotalsGroup.Debit, count, Money.Euro(sum))] },
        });
        var after = await bench.Run(new TerminalRequest(RequestKind.Subtotals));

        Assert.Equal((outcome, closed, reason), (close.Outcome, close.Conclusion!.PeriodClosed, close.Conclusion.Reason));
        Assert.Equal(closed ? 0 : 1, after.Conclusion!.Totals!.Count);
        Assert.NotNull(close.Conclusion.TotalsText);
    }

    [Theory]
    [InlineData("gpe", "passivate")]
    [InlineData("csob-b", "passivate")]
    [InlineData("csob-b", "original")]
    [InlineData("csob-b", "both")]
    public async Task A_payment_that_waits_is_stopped_by_the_till(string protocol, string answer)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(
            file, $$"""{ "extends": "{{(protocol == "gpe" ? "gpe-1" : protocol)}}", "passivate": { "answer": "{{answer}}" } }""",
            TestContext.Current.CancellationToken);
        await using var bench = await TestBench.Start(
            protocol, settings: new() { Dialect = file }, adjust: settings => settings with
            {
                Driver = settings.Driver with { AnswerLimit = TimeSpan.FromSeconds(20), Dialect = file },
            });
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 15 }], null);
        var id = (await bench.Submit(TestBench.Sale(1250))).Session!.Id;
        while (bench.Virtual.Scripts.Taken == 0) await Task.Delay(TimeSpan.FromMilliseconds(20), bench.Clock,
            TestContext.Current.CancellationToken);

        await bench.Engine.Abort(id, "till", TestContext.Current.CancellationToken);
        var session = await bench.End(id);

        Assert.Equal(Outcome.Cancelled, session.Outcome);
        Assert.Equal(0, bench.Virtual.Acquirer.Net);
        Assert.Equal(Outcome.Approved, (await bench.Run(TestBench.Sale(700))).Outcome);
        File.Delete(file);
    }

    [Fact]
    public async Task A_newer_client_displaces_the_older_and_the_transaction_goes_on()
    {
        await using var bench = await TestBench.Start("csob-b");
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 3 }], null);
        var older = await Connect(bench);
        await Send(older, RawBTerminal.Response("T00 B1250 S77 E978", "8000", "B1"));
        Assert.StartsWith("B001", await Take(older), StringComparison.Ordinal);

        var newer = await Connect(bench);
        Assert.Equal("", await Take(older));
        await Send(newer, RawBTerminal.Response("T82", "8000", "B1"));
        Assert.Contains("\x1CR-02", await Take(newer), StringComparison.Ordinal);
        var told = "";
        while (!told.StartsWith("B001", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), bench.Clock, TestContext.Current.CancellationToken);
            await Send(newer, RawBTerminal.Response("T82", "8000", "B1"));
            told = await Take(newer); // A busy terminal answers without a B0 before it.
        }

        Assert.Equal(1250, bench.Virtual.Acquirer.Net);
        Assert.Contains("\u001CR000\u001CB1250\u001CE978\u001CS77", await Take(newer), StringComparison.Ordinal);
        older.Dispose();
        newer.Dispose();
    }

    [Fact]
    public async Task A_client_behind_a_told_result_finds_no_busy_terminal()
    {
        await using var bench = await TestBench.Start("csob-b");
        for (var payment = 0; payment < 40; payment++)
        {
            using var older = await Connect(bench);
            await Send(older, RawBTerminal.Response($"T00 B1250 S{payment} E978", "8000", "B1"));
            while (!(await Take(older)).StartsWith("B2", StringComparison.Ordinal)) { }

            // Its B0 is owed still.
            using var newer = await Connect(bench);
            await Send(newer, RawBTerminal.Response("T80", "8000", "B1"));

            Assert.StartsWith("B001", await Take(newer), StringComparison.Ordinal);
            Assert.Contains("\x1CR000", await Take(newer), StringComparison.Ordinal);
        }
    }

    private static async Task<TcpClient> Connect(TestBench bench)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", bench.Address.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task Send(TcpClient client, string frame) =>
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"\x02{frame}\x03"), TestContext.Current.CancellationToken);

    // One frame without its marks; empty when the line was dropped.
    private static async Task<string> Take(TcpClient client)
    {
        var frame = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            try
            {
                if (await client.GetStream().ReadAsync(one, TestContext.Current.CancellationToken) == 0) return "";
            }
            catch (IOException)
            {
                return "";
            }

            if (one[0] == 0x03) return frame.ToString();
            if (one[0] != 0x02) frame.Append((char)one[0]);
        }
    }
}
