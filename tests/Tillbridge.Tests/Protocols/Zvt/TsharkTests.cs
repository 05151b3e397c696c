using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>A dissector that others wrote judges what our driver and our virtual terminal send to each other.</summary>
[Trait("Needs", "tshark")]
[Trait("Speed", "Slow")]
public sealed class TsharkTests(RecordedSessions recorded) : IClassFixture<RecordedSessions>
{
    private const string Protocols = "frame.protocols";
    private const string Malformed = "_ws.malformed";
    private const string Expert = "_ws.expert.message";
    private const string TooShort = "zvt.apdu_len.invalid";

    [Fact]
    public async Task Every_APDU_as_it_passed_the_wire_is_dissected_and_none_is_malformed()
    {
        Assert.SkipUnless(Tshark.IsInstalled, Tshark.WhySkipped);
        var capture = Pcap.Write(recorded.Pieces, Pcap.EthernetSegment);

        var frames = await Tshark.Read(
            capture, [Malformed, Expert, TooShort, TsharkMeaning.Code, TsharkMeaning.Class], TestContext.Current.CancellationToken);

        Assert.All(frames, CheckUnharmed);
        var known = recorded.Apdus.Count(piece => !TsharkMeaning.UnknownCommands.ContainsKey(CodeOf(piece.Bytes)));
        // Also the results that came byte by byte or all in one piece are found.
        Assert.True(known > 400, $"Only {known} APDUs were recorded.");
        Assert.Equal(known, frames.Sum(frame => frame[TsharkMeaning.Code].Count + frame[TsharkMeaning.Class].Count));
    }

    [Fact]
    public async Task What_tshark_reads_is_what_we_meant()
    {
        Assert.SkipUnless(Tshark.IsInstalled, Tshark.WhySkipped);
        var capture = Pcap.Write(recorded.Apdus, Pcap.LargestSegment);

        var frames = await Tshark.Read(
            capture, [Protocols, Malformed, Expert, TooShort, .. TsharkMeaning.Fields], TestContext.Current.CancellationToken);

        Assert.Equal(recorded.Apdus.Count, frames.Count);
        var wrong = new List<string>();
        foreach (var (piece, frame) in recorded.Apdus.Zip(frames))
        {
            CheckUnharmed(frame);
            Assert.EndsWith(":zvt", Assert.Single(frame[Protocols]), StringComparison.Ordinal);
            var isUnknown = TsharkMeaning.UnknownCommands.ContainsKey(CodeOf(piece.Bytes)) && frame[TsharkMeaning.Code].Count == 0;
            var meant = isUnknown ? [] : TsharkMeaning.Of(piece.Bytes, piece.From);
            foreach (var field in TsharkMeaning.Fields)
            {
                var expected = meant.GetValueOrDefault(field, []);
                if (!expected.SequenceEqual(frame[field]))
                    wrong.Add($"{WireDump.Line(piece.Bytes[..Math.Min(24, piece.Bytes.Length)])}: {field} is "
                        + $"{string.Join('|', frame[field])}, meant was {string.Join('|', expected)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(20)));
    }

    [Theory]
    [InlineData("sale", 0x0601)]
    [InlineData("sale with reference", 0x0601)]
    [InlineData("sale with cashback", 0x0601)]
    [InlineData("large sale", 0x0601)]
    [InlineData("declined", 0x0601)]
    [InlineData("partial", 0x0601)]
    [InlineData("byte by byte", 0x0601)]
    [InlineData("glued", 0x0601)]
    [InlineData("reversal", 0x0630)]
    [InlineData("refund", 0x0631)]
    public async Task The_session_stands_on_the_wire_as_it_was_asked_and_concluded(string name, int command)
    {
        Assert.SkipUnless(Tshark.IsInstalled, Tshark.WhySkipped);
        var session = recorded.Sessions[name];
        var connection = recorded.Sessions.Keys.ToList().IndexOf(name);
        var capture = Pcap.Write([.. recorded.Apdus.Where(piece => piece.Connection == connection)], Pcap.LargestSegment);

        var frames = await Tshark.Read(
            capture,
            [TsharkMeaning.Code, TsharkMeaning.Amount, TsharkMeaning.Result, TsharkMeaning.Trace],
            TestContext.Current.CancellationToken);

        var asked = frames.Single(frame => frame[TsharkMeaning.Code].Contains($"0x{command:x4}"));
        var total = session.Request.Total ?? session.Request.Original!.Amount;
        Assert.Equal([$"{total!.Value.MinorUnits}"], asked[TsharkMeaning.Amount]);
        var result = frames.Last(frame => frame[TsharkMeaning.Code].Contains("0x040f"));
        Assert.Equal([$"0x{session.Conclusion!.ResponseCode!.ToLowerInvariant()}"], result[TsharkMeaning.Result]);
        if (session.Outcome is not Outcome.Approved) return;
        Assert.Equal([$"{session.Conclusion.ApprovedAmount!.Value.MinorUnits}"], result[TsharkMeaning.Amount]);
        Assert.Equal([session.Conclusion.References.Trace!], result[TsharkMeaning.Trace]);
    }

    [Fact]
    public void The_recording_holds_every_command_that_the_driver_knows()
    {
        Assert.SkipUnless(Tshark.IsInstalled, Tshark.WhySkipped);
        var sent = recorded.Apdus.Where(piece => piece.From is Sender.Ecr).Select(piece => CodeOf(piece.Bytes)).ToHashSet();
        foreach (var unknown in TsharkMeaning.UnknownCommands.Keys) Assert.Contains(unknown, sent);
        foreach (var known in (ushort[])[
            ZvtCommands.Registration, ZvtCommands.Authorisation, ZvtCommands.Reversal, ZvtCommands.Refund, ZvtCommands.EndOfDay,
            ZvtCommands.Diagnosis, ZvtCommands.Initialisation])
        {
            Assert.Contains(known, sent);
        }
    }

    private static void CheckUnharmed(TsharkFrame frame)
    {
        Assert.Empty(frame[Malformed]);
        Assert.Empty(frame[Expert]);
        Assert.Empty(frame[TooShort]);
    }

    private static ushort CodeOf(byte[] apdu) => (ushort)(apdu[0] << 8 | apdu[1]);
}
