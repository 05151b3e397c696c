using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Sessions;
using Tillbridge.Tests.Protocols.Zvt.Outsiders;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt.Devices;

/// <summary>06 D0, which may carry the picture of a signature (zvt.md §8): we have no such screen, and nobody keeps its bytes.</summary>
public sealed class ZvtScreenTests : ZvtOutsiderFixture
{
    private const string Picture = "06D008DEADBEEF42424242";

    // Tag 2F with 1F10 = 01: the cardholder signs.
    private const string Signed = "06062F041F100101";

    [Fact]
    public async Task A_screen_that_the_till_has_not_is_refused_and_the_payment_goes_on_to_its_own_end()
    {
        var answers = new List<string?>();
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            answers.Add(await line.Ask(Picture));
            await line.Ask(Booking("0042", "000042", 1250, tail: Signed));
            answers.Add(await line.Ask(Picture));
            await line.Send(Done);
        });

        var session = await Pay(terminal);

        Assert.Equal(["848300", "848300"], answers);
        Assert.Equal((Outcome.Approved, true), (session.Outcome, session.Conclusion!.SignatureRequired));
    }

    [Fact]
    public async Task It_is_refused_in_a_registration_too()
    {
        await using var terminal = Conversation(
            RawTerminal.NothingStored, line => line.Send("061E016C"), registration: Picture + RawTerminal.Registered);

        await Pay(terminal);

        Assert.Contains("8483", terminal.Commands);
    }

    [Fact]
    public async Task No_record_of_the_session_has_its_bytes()
    {
        await using var terminal = Conversation(RawTerminal.NothingStored, async line =>
        {
            await line.Ask(Picture);
            await line.Ask(Booking("0042", "000042", 1250));
            await line.Send(Done);
        });

        var session = await Pay(terminal);

        var records = await Journal.RecordsAfter(0, session.Id, 1000, withFrames: true, TestContext.Current.CancellationToken);
        var told = records.Select(record => FrameText.BodyOf(record, ProtocolCatalog.ByName));
        var frame = Assert.Single(told, body => body.Contains("GraphicMenu", StringComparison.Ordinal));
        Assert.Contains("06 D0 08 ** **", frame, StringComparison.Ordinal);
        Assert.DoesNotContain(records, record => record.Body.Replace(" ", "", StringComparison.Ordinal)
            .Contains("DEADBEEF", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_decoder_names_it_and_hides_what_it_carries()
    {
        var frame = Convert.FromHexString(Picture);

        var dump = ZvtInspector.Dump(frame, Sender.Terminal, ZvtText.Default);

        Assert.StartsWith("PT > GraphicMenu, 11 bytes", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("DE AD", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("DEAD", string.Join(' ', new ZvtProtocol().Decode(frame, Sender.Terminal).Fields), StringComparison.Ordinal);
    }
}
