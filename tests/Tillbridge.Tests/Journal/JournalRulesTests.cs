using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

/// <summary>What may enter a journal, whatever it writes to.</summary>
public sealed class JournalRulesTests
{
    private readonly ManualClock clock = new();

    private Session Stored => Intent(clock, key: "k") with { Id = new(new string('a', 32)) };

    [Fact]
    public void The_largest_body_is_taken_and_a_byte_more_is_not()
    {
        var largest = $"{{\"x\":\"{new string('x', JournalEntry.MostBodyBytes - 8)}\"}}";
        Assert.Equal(JournalEntry.MostBodyBytes, JournalRules.Check(Stored.Frame(largest)));

        var error = Assert.Throws<ArgumentException>(() => JournalRules.Check(Stored.Frame(largest.Replace(":", ": "))));

        Assert.Contains($"{JournalEntry.MostBodyBytes + 1} bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_size_of_a_body_is_told_in_bytes() => Assert.Equal(10, JournalRules.Check(Stored.Frame("""{"x":"č"}""")));

    [Theory]
    [InlineData("")]
    [InlineData("{\"x\":1")]
    [InlineData("\"x\":1}")]
    [InlineData("[]")]
    public void A_body_begins_and_ends_as_an_object(string body)
    {
        var error = Assert.Throws<ArgumentException>(() => JournalRules.Check(Stored.Frame(body)));

        Assert.Contains("no JSON object", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_names_its_session_and_terminal()
    {
        var entry = Stored.Frame();
        Assert.Contains("session id", Message(entry with { Id = new("a") }), StringComparison.Ordinal);
        Assert.Contains("session id", Message(entry with { Id = default }), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => JournalRules.Check(entry with { Terminal = "" }));
        Assert.Throws<ArgumentNullException>(() => JournalRules.Check(entry with { Terminal = null! }));
        Assert.Throws<ArgumentNullException>(() => JournalRules.Check(entry with { Body = null! }));
        Assert.Throws<ArgumentNullException>(() => JournalRules.Check(null!));
        Assert.Throws<ArgumentNullException>(() => JournalRules.CheckAppend(null!));
    }

    [Fact]
    public void A_state_of_another_session_or_terminal_is_refused()
    {
        var entry = Stored.State();
        Assert.Contains("another session", Message(entry with { Id = new(new string('b', 32)) }), StringComparison.Ordinal);
        Assert.Contains("another session", Message(entry with { Terminal = "till-2" }), StringComparison.Ordinal);
        Assert.True(JournalRules.Check(entry) > 0);
    }

    [Fact]
    public void An_intent_is_prepared_with_a_printable_key_and_never_appended()
    {
        var entry = JournalRules.EntryOf(Stored, "{}");
        Assert.Equal(new JournalEntry(Stored.Id, Till, RecordKind.Intent, "{}", entry.Session), entry);
        Assert.Equal("k", entry.Session!.Key);

        Assert.Contains("accepted", Error(() => JournalRules.CheckAppend(entry)), StringComparison.Ordinal);
        Assert.Contains("prepared", Error(() => JournalRules.EntryOf(Stored.Sent(clock), "{}")), StringComparison.Ordinal);
        Assert.Contains("128", Error(() => JournalRules.EntryOf(Stored with { Key = new('k', 129) }, "{}")), StringComparison.Ordinal);
        Assert.NotNull(JournalRules.EntryOf(Stored with { Key = new('k', 128) }, "{}"));
        Assert.NotNull(JournalRules.EntryOf(Stored with { Key = null }, "{}"));
        Assert.Throws<ArgumentNullException>(() => JournalRules.EntryOf(null!, "{}"));
    }

    [Fact]
    public void A_state_keeps_who_the_session_is()
    {
        var stored = Stored;
        JournalRules.CheckSuccessor(stored, stored.Sent(clock).Closed(clock) with { Receipts = [], AbortAsked = true });

        AssertBroken("intent", null, stored);
        AssertBroken("terminal", stored, stored with { Terminal = "till-2" });
        AssertBroken("key", stored, stored with { Key = "other" });
        AssertBroken("key", stored, stored with { Key = null });
        AssertBroken("fingerprint", stored, stored with { Fingerprint = "f2" });
        AssertBroken("time of creation", stored, stored with { CreatedAt = stored.CreatedAt.AddTicks(1) });
    }

    [Fact]
    public void A_session_that_is_asked_about_is_in_the_journal()
    {
        JournalRules.CheckKnown(Stored);
        var error = Assert.Throws<InvariantException>(() => JournalRules.CheckKnown(null));
        Assert.Contains("asked about", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", """{"dropped":3}""")]
    [InlineData("{ }", """{"dropped":3}""")]
    [InlineData("""{"hex":"06"}""", """{"hex":"06","dropped":3}""")]
    [InlineData("""{"hex":"06" }""", """{"hex":"06","dropped":3}""")]
    public void A_note_tells_how_many_before_it_were_dropped(string body, string expected)
    {
        Assert.Equal(expected, JournalRules.WithDropped(body, 3));
        Assert.Same(body, JournalRules.WithDropped(body, 0));
    }

    [Fact]
    public void An_older_owner_reads_which_terminal_and_which_fences()
    {
        var error = JournalRules.Fenced(Stored.Frame() with { Fence = 2 }, 3);

        Assert.Equal(JournalFault.Fenced, error.Fault);
        Assert.Contains("'till-1' has a newer owner (fence 3); a write under fence 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(new string('a', 32), JournalRules.Taken(Stored.Id).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settled_is_closed_with_an_outcome_that_is_known()
    {
        Assert.False(JournalRules.IsSettled(Stored));
        Assert.False(JournalRules.IsSettled(Stored with { Phase = SessionPhase.Closed }));
        Assert.False(JournalRules.IsSettled(Stored.Closed(clock) with { Phase = SessionPhase.Recovering }));
        Assert.False(JournalRules.IsSettled(Stored.Closed(clock, Outcome.Unknown)));
        Assert.All(
            Enum.GetValues<Outcome>().Where(outcome => outcome is not Outcome.Unknown),
            outcome => Assert.True(JournalRules.IsSettled(Stored.Closed(clock, outcome))));
    }

    private static void AssertBroken(string what, Session? stored, Session next)
    {
        var error = Assert.Throws<InvariantException>(() => JournalRules.CheckSuccessor(stored, next));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    private static string Message(JournalEntry entry) => Error(() => JournalRules.Check(entry));

    private static string Error(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;
}
