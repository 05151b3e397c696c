using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>A dissector that others wrote reads what our two sides send to each other over a serial line.</summary>
[Trait("Needs", "tshark")]
[Trait("Speed", "Slow")]
public sealed class TsharkSerialTests
{
    private const string Characters = "zvt.serial_char";
    private const string Check = "zvt.crc";
    private const string Code = "zvt.control_field";
    private const string Answer = "zvt.ccrc";
    private const string Malformed = "_ws.malformed";
    private const string Expert = "_ws.expert.message";

    [Fact]
    public async Task Every_block_and_every_acknowledge_is_dissected()
    {
        Assert.SkipUnless(Tshark.IsInstalled, Tshark.WhySkipped);
        Assert.SkipUnless(PtyPair.IsSupported, "Pseudo-terminals are served on Linux.");
        await using var cable = TamperedCable.Open(token => token.Bytes);
        await using (var bench = await SerialBench.Start(cable.Ecr, cable.Terminal))
        {
            foreach (var cents in (long[])[1250, 9901, 9906])
                Assert.NotEqual(Outcome.Unknown, (await bench.Run(TestBench.Sale(cents))).Outcome);
        }

        // tshark does not undo the doubling of DLE, so it reads those blocks wrongly; they have their own tests.
        var tokens = cable.Passed.Where(token => !token.Apdu.Contains((byte)0x10)).ToList();
        var frames = await Tshark.ReadSerial(
            Pcap.WriteSerial([.. tokens.Select(token => token.Bytes)]), [Characters, Check, Code, Answer, Malformed, Expert],
            TestContext.Current.CancellationToken);

        Assert.Equal(tokens.Count, frames.Count);
        Assert.True(tokens.Count(token => token.Kind is ZvtSerialHeard.Block) > 30, "Too few blocks passed.");
        foreach (var (token, frame) in tokens.Zip(frames))
        {
            Assert.Empty(frame[Malformed]);
            Assert.Empty(frame[Expert]);
            if (token.Kind is not ZvtSerialHeard.Block)
            {
                Assert.Equal([$"0x{token.Bytes[0]:x2}"], frame[Characters]);
                continue;
            }

            Assert.Equal(["0x10", "0x02", "0x10", "0x03"], frame[Characters]);
            Assert.Equal([$"0x{token.Bytes[^1]:x2}{token.Bytes[^2]:x2}"], frame[Check]);
            var isAnswer = token.Apdu[0] is 0x80 or 0x84;
            if (isAnswer) Assert.Equal([$"0x{token.Apdu[0]:x2}"], frame[Answer]);
            else if (!TsharkMeaning.UnknownCommands.ContainsKey((ushort)(token.Apdu[0] << 8 | token.Apdu[1])))
                Assert.Equal([$"0x{token.Apdu[0]:x2}{token.Apdu[1]:x2}"], frame[Code]);
        }
    }
}
