using Tillbridge.Domain;
using Tillbridge.Journal;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

public sealed class MemoryJournalTests : JournalFacesContract
{
    protected override Task<IJournal> Open() => Task.FromResult<IJournal>(new MemoryJournal(Clock));

    [Fact]
    public async Task A_write_can_be_made_to_fail_by_name_and_leaves_nothing()
    {
        var journal = (MemoryJournal)Journal;
        var intent = Intent(Clock);
        await journal.Accept(intent, "{}", Stop);
        journal.BeforeWrite = entry =>
        {
            if (entry is { Kind: RecordKind.State }) throw new JournalException(JournalFault.Full, "full");
        };
        var error = await Assert.ThrowsAsync<JournalException>(() => journal.Append(intent.Sent(Clock).State(), Stop));
        Assert.Equal(JournalFault.Full, error.Fault);
        AssertSame(intent, await journal.Find(intent.Id, Stop));
        Assert.Equal(1, journal.LastSequence);
        journal.BeforeWrite = null;
        Assert.Equal(2, await journal.Append(intent.Sent(Clock).State(), Stop));
    }

    [Fact]
    public async Task Notes_wait_for_better_times_and_the_lost_are_counted()
    {
        var journal = (MemoryJournal)Journal;
        var intent = Intent(Clock);
        await journal.Accept(intent, "{}", Stop);
        journal.BeforeWrite = _ => throw new JournalException(JournalFault.Full, "full");
        for (var number = 0; number < 300; number++) journal.Note(intent.Frame());
        Assert.Equal(1, journal.LastSequence);
        journal.BeforeWrite = null;
        journal.Note(intent.Frame());
        var frames = await journal.RecordsAfter(1, null, 1000, true, Stop);
        Assert.Equal(256, frames.Count);
        Assert.Equal("""{"hex":"060F","dropped":45}""", frames[0].Body);
    }
}
