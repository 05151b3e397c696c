using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Tests.Scenarios;
using static Tillbridge.Tests.Journal.JournalSamples;

namespace Tillbridge.Tests.Journal;

public sealed class JournalJsonTests
{
    private readonly ManualClock clock = new();

    [Fact]
    public void A_full_session_comes_back_field_by_field()
    {
        var full = Full(clock);
        var json = JournalJson.Write(full);
        var back = JournalJson.Read(json);
        Assert.Equal(json, JournalJson.Write(back));

        // Lists compare by reference in records, so they are compared apart and then made equal.
        Assert.Equal(full.Receipts[0].Lines, back.Receipts[0].Lines);
        Assert.Equal(full.Incidents, back.Incidents);
        Assert.Equal(full.Metadata, back.Metadata);
        Assert.Equal(full.Conclusion!.Totals!.ByBrand, back.Conclusion!.Totals!.ByBrand);
        Assert.Equal(full.Request.Details!.TillTotals, back.Request.Details!.TillTotals);
        Assert.Equal(full.Conclusion.TerminalTime!.Value.Kind, back.Conclusion.TerminalTime!.Value.Kind);
        Assert.Equal(full.ClosedAt!.Value.Offset, back.ClosedAt!.Value.Offset);
        var totals = back.Conclusion.Totals with { ByBrand = full.Conclusion.Totals.ByBrand };
        Assert.Equal(
            full,
            back with
            {
                Receipts = full.Receipts, Incidents = full.Incidents, Metadata = full.Metadata,
                Conclusion = back.Conclusion with { Totals = totals },
                Request = back.Request with { Details = back.Request.Details with { TillTotals = full.Request.Details.TillTotals } },
            });
    }

    [Fact]
    public void The_text_is_compact_and_uses_our_words()
    {
        var json = JournalJson.Write(Full(clock));
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("isUnresolved", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"saleWithCashback\"", json, StringComparison.Ordinal);
        Assert.Contains("{\"minorUnits\":5000,\"currency\":\"CZK\"}", json, StringComparison.Ordinal);
        Assert.Contains("Objednávka №7", json, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_property_is_tolerated()
    {
        var intent = Intent(clock);
        var json = JournalJson.Write(intent);
        var newer = json.Insert(1, "\"invented\":{\"x\":[1]},");
        Assert.Equal(json, JournalJson.Write(JournalJson.Read(newer)));
    }

    [Fact]
    public void A_session_that_the_first_version_wrote_is_still_read()
    {
        const string Written = """
            {"id":"01a211ab90347aa3ad03ffd4630e5eab","terminal":"till-1","request":{"kind":"sale",
            "amount":{"minorUnits":9905,"currency":"EUR"},"confirm":false},"createdAt":"2026-11-25T07:46:25.9738463+00:00",
            "fingerprint":"330a","phase":"closed",
            "conclusion":{"outcome":"approved","reason":"recovered","approvedAmount":{"minorUnits":9905,"currency":"EUR"},
            "responseCode":"00","references":{"receipt":"0002"},"card":{"maskedPan":"541333******9999"},"signatureRequired":false},
            "baseline":{"receipt":"0001"},"sentAt":"2026-11-25T07:46:26.3098801+00:00","closedAt":"2026-11-25T07:46:26.3751304+00:00",
            "abortAsked":false,"receipts":[],"incidents":[]}
            """;
        var read = JournalJson.Read(Written);
        Assert.Equal((Outcome.Approved, Money.Euro(9905), false), (
            read.Outcome, read.Conclusion!.ApprovedAmount, read.Conclusion.CheckReconciliation));
        Assert.Empty(read.Conclusion.Grounds);
    }

    [Fact]
    public void Grounds_stand_as_a_list_and_not_at_all_where_there_are_none()
    {
        var full = Full(clock);
        var json = JournalJson.Write(full);
        Assert.Contains("\"grounds\":[\"terminal-repeats-booking\",\"memory-is-true\"]", json, StringComparison.Ordinal);
        var none = JournalJson.Write(full with { Conclusion = full.Conclusion! with { Grounds = default } });
        Assert.DoesNotContain("grounds", none, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ground_of_a_later_version_is_kept()
    {
        var json = JournalJson.Write(Full(clock)).Replace("\"memory-is-true\"]", "\"seen-by-satellite\"]", StringComparison.Ordinal);
        Assert.Equal(json, JournalJson.Write(JournalJson.Read(json)));
    }

    [Theory]
    [InlineData("\"outcome\":\"approved\",")]
    [InlineData("\"minorUnits\":1200,")]
    [InlineData("\"phase\":\"closed\",")]
    [InlineData("\"terminal\":\"till-1\",")]
    public void What_money_hangs_on_must_not_be_missing(string part)
    {
        var json = JournalJson.Write(Full(clock));
        Assert.Contains(part, json, StringComparison.Ordinal);
        var error = Assert.Throws<JournalException>(() => JournalJson.Read(json.Replace(part, "", StringComparison.Ordinal)));
        Assert.Equal(JournalFault.Corrupt, error.Fault);
    }

    [Theory]
    [InlineData("\"outcome\":\"approved\"", "\"outcome\":0")]
    [InlineData("\"outcome\":\"approved\"", "\"outcome\":\"maybe\"")]
    [InlineData("\"currency\":\"CZK\"", "\"currency\":\"XXZ\"")]
    [InlineData("\"terminal\":\"till-1\"", "\"terminal\":null")]
    [InlineData("\"memory-is-true\"", "7")]
    [InlineData("[\"terminal-repeats-booking\",\"memory-is-true\"]", "\"memory-is-true\"")]
    public void What_is_no_word_of_ours_is_refused(string word, string other)
    {
        var json = JournalJson.Write(Full(clock));
        Assert.Throws<JournalException>(() => JournalJson.Read(json.Replace(word, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void Fields_cannot_be_shifted_into_each_other_without_changing_the_hash()
    {
        var record = new JournalRecord(0, clock.GetUtcNow(), new SessionId(new string('a', 32)), "ab", RecordKind.State, "c", "");
        var linked = RecordChain.Link(ChainTip.Start, record);
        var shifted = RecordChain.Link(ChainTip.Start, record with { Terminal = "a", Body = "bc" });
        Assert.NotEqual(linked.Hash, shifted.Hash);
        Assert.Null(RecordChain.Fault(ChainTip.Start, linked));
        Assert.NotNull(RecordChain.Fault(ChainTip.Start, linked with { Fence = 2 }));
        Assert.NotNull(RecordChain.Fault(ChainTip.Start, linked with { StateHash = "00" }));
        Assert.NotNull(RecordChain.Fault(new ChainTip(0, new string('1', 64)), linked));
    }
}
