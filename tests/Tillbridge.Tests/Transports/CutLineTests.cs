using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Transports;

/// <summary>A payment whose line is cut after every single byte of either direction: the books and the journal agree.</summary>
[Trait("Speed", "Slow")]
public sealed class CutLineTests
{
    private const int AtOnce = 50;

    // The payment's bytes in either direction, with registration and the question for the last booking; more is harmless.
    private const int TowardsTerminalBytes = 100;
    private const int TowardsEcrBytes = 560;

    public static IEnumerable<TheoryDataRow<string, int>> Stretches()
    {
        for (var from = 0; from < TowardsTerminalBytes; from += AtOnce) yield return new("terminal", from);
        for (var from = 0; from < TowardsEcrBytes; from += AtOnce) yield return new("ecr", from);
    }

    [Theory]
    [MemberData(nameof(Stretches))]
    public async Task A_line_cut_at_any_byte_never_makes_a_wrong_statement(string towards, int from)
    {
        for (var bytes = from; bytes < from + AtOnce; bytes++)
        {
            var line = new LoopbackTransport(TimeProvider.System);
            await using var bench = await TestBench.Start(line: line);
            var cut = new LoopbackFaults { CutAfter = bytes };
            (line.TowardsTerminal, line.TowardsEcr) = towards == "terminal" ? (cut, LoopbackFaults.None) : (LoopbackFaults.None, cut);
            line.Afterwards = LoopbackFaults.None; // Only the first connection is cut; recovery gets a whole line.

            var session = await bench.Run(TestBench.Sale(1250));

            bench.BooksAgree(session);
            Assert.True(
                session.Outcome is not Outcome.Unknown,
                $"cut after {bytes} bytes towards the {towards} left an unknown: {session.Conclusion?.TerminalText}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task A_line_that_hands_bytes_over_in_pieces_changes_nothing(int piece)
    {
        var line = new LoopbackTransport(TimeProvider.System)
        {
            TowardsTerminal = new() { SplitEvery = piece }, TowardsEcr = new() { SplitEvery = piece },
        };
        await using var bench = await TestBench.Start(line: line);

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal(Outcome.Approved, session.Outcome);
        Assert.Empty(session.Incidents);
        bench.BooksAgree(session);
    }

    [Fact]
    public async Task A_line_that_joins_and_delays_changes_nothing()
    {
        var late = new LoopbackFaults { JoinFor = TimeSpan.FromMilliseconds(20), Delay = TimeSpan.FromMilliseconds(5) };
        var line = new LoopbackTransport(TimeProvider.System) { TowardsTerminal = late, TowardsEcr = late };
        await using var bench = await TestBench.Start(line: line);

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal(Outcome.Approved, session.Outcome);
        bench.BooksAgree(session);
    }

    [Fact]
    public async Task A_terminal_that_refuses_every_connection_fails_before_anything_was_sent()
    {
        var line = new LoopbackTransport(TimeProvider.System) { IsOpen = false };
        await using var bench = await TestBench.Start(line: line);

        var session = await bench.Run(TestBench.Sale(1250));

        Assert.Equal((Outcome.Failed, Reason.TerminalUnreachable), (session.Outcome, session.Conclusion!.Reason));
    }

    [Fact]
    public async Task A_second_till_displaces_the_first_and_the_first_learns_the_truth()
    {
        await using var bench = await TestBench.Start();
        var answer = await bench.Submit(TestBench.Sale(9907));
        var transport = new TcpTransport(new TransportSettings(bench.Address.Host, bench.Address.Port), bench.Clock);
        var seen = bench.Journal.LastSequence;
        while (!await Says(bench, answer.Session!.Id, "zvt.status.0E"))
        {
            await bench.Journal.WaitBeyond(seen, TestContext.Current.CancellationToken);
            seen = bench.Journal.LastSequence;
        }

        await using (await transport.Connect(CancellationToken.None))
        {
            var session = await bench.End(answer.Session.Id);
            Assert.Equal(Outcome.Failed, session.Outcome);
            bench.BooksAgree(session);
        }
    }

    [Fact]
    public async Task A_terminal_that_refuses_a_second_till_goes_on_with_the_first()
    {
        await using var bench = await TestBench.Start(settings: new VirtualTerminalSettings { DisplacesFirstClient = false });
        bench.Virtual.Scripts.Replace([new TerminalScript { SlowSeconds = 2 }], null);
        var answer = await bench.Submit(TestBench.Sale(1250));
        var transport = new TcpTransport(new TransportSettings(bench.Address.Host, bench.Address.Port), bench.Clock);
        while (bench.Engine.States[0].LastHeard is null) await Task.Yield();

        await using var second = await transport.Connect(CancellationToken.None);
        var read = await second.Input.ReadAsync(TestContext.Current.CancellationToken);

        Assert.True(read.IsCompleted);
        Assert.Equal(Outcome.Approved, (await bench.End(answer.Session!.Id)).Outcome);
    }

    private static async Task<bool> Says(TestBench bench, SessionId session, string text)
    {
        var records = await bench.Journal.RecordsAfter(0, session, 100, withFrames: false, CancellationToken.None);
        return records.Any(record => record.Body.Contains(text, StringComparison.Ordinal));
    }
}
