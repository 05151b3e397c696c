using Tillbridge.Domain;
using Tillbridge.Laboratory.Free;

namespace Tillbridge.Laboratory.Tests.Free;

/// <summary>What a statement rests on: the same telling over other books, with the assumption that rules them out.</summary>
public sealed class AlikeTests
{
    private static readonly FreeOrder Order = new(1, RequestKind.Sale, 1234, 978);
    private static readonly ToldTotals Empty = new(0, 0, 0, 0, "0000", "0000");
    private static readonly long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void Failed_in_the_second_of_the_loss_is_luck_for_it_may_still_book()
    {
        var facts = new FreeFacts(Order, null, Empty, 0) { LostAt = Second };
        facts.Memories.Add((Second, null));
        facts.Totals.Add((Second, Empty));

        Assert.Equal("it is booked seconds after the loss", Luck(facts, Outcome.Failed, 2 * Second));
    }

    [Fact]
    public void Failed_when_the_same_is_told_after_ten_seconds_is_not()
    {
        var facts = new FreeFacts(Order, null, Empty with { LastReceipt = "0007", Takings = 1, Taken = 500 }, 0) { LostAt = Second };
        facts.Memories.Add((Second, null));
        facts.Memories.Add((12 * Second, null));
        facts.Totals.Add((12 * Second, facts.TotalsBefore));

        Assert.Null(Luck(facts, Outcome.Failed, 13 * Second));
    }

    [Fact]
    public void Approved_by_one_result_at_a_proper_end_is_not()
    {
        var facts = new FreeFacts(Order, null, Empty, 0) { IsEnded = true };
        facts.Results.Add(Approval(1234));

        Assert.Null(Luck(facts, Outcome.Approved, Second));
    }

    [Fact]
    public void Approved_by_the_second_of_two_results_is_luck()
    {
        var facts = new FreeFacts(Order, null, Empty, 0) { IsEnded = true };
        facts.Results.Add(Approval(1134));
        facts.Results.Add(Approval(1234));
        facts.Results.Add(new Told { Code = "6C" });

        Assert.NotNull(Luck(facts, Outcome.Approved, Second));
    }

    [Fact]
    public void Approved_by_an_answer_without_an_amount_is_luck()
    {
        var facts = new FreeFacts(Order, null, Empty, 0) { IsEnded = true };
        facts.Results.Add(Approval(null));

        Assert.Equal("another amount is booked", Luck(facts, Outcome.Approved, Second));
    }

    [Fact]
    public void Recovered_without_totals_after_a_long_silence_is_luck_for_it_may_be_given_back()
    {
        var facts = new FreeFacts(Order, null, Empty, 0) { LostAt = Second };
        facts.Memories.Add((200 * Second, Approval(1234)));

        Assert.Equal("it is booked and given back by hand", Luck(facts, Outcome.Approved, 201 * Second));

        facts.Totals.Add((200 * Second, Empty with { Taken = 1234, Takings = 1, FirstReceipt = "0001", LastReceipt = "0001" }));
        Assert.Null(Luck(facts, Outcome.Approved, 201 * Second));
    }

    // The world in which it would be wrong.
    private static string? Luck(FreeFacts facts, Outcome outcome, long at) =>
        Alike.Look(Wire(), facts, Said(outcome), at)?.True[Alike.Prefix.Length..];

    private static AlikeWire Wire() => new(
        TakesBackUnheard: true, LastResultCounts: true, TellsLastNumber: true, _ => false, _ => false, HidesNumbers: true, _ => false);

    private static Told Approval(long? minor) => new() { Code = "00", IsApproval = true, Minor = minor, Currency = 978, Receipt = "0001" };

    private static Session Said(Outcome outcome)
    {
        var request = new TerminalRequest(RequestKind.Sale) { Amount = Money.Euro(1234) };
        return new(new SessionId(new string('0', SessionId.Length)), "t", request, default)
        {
            Phase = SessionPhase.Closed,
            Conclusion = new Conclusion(outcome, Reason.Done) { ApprovedAmount = outcome is Outcome.Approved ? Money.Euro(1234) : null },
        };
    }
}
