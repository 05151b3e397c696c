using Tillbridge.Domain;
using Tillbridge.Journal;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What every journal must do for foreign interfaces: find what they have to deliver, and keep their notes.</summary>
public abstract class JournalFacesContract : JournalReadsContract
{
    private const string Face = "zvtCallback";

    [Fact]
    public async Task A_session_of_a_face_is_found_from_its_intent_until_it_is_settled()
    {
        var session = await Faced();
        await Journal.Whole(Clock);
        Assert.Equal([session.Id], await Open(Face));
        Assert.Empty(await Open("kiosk"));
        Assert.Null(await Journal.NoteOf(session.Id, Face, Stop));
        await Note(session, settled: false, listed: false, """{"attempts":1}""");
        Assert.Equal([session.Id], await Open(Face));
        await Note(session, settled: true, listed: false, """{"attempts":2}""");
        Assert.Empty(await Open(Face));
        Assert.Equal("""{"attempts":2}""", (await Journal.NoteOf(session.Id, Face, Stop))!.Data);
    }

    [Fact]
    public async Task A_settled_session_that_is_listed_is_found_until_it_is_acknowledged()
    {
        var (first, second) = (await Faced(), await Faced());
        await Note(first, settled: true, listed: true);
        await Note(second, settled: true, listed: true);
        Assert.Equal([first.Id, second.Id], await Open(Face));
        await Note(first, settled: true, listed: false);
        Assert.Equal([second.Id], await Open(Face));
        var faced = Assert.Single(await Journal.OfFace(Face, 10, Stop));
        Assert.Equal(new FaceNote(Face, true, true, "{}"), faced.Note);
        AssertSame(second, faced.Session);
    }

    [Fact]
    public async Task A_face_may_note_about_a_session_of_another_and_neither_disturbs_the_other()
    {
        var session = await Faced();
        await Journal.Append(JournalEntry.Of(session, new FaceNote("kiosk", true, true, """{"a":1}""")), Stop);
        Assert.Equal([session.Id], await Open("kiosk"));
        Assert.Equal([session.Id], await Open(Face));
        Assert.Null(await Journal.NoteOf(session.Id, Face, Stop));
    }

    [Fact]
    public async Task A_note_changes_no_session_and_stands_in_the_chain()
    {
        var session = await Faced();
        await Note(session, settled: false, listed: false, """{"by":"Möller"}""");
        AssertSame(session, await Journal.Find(session.Id, Stop));
        var records = await Journal.RecordsAfter(0, session.Id, 10, withFrames: false, Stop);
        Assert.Equal([RecordKind.Intent, RecordKind.Face], records.Select(record => record.Kind));
        Assert.Contains("Möller", records[1].Body, StringComparison.Ordinal);
        Assert.Null((await Journal.Verify(Stop)).BrokenAt);
    }

    [Fact]
    public async Task A_note_about_a_session_that_nobody_knows_is_refused() => await Assert.ThrowsAsync<InvariantException>(
        () => Journal.Append(JournalEntry.Of(Intent(Clock), new FaceNote(Face, true, true, "{}")), Stop));

    [Fact]
    public async Task An_entry_that_looks_like_a_note_and_brings_none_is_refused()
    {
        var session = await Faced();
        await Assert.ThrowsAsync<ArgumentException>(
            () => Journal.Append(new JournalEntry(session.Id, session.Terminal, RecordKind.Face, "{}"), Stop));
    }

    private async Task<Session> Faced()
    {
        var intent = Intent(Clock) with { Face = new SessionFace(Face, """{"url":"x"}""") };
        return (await Journal.Accept(intent, "{}", Stop)).Session;
    }

    private Task<long> Note(Session session, bool settled, bool listed, string data = "{}") =>
        Journal.Append(JournalEntry.Of(session, new FaceNote(Face, settled, listed, data)), Stop);

    private async Task<IEnumerable<SessionId>> Open(string face) =>
        (await Journal.OfFace(face, 10, Stop)).Select(faced => faced.Session.Id);
}
