using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The judge of the process trials is tried: each wrong state of a shop has to be named.</summary>
public sealed class ShopJudgeTests
{
    private static readonly ShopBooking Booked = new("sale", 1000, "EUR", "order-1", "0/0001", "booked");
    private static readonly ShopSession Approved = new("1", "order-1", "closed", "approved", "approved", 1000, "EUR", "0/0001");
    private static readonly ShopSession Declined = Approved with { Outcome = "declined", ApprovedMinorUnits = null, Receipt = null };

    private readonly ShopOrder order = new("order-1", 1000);

    [Fact]
    public void What_agrees_is_quiet()
    {
        order.Told.AddRange(["unknown", "approved"]);
        Assert.Empty(Check([Approved], [Booked]));
        Assert.Empty(ShopJudge.Check([new("order-2", 5)], [Declined with { Reference = "order-2" }], []));
        Assert.Empty(ShopJudge.Check([new("order-1", 5)], [Approved with { Outcome = "unknown" }], [Booked]));
        Assert.Empty(ShopJudge.Check([new("order-1", 5)], [Declined], [Booked, Booked with { State = "reversed" }]));
    }

    [Fact]
    public void A_double_booking_is_named() =>
        Assert.Contains("2 bookings stand", One([Approved], [Booked, Booked with { Receipt = "0/0002" }]), StringComparison.Ordinal);

    [Fact]
    public void An_approval_without_a_booking_is_named() => Assert.Contains("approved and not booked", One([Approved], []),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("declined")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public void A_no_for_what_is_booked_is_named(string no) =>
        Assert.Contains("and booked", One([Declined with { Outcome = no }], [Booked]), StringComparison.Ordinal);

    [Fact]
    public void Another_amount_is_named() => Assert.Contains("booked 999", One([Approved], [Booked with { MinorUnits = 999 }]),
        StringComparison.Ordinal);

    [Fact]
    public void Another_receipt_is_named() =>
        Assert.Contains("booked under 0/0007", One([Approved], [Booked with { Receipt = "0/0007" }]), StringComparison.Ordinal);

    [Fact]
    public void A_session_that_is_missing_is_named()
    {
        order.Told.Add("approved");
        Assert.Contains("the journal knows nothing", One([], []), StringComparison.Ordinal);
    }

    [Fact]
    public void A_booking_without_an_order_is_named() =>
        Assert.Contains("belongs to no order", One([Approved], [Booked, Booked with { Reference = "?", Receipt = "0/9" }]),
            StringComparison.Ordinal);

    [Fact]
    public void An_answer_that_changed_is_named()
    {
        order.Told.AddRange(["declined", "approved"]);
        Assert.Contains(Check([Approved], [Booked]), what => what.Contains("declined, then approved", StringComparison.Ordinal));
    }

    [Fact]
    public void A_session_that_stays_open_is_named() =>
        Assert.Contains("still recovering", One([Approved with { Phase = "recovering", Outcome = null }], []), StringComparison.Ordinal);

    private IReadOnlyList<string> Check(IReadOnlyList<ShopSession> sessions, IReadOnlyList<ShopBooking> books) =>
        ShopJudge.Check([order], sessions, books);

    private string One(IReadOnlyList<ShopSession> sessions, IReadOnlyList<ShopBooking> books) => Assert.Single(Check(sessions, books));
}
