using System.Buffers;
namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>zvt.md §4 and §5: blocks, acknowledges, repeats and the timers T1 and T2.</summary>
public sealed class ZvtSerialConnectionTests
{
    private const string Sale = "06010A04000000001000490978";
    private const string Positive = "800000";
    private const string InsertCard = "04FF010A";
    private const string Completion = "060F00";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_send_that_nobody_acknowledges_can_be_given_up()
    {
        await using var line = await RawLine.Open();
        using var giveUp = new CancellationTokenSource();
        line.Ours.Output.Write(Convert.FromHexString("050100"));
        var sending = line.Ours.Output.FlushAsync(giveUp.Token).AsTask();
        await line.Hears(RawLine.Frame("050100"));

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_message_is_sent_when_its_block_was_acknowledged()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        Assert.False(sending.IsCompleted);

        await line.Say(RawLine.Ack);

        await sending;
    }

    [Fact]
    public async Task Several_messages_of_one_write_go_one_after_the_other()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Positive, Completion);
        await line.Hears(RawLine.Frame(Positive));
        await line.Say(RawLine.Ack);
        await line.Hears(RawLine.Frame(Completion));
        Assert.False(sending.IsCompleted);
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task A_refused_block_is_sent_again_at_once()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        await line.Say(RawLine.Nak);
        await line.Hears(RawLine.Frame(Sale));
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task A_block_without_an_answer_is_sent_again_after_T2_and_three_times_in_all()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        var first = await line.Until(line.Hears(RawLine.Frame(Sale)));
        Assert.InRange(first, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        await line.Until(line.Hears(RawLine.Frame(Sale)));
        await line.Until(sending.ContinueWith(_ => { }, TaskScheduler.Default));

        var lost = await Assert.ThrowsAsync<IOException>(() => sending);
        Assert.Contains("Transmission error", lost.Message, StringComparison.Ordinal);
        Assert.Contains("nothing came back", lost.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => line.Send(Sale));
    }

    [Fact]
    public async Task A_storm_of_refusals_ends()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        for (var sends = 0; sends < 3; sends++)
        {
            await line.Hears(RawLine.Frame(Sale));
            await line.Say([.. Enumerable.Repeat(RawLine.Nak, 50)]);
        }

        await Assert.ThrowsAsync<IOException>(() => sending);
        await Assert.ThrowsAsync<IOException>(() => line.Ours.Input.ReadAsync(Stop).AsTask());
    }

    [Fact]
    public async Task Bytes_of_a_block_that_come_more_than_T1_apart_are_refused()
    {
        await using var line = await RawLine.Open();
        var frame = RawLine.Frame(InsertCard);
        await line.Say(frame[..5]);
        var waited = await line.Until(line.Hears(RawLine.Nak));
        Assert.InRange(waited, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1));

        await line.Say(frame);

        await line.Hears(RawLine.Ack);
        await line.HandsUp(InsertCard);
    }

    [Fact]
    public async Task A_changed_block_is_refused_and_its_repeat_is_taken()
    {
        await using var line = await RawLine.Open();
        var frame = RawLine.Frame(InsertCard);
        byte[] changed = [.. frame];
        changed[4] ^= 0x04;
        await line.Say(changed);
        await line.Hears(RawLine.Nak);
        await line.Say(frame);
        await line.Hears(RawLine.Ack);
        await line.HandsUp(InsertCard);
        line.HandsUpNothing();
    }

    [Fact]
    public async Task Noise_between_blocks_is_passed_over()
    {
        await using var line = await RawLine.Open();
        await line.Say([0x00, 0xFF, 0x10, 0x41, 0x03, 0x06, 0x15, 0x10, 0x10, .. RawLine.Frame(InsertCard)]);
        await line.Hears(RawLine.Ack);
        await line.HandsUp(InsertCard);
    }

    [Fact]
    public async Task A_block_that_begins_anew_in_the_middle_is_heard_from_there()
    {
        await using var line = await RawLine.Open();
        await line.Say([.. RawLine.Frame(Sale)[..7], .. RawLine.Frame(InsertCard)]);
        await line.Hears(RawLine.Ack);
        await line.HandsUp(InsertCard);
    }

    [Fact]
    public async Task An_acknowledge_inside_of_a_broken_block_acknowledges_nothing()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        // 10 41 is a framing error; the 06 after it still belongs to the block.
        await line.Say([0x10, 0x02, 0x06, 0x0F, 0x10, 0x41, 0x06, 0x06, 0x10, 0x03, 0x06, 0x06]);
        await line.Hears(RawLine.Nak);
        Assert.False(sending.IsCompleted);
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task A_check_that_looks_like_control_bytes_is_counted_and_not_searched()
    {
        await using var line = await RawLine.Open();
        var tried = 0;
        for (var amount = 0; amount < 200_000; amount++)
        {
            var apdu = $"06D003{amount:X6}";
            var frame = RawLine.Frame(apdu);
            if (frame[^2] is not (0x10 or 0x03 or 0x02) || frame[^1] is not (0x10 or 0x03 or 0x02)) continue;
            await line.Say(frame);
            await line.Hears(RawLine.Ack);
            await line.HandsUp(apdu);
            tried++;
        }

        Assert.True(tried > 9, $"Only {tried} such checks.");
    }

    [Fact]
    public async Task The_same_block_again_is_acknowledged_and_not_handed_up_twice()
    {
        await using var line = await RawLine.Open();
        await line.Say(RawLine.Frame(Sale));
        await line.Hears(RawLine.Ack);
        await line.Say(RawLine.Frame(Sale));
        await line.Hears(RawLine.Ack);
        await line.HandsUp(Sale);
        line.HandsUpNothing();

        // Even while our answer is on its way.
        var answering = line.Send(Positive);
        await line.Hears(RawLine.Frame(Positive));
        await line.Say(RawLine.Frame(Sale));
        await line.Hears(RawLine.Ack);
        line.HandsUpNothing();
        await line.Say(RawLine.Ack);
        await answering;
    }

    [Fact]
    public async Task The_same_bytes_after_our_answer_are_a_new_message()
    {
        await using var line = await RawLine.Open();
        for (var times = 0; times < 3; times++)
        {
            await line.Say(RawLine.Frame(InsertCard));
            await line.Hears(RawLine.Ack);
            await line.HandsUp(InsertCard);
            var answering = line.Send(Positive);
            await line.Hears(RawLine.Frame(Positive));
            await line.Say(RawLine.Ack);
            await answering;
        }
    }

    [Fact]
    public async Task The_next_positive_answer_is_no_repeat_of_the_one_before()
    {
        await using var line = await RawLine.Open();
        await line.Say(RawLine.Frame(Positive)); // The answer to what we said before.
        await line.Hears(RawLine.Ack);
        await line.HandsUp(Positive);
        var sending = line.Send(Completion);
        await line.Hears(RawLine.Frame(Completion));

        await line.Say(RawLine.Frame(Positive)); // The answer to this; its acknowledge was lost.

        await line.Hears(RawLine.Ack);
        await line.HandsUp(Positive);
        await line.Until(sending);
    }

    [Fact]
    public async Task An_acknowledge_and_a_block_in_one_piece_are_both_heard()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        await line.Say([RawLine.Ack, .. RawLine.Frame(Positive), .. RawLine.Frame(InsertCard)]);
        await sending;
        await line.Hears(RawLine.Ack, RawLine.Ack);
        await line.HandsUp(Positive);
        await line.HandsUp(InsertCard);
    }

    [Fact]
    public async Task An_answer_stands_for_an_acknowledge_that_was_lost()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.Hears(RawLine.Frame(Sale));
        await line.Say(RawLine.Frame(Positive));
        await line.Hears(RawLine.Ack);
        await line.HandsUp(Positive);

        var waited = await line.Until(sending);

        Assert.InRange(waited, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        await sending;
    }

    [Fact]
    public async Task A_command_that_crosses_ours_acknowledges_nothing()
    {
        await using var line = await RawLine.Open();
        const string Abort = "06B000";
        var sending = line.Send(Abort);
        await line.Hears(RawLine.Frame(Abort));
        await line.Say(RawLine.Frame(InsertCard));
        await line.Hears(RawLine.Ack);
        await line.HandsUp(InsertCard);

        var waited = await line.Until(line.Hears(RawLine.Frame(Abort)));

        Assert.True(waited >= TimeSpan.FromSeconds(5), $"It was repeated after {waited}.");
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task A_refusal_that_comes_after_the_answer_is_heeded()
    {
        await using var line = await RawLine.Open();
        var sending = line.Send(InsertCard);
        await line.Hears(RawLine.Frame(InsertCard));
        await line.Say(RawLine.Frame(Positive)); // The answer to what was said before.
        await line.Hears(RawLine.Ack);
        await line.Say(RawLine.Nak);
        await line.Hears(RawLine.Frame(InsertCard));
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task Nothing_is_sent_into_a_block_that_is_coming_in()
    {
        await using var line = await RawLine.Open();
        var frame = RawLine.Frame(InsertCard);
        await line.Say(frame[..4]);
        await line.Clock.UntilWaiting(1, TestContext.Current.CancellationToken);
        var sending = line.Send(Sale);
        await line.Say(frame[4..]);
        await line.Hears([RawLine.Ack, .. RawLine.Frame(Sale)]);
        await line.Say(RawLine.Ack);
        await sending;
    }

    [Fact]
    public async Task Closing_ends_what_is_on_its_way()
    {
        var line = await RawLine.Open();
        var sending = line.Send(Sale);
        await line.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => sending);
        Assert.Equal(0, line.Clock.Waiting);
    }

    [Fact]
    public async Task A_message_that_was_given_up_is_not_sent_again()
    {
        await using var line = await RawLine.Open();
        var sending = line.Ours.Output.WriteAsync(Convert.FromHexString(Sale), Stop).AsTask();
        await line.Hears(RawLine.Frame(Sale));
        line.Ours.Output.CancelPendingFlush();
        Assert.True((await sending).IsCanceled);
        var next = line.Send(Completion);
        await line.Hears(RawLine.Frame(Completion));
        await line.Say(RawLine.Ack);
        await next;
    }
}
