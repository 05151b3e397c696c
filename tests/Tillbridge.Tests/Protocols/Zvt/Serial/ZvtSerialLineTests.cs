using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>Payments over a cable that does what cables do; whatever it does, one payment is one booking.</summary>
[Trait("Speed", "Slow")]
[Trait("Needs", "pty")]
public sealed class ZvtSerialLineTests
{
    private const string WhySkipped = "Pseudo-terminals are served on Linux.";

    [Fact]
    public async Task Noise_before_every_block_disturbs_nothing()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var (session, cable, net) = await Pay(token => [0x00, 0xFF, 0x41, 0x10, 0x7E, 0x03, .. token.Bytes]);
        Assert.Equal((Outcome.Approved, 1250), (session.Outcome, net));
        Assert.DoesNotContain(cable, token => token.Kind is ZvtSerialHeard.Refusal);
    }

    [Theory]
    [InlineData(Sender.Ecr, "0601")]
    [InlineData(Sender.Terminal, "800000")]
    [InlineData(Sender.Terminal, "040F")]
    [InlineData(Sender.Ecr, "800000")]
    [InlineData(Sender.Terminal, "060F")]
    public async Task A_flipped_bit_is_refused_and_the_block_comes_again(Sender from, string block)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var flips = 1;
        var (session, cable, net) = await Pay(token =>
        {
            if (token.From != from || !token.IsBlock(block) || flips-- <= 0) return token.Bytes;
            var changed = (byte[])token.Bytes.Clone();
            changed[^5] ^= 0x20;
            return changed;
        });

        Assert.Equal((Outcome.Approved, 1250), (session.Outcome, net));
        Assert.Single(cable, token => token.Kind is ZvtSerialHeard.Refusal);
    }

    [Theory]
    [InlineData(Sender.Terminal, Sender.Ecr, "0601")]
    [InlineData(Sender.Ecr, Sender.Terminal, "040F")]
    [InlineData(Sender.Ecr, Sender.Terminal, "060F00")]
    public async Task A_lost_acknowledge_makes_nothing_happen_twice(Sender loser, Sender from, string block)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var (losses, follows) = (1, false);
        var (session, cable, net) = await Pay(token =>
        {
            if (token.From == from && token.Kind is ZvtSerialHeard.Block) follows = token.IsBlock(block);
            var isLost = token.From == loser && token.Kind is ZvtSerialHeard.Acknowledge && follows && losses-- > 0;
            return isLost ? [] : token.Bytes;
        });

        Assert.Equal((Outcome.Approved, 1250), (session.Outcome, net));
        Assert.Single(cable, token => token.IsBlock(block)); // It waited for no repeat.
    }

    [Theory]
    [InlineData("0601")]
    [InlineData("040F")]
    [InlineData("060F")]
    public async Task A_block_that_comes_twice_is_dealt_with_once(string block)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var (session, _, net) = await Pay(token => token.IsBlock(block) ? [.. token.Bytes, .. token.Bytes] : token.Bytes);
        Assert.Equal((Outcome.Approved, 1250), (session.Outcome, net));
    }

    [Fact]
    public async Task A_storm_of_refusals_ends_and_leaves_the_truth()
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var begun = false;
        var (session, _, _) = await Pay(
            token =>
            {
                begun |= token.IsBlock("0601");
                return begun && token is { From: Sender.Terminal, Kind: ZvtSerialHeard.Acknowledge } ? [0x15, 0x15, 0x15] : token.Bytes;
            },
            recoveryLimit: 3);

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    [Theory]
    [InlineData(9905, Outcome.Approved)]
    [InlineData(9909, Outcome.Failed)]
    [InlineData(9913, Outcome.Unknown)]
    public async Task What_breaks_off_is_asked_about(long cents, Outcome outcome)
    {
        Assert.SkipUnless(PtyPair.IsSupported, WhySkipped);
        var (session, _, _) = await Pay(token => token.Bytes, cents);
        Assert.Equal(outcome, session.Outcome);
    }

    private static async Task<(Session Session, IReadOnlyList<CableToken> Cable, long Net)> Pay(
        Func<CableToken, byte[]> pass, long cents = 1250, double answerLimit = 4, double recoveryLimit = 20)
    {
        await using var cable = TamperedCable.Open(pass);
        await using var bench = await SerialBench.Start(cable.Ecr, cable.Terminal, answerLimit, recoveryLimit);
        var session = await bench.Run(TestBench.Sale(cents));
        bench.BooksAgree(session);
        return (session, cable.Passed, bench.Virtual.Acquirer.Net);
    }
}
