using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Scenarios;

/// <summary>Every operation of every protocol with its virtual terminal.</summary>
public sealed class OperationTests
{
    public static IEnumerable<TheoryDataRow<string>> Protocols() =>
        ProtocolCatalog.All.Select(protocol => new TheoryDataRow<string>(protocol.Name));

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_sale_is_reversed_by_its_session(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        var sale = await bench.Run(TestBench.Sale(1250));

        var reversal = await bench.Run(new TerminalRequest(RequestKind.Reversal) { Original = new Original(sale.Id) });

        Assert.Equal(Outcome.Approved, reversal.Outcome);
        Assert.Equal(Money.Euro(1250), reversal.Conclusion!.ApprovedAmount);
        Assert.Equal(0, bench.Virtual.Acquirer.Net);
        var row = bench.Virtual.Acquirer.Lines[^1];
        Assert.Equal(("reversal", "reversed", sale.Conclusion!.References.Receipt), (row.Kind, row.State, row.Receipt));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_sale_is_reversed_only_once(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        var sale = await bench.Run(TestBench.Sale(1250));
        var byReceipt = new TerminalRequest(RequestKind.Reversal) { Original = new Original(Receipt: sale.Conclusion!.References.Receipt) };

        var first = await bench.Run(byReceipt);
        var second = await bench.Submit(byReceipt);

        Assert.Equal(Outcome.Approved, first.Outcome);
        // Where the terminal undoes its last booking whatever is named, the second one is not even sent.
        if (second.Session is { } sent) Assert.Equal(Outcome.Declined, (await bench.End(sent.Id)).Outcome);
        else Assert.Equal(RefusalCode.NotTheLastBooking, second.Refusal!.Code);
        Assert.Equal(0, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_reversal_of_an_unknown_receipt_is_declined(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);

        // Where a booking is named by its approval code, a receipt number that the journal does not know names nothing.
        var submission = await bench.Submit(new TerminalRequest(RequestKind.Reversal) { Original = new Original(Receipt: "7777") });

        if (submission.Refusal is { } refusal) Assert.Equal("original.approval", refusal.Field);
        else Assert.Equal(Outcome.Declined, (await bench.End(submission.Session!.Id)).Outcome);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_refund_gives_money_back(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);

        var refund = await bench.Run(new TerminalRequest(RequestKind.Refund) { Amount = Money.Euro(300) });

        Assert.Equal(Outcome.Approved, refund.Outcome);
        Assert.Equal(-300, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_reservation_is_captured_for_less_or_released(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        var reserved = await bench.Run(new TerminalRequest(RequestKind.PreAuthorization) { Amount = Money.Euro(5000) });
        var released = await bench.Run(new TerminalRequest(RequestKind.PreAuthorization) { Amount = Money.Euro(2000) });

        var capture = new TerminalRequest(RequestKind.Capture) { Amount = Money.Euro(3000), Original = new Original(reserved.Id) };
        var captured = await bench.Run(capture);
        var again = await bench.Run(capture);

        Assert.All([reserved, released, captured], session => Assert.Equal(Outcome.Approved, session.Outcome));
        if (bench.Engine.Capabilities(TestBench.Till)!.Kinds.Contains(RequestKind.CancelPreAuthorization))
        {
            var cancel = new TerminalRequest(RequestKind.CancelPreAuthorization) { Original = new Original(released.Id) };
            Assert.Equal(Outcome.Approved, (await bench.Run(cancel)).Outcome);
        }

        Assert.Equal(Outcome.Declined, again.Outcome);
        Assert.Equal(3000, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Totals_equal_the_books_and_a_close_empties_them(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        await bench.Run(TestBench.Sale(1250));
        await bench.Run(TestBench.Sale(800));
        var undone = await bench.Run(TestBench.Sale(900));
        await bench.Run(new TerminalRequest(RequestKind.Reversal) { Original = new Original(undone.Id) });

        var subtotals = await bench.Run(new TerminalRequest(RequestKind.Subtotals));
        var close = await bench.Run(new TerminalRequest(RequestKind.Reconciliation));
        var after = await bench.Run(new TerminalRequest(RequestKind.Subtotals));

        Assert.Equal(Money.Euro(2050), subtotals.Conclusion!.Totals!.Net);
        Assert.Equal(Money.Euro(2050), close.Conclusion!.Totals!.Net);
        Assert.Equal(2, close.Conclusion.Totals.Count);
        Assert.Equal(Money.Euro(0), after.Conclusion!.Totals!.Net);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Every_operation_without_money_succeeds(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        var transport = new Tillbridge.Transports.LoopbackTransport(bench.Clock);
        var kinds = ProtocolCatalog.ByName[protocol].MakeDriver(new(), transport, bench.Clock).Capabilities.Kinds;
        await bench.Run(TestBench.Sale(1250));

        foreach (var kind in kinds.Where(kind => !kind.MovesMoney()))
        {
            var session = await bench.Run(new TerminalRequest(kind));
            Assert.True(
                session.Outcome is Outcome.Approved,
                $"{kind} ended {session.Outcome} {session.Conclusion?.Reason} {session.Conclusion?.TerminalText}");
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_reference_reaches_the_books_and_the_repeat_tells_the_last_receipt(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);
        var sale = await bench.Run(TestBench.Sale(1250) with { Reference = "2026001234" });

        var repeat = await bench.Run(new TerminalRequest(RequestKind.Repeat));

        Assert.Equal("2026001234", bench.Virtual.Acquirer.Lines[0].Reference);
        Assert.Equal(sale.Conclusion!.References.Receipt, repeat.Conclusion!.References.Receipt);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Cashback_and_tip_are_part_of_what_is_charged(string protocol)
    {
        await using var bench = await TestBench.Start(protocol);

        var session = await bench.Run(new TerminalRequest(RequestKind.SaleWithCashback)
        {
            Amount = Money.Euro(1000), Cashback = Money.Euro(500), Tip = Money.Euro(50),
        });

        Assert.Equal(Money.Euro(1550), session.Conclusion!.ApprovedAmount);
        Assert.Equal(Reason.Approved, session.Conclusion.Reason);
        Assert.Equal(1550, bench.Virtual.Acquirer.Net);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_virtual_terminal_remembers_over_a_restart(string protocol)
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-terminal").FullName;
        var settings = new Tillbridge.Protocols.VirtualTerminalSettings
        {
            DataDirectory = folder, BooksFile = Path.Combine(folder, "books.jsonl"),
        };
        Session sale;
        await using (var before = await TestBench.Start(protocol, settings: settings)) sale = await before.Run(TestBench.Sale(1250));

        await using var bench = await TestBench.Start(protocol, settings: settings);
        var repeat = await bench.Run(new TerminalRequest(RequestKind.Repeat));
        var next = await bench.Run(TestBench.Sale(700));

        Assert.Equal(sale.Conclusion!.References.Receipt, repeat.Conclusion!.References.Receipt);
        Assert.NotEqual(sale.Conclusion.References.Receipt, next.Conclusion!.References.Receipt);
        Assert.Equal(1950, bench.Virtual.Acquirer.Net);
        Assert.Equal(2, File.ReadLines(settings.BooksFile).Count());
        Directory.Delete(folder, recursive: true);
    }
}
