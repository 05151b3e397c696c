using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Tests.Journal;

/// <summary>The evidence: what a record's hash is made of, and that no change of a record keeps it.</summary>
public sealed class RecordChainTests
{
    // SHA-256 of the mark and the fields, each with its length before it, computed by another program (hashlib of Python).
    private const string KnownHash = "77d11b14aaa14c949aef8403af5677ebab8f3179c08ac311d718b9e1c5f73980";

    private static readonly JournalRecord Record = new(
        0, new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero).AddTicks(1234567), new(new string('a', 32)), "kasse-č",
        RecordKind.Concluded, """{"outcome":"approved"}""", "")
    {
        Fence = 7,
        StateHash = new string('b', 64),
    };

    [Fact]
    public void A_known_record_has_its_known_hash()
    {
        var linked = RecordChain.Link(ChainTip.Start, Record);

        Assert.Equal((1L, KnownHash), (linked.Sequence, linked.Hash));
        Assert.Null(RecordChain.Fault(ChainTip.Start, linked));
    }

    [Fact]
    public void A_known_record_without_a_state_and_one_with_a_long_body_have_their_known_hashes()
    {
        var longBody = $"{{\"x\":\"{new string('x', 100_000)}\"}}";

        var withoutState = RecordChain.Link(ChainTip.Start, Record with { StateHash = null });
        var large = RecordChain.Link(ChainTip.Start, Record with { Body = longBody });

        Assert.Equal("ac61b667fb262c525bc29e96718a0dcb25f1fc2568af2cb96d04212246035282", withoutState.Hash);
        Assert.Equal("d1f8084d0ddb020c2b0d0726e05318a694489fa15580938c5e41cee22f188109", large.Hash);
        var withFrames = RecordChain.Link(ChainTip.Start, Record with { FramesHash = new string('d', 64) });
        Assert.Equal("c1fca69740dfaf4b2e13ed79f7c45315fd59fa3d2a88ba22ba0de8b97f6e7338", withFrames.Hash);
    }

    [Fact]
    public void A_known_state_has_its_known_hash() => Assert.Equal(
        "6dd25323208c417e05de6f3fa04cb65212e42c516b8a36c4554d8eb66c2c4a8f", RecordChain.StateHash("""{"phase":"closed","text":"č"}"""));

    [Fact]
    public void An_empty_journal_ends_in_record_zero_and_a_hash_of_zeros() =>
        Assert.Equal(new ChainTip(0, new string('0', 64)), ChainTip.Start);

    [Fact]
    public void A_change_of_any_field_is_a_fault()
    {
        var linked = RecordChain.Link(ChainTip.Start, Record);
        JournalRecord[] changed =
        [
            linked with { At = linked.At.AddTicks(1) },
            linked with { Session = new(new string('a', 31) + "b") },
            linked with { Terminal = "kasse-c" },
            linked with { Kind = RecordKind.State },
            linked with { Body = """{"outcome":"declined"}""" },
            linked with { Fence = 8 },
            linked with { StateHash = new string('c', 64) },
            linked with { StateHash = null },
            linked with { FramesHash = new string('d', 64) },
            linked with { Hash = new string('0', 64) },
        ];

        foreach (var record in changed)
            Assert.Equal("Record 1 was changed or replaced.", RecordChain.Fault(ChainTip.Start, record));
        Assert.Equal("Record 1 was changed or replaced.", RecordChain.Fault(new(0, new string('1', 64)), linked));
    }

    [Fact]
    public void The_same_instant_of_another_offset_is_the_same_record()
    {
        var linked = RecordChain.Link(ChainTip.Start, Record);

        Assert.Null(RecordChain.Fault(ChainTip.Start, linked with { At = linked.At.ToOffset(TimeSpan.FromHours(2)) }));
    }

    [Fact]
    public void A_place_in_the_chain_is_part_of_the_hash()
    {
        var hash = new string('0', 64);

        Assert.NotEqual(RecordChain.Link(new(0, hash), Record).Hash, RecordChain.Link(new(1, hash), Record).Hash);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_gap_is_named_with_the_record_that_is_missing(long sequence)
    {
        var linked = RecordChain.Link(new(1, KnownHash), Record);

        var fault = RecordChain.Fault(new(1, KnownHash), linked with { Sequence = sequence });

        Assert.Equal($"Record 2 is missing; {sequence} follows on 1.", fault);
    }

    [Fact]
    public void Text_that_moves_from_one_field_to_the_next_changes_the_hash()
    {
        // Each pair reads alike when its fields are strung together without their lengths.
        const string Id = "0123456789abcdef0123456789abcdef";
        (JournalRecord, JournalRecord)[] pairs =
        [
            (Record with { Session = new(Id), Terminal = "abtill" }, Record with { Session = new(Id + "ab"), Terminal = "till" }),
            (Record with { Terminal = "till", Kind = RecordKind.State, Body = "{}" },
                Record with { Terminal = "tillstate", Kind = RecordKind.State, Body = "{}" }),
            (Record with { Body = "{}" + Record.StateHash, StateHash = null }, Record with { Body = "{}" }),
            (Record with { Body = "{}b", StateHash = "c" }, Record with { Body = "{}", StateHash = "bc" }),
        ];

        foreach (var (one, other) in pairs)
            Assert.NotEqual(RecordChain.Link(ChainTip.Start, one).Hash, RecordChain.Link(ChainTip.Start, other).Hash);
        Assert.NotEqual(
            RecordChain.Link(new(0, new string('0', 64)), Record).Hash, RecordChain.Link(new(0, new string('0', 65)), Record).Hash);
    }
}
