using Tillbridge.Domain;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>One connection for many conversations, against bytes that our own terminal side did not make.</summary>
public sealed class BKeptConnectionTests : BDriverFixture
{
    private const string KeepOpen = "\"transport\": { \"connection\": \"keepOpen\" }";

    [Theory]
    [InlineData("keepOpen", 1)]
    [InlineData("perOperation", 3)]
    public async Task A_connection_serves_one_conversation_or_many_as_the_dialect_says(string life, int connections)
    {
        await using var terminal = Gpe((line, _) => line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456")));
        await Start(terminal, Dialect("gpe-1", $"\"transport\": {{ \"connection\": \"{life}\" }}"));

        for (var payment = 0; payment < 3; payment++) Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale)).Outcome);

        Assert.Equal((3, connections), (terminal.Payments, terminal.Connections));
    }

    [Fact]
    public async Task A_kept_connection_that_died_is_replaced_before_the_amount_is_sent()
    {
        await using var terminal = Gpe(async (line, _) =>
        {
            await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456"));
            Assert.StartsWith("B0", await line.Take(), StringComparison.Ordinal);
            line.HangUp();
        });
        await Start(terminal, Dialect("gpe-1", KeepOpen));

        for (var payment = 0; payment < 3; payment++) Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale)).Outcome);

        Assert.Equal((3, 3), (terminal.Payments, terminal.Connections));
    }

    [Fact]
    public async Task A_kept_connection_that_fell_silent_is_replaced_before_the_amount_is_sent()
    {
        await using var terminal = Gpe(async (line, _) =>
        {
            await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456"));
            while (await line.Take() is not null) { } // Hears everything and answers nothing until the till hangs up.
        });
        await Start(terminal, Dialect("gpe-1", KeepOpen), answerLimit: 1);

        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale)).Outcome);
        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale)).Outcome);

        Assert.Equal((2, 2), (terminal.Payments, terminal.Connections));
    }

    [Fact]
    public async Task An_answer_that_came_twice_is_not_taken_for_the_next_one()
    {
        var closed = RawBTerminal.Response("T60 R000");
        var closes = 0;
        await using var terminal = Gpe((line, _) =>
            closes++ == 0 ? line.Send(closed, closed) : line.Send(RawBTerminal.Response("T60 R161")));
        await Start(terminal, Dialect("gpe-1", KeepOpen));

        Assert.Equal("000", (await Ask(RequestKind.Reconciliation)).Conclusion!.ResponseCode);
        Assert.Equal("161", (await Ask(RequestKind.Reconciliation)).Conclusion!.ResponseCode);

        Assert.Equal(1, terminal.Connections);
    }

    [Fact]
    public async Task A_conversation_that_broke_leaves_no_connection_behind()
    {
        var payments = 0;
        await using var terminal = Gpe((line, mine) =>
        {
            var reference = mine.Heard[^1].Split(' ').Single(field => field.StartsWith('Q'));
            if (payments++ > 0) return line.Send(RawBTerminal.Response("T00 R000 B1250 F00123457"));
            mine.Last = $"R000 O00 B1250 E203 {reference} F00123456";
            return Task.CompletedTask;
        });
        await Start(terminal, Dialect("gpe-1", KeepOpen), answerLimit: 1);

        Assert.Equal(Reason.Recovered, (await Ask(RequestKind.Sale)).Conclusion!.Reason);
        Assert.Equal("00123457", (await Ask(RequestKind.Sale)).Conclusion!.References.Approval);

        Assert.Equal((2, 3), (terminal.Payments, terminal.Connections));
    }

    [Fact]
    public async Task An_engine_that_stops_closes_the_connection()
    {
        var over = new TaskCompletionSource();
        await using var terminal = Gpe(async (line, _) =>
        {
            await line.Send(RawBTerminal.Response("T00 R000 B1250 F00123456"));
            while (await line.Take() is not null) { }
            over.SetResult();
        });
        await Start(terminal, Dialect("gpe-1", KeepOpen));
        Assert.Equal(Outcome.Approved, (await Ask(RequestKind.Sale)).Outcome);
        Assert.False(over.Task.IsCompleted);

        await Stop();

        await over.Task.WaitAsync(TimeSpan.FromSeconds(10), Clock, TestContext.Current.CancellationToken);
    }
}
