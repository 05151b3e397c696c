using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Tests.Scenarios;

/// <summary>What the laboratory found, each as a scenario of its own (docs/reliability.md names the seeds).</summary>
public sealed class LaboratoryFindsTests
{
    // faults:zvt:Sale:forgets its last result, and the same on a reservation that is in no sum.
    [Theory]
    [InlineData(RequestKind.Sale, false)]
    [InlineData(RequestKind.Sale, true)]
    [InlineData(RequestKind.PreAuthorization, false)]
    [InlineData(RequestKind.Refund, true)]
    public async Task A_terminal_that_forgets_without_going_away_is_not_believed_to_have_booked_nothing(RequestKind kind, bool after)
    {
        await using var bench = await TestBench.Start();
        if (after) await bench.Run(TestBench.Sale(4000));
        bench.Virtual.Scripts.Replace([new TerminalScript { Cut = ScriptCut.BeforeResult, Forget = true }], null);

        var session = await bench.Run(new TerminalRequest(kind) { Amount = Money.Euro(1250) });

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    // random:zvt, "confirms" at a close: the terminal does not wait with a close, so an unknown came of it.
    [Theory]
    [InlineData(RequestKind.Reconciliation)]
    [InlineData(RequestKind.Subtotals)]
    [InlineData(RequestKind.Status)]
    public async Task Nothing_can_be_held_back_where_nothing_is_booked(RequestKind kind)
    {
        await using var bench = await TestBench.Start();

        var refusal = (await bench.Submit(new TerminalRequest(kind) { Confirm = true })).Refusal;

        Assert.Equal((RefusalCode.InvalidRequest, "confirm"), (refusal!.Code, refusal.Field));
    }
}
