using Tillbridge.Domain;
using Tillbridge.Laboratory.Free;

namespace Tillbridge.Laboratory.Tests.Free;

public sealed class FreeJudgeTests
{
    private const long Closed = 100;

    [Fact]
    public void Approved_for_what_stands_is_true() => Assert.Null(Judge(Outcome.Approved, 1234, Booked(1234)));

    [Fact]
    public void Unknown_is_never_wrong() => Assert.Null(Judge(Outcome.Unknown, null, Booked(1234)));

    [Fact]
    public void Failed_over_a_late_booking_is_wrong() =>
        Assert.Equal("it was booked", Judge(Outcome.Failed, null, Booked(1234, at: Closed + 50))!.True);

    [Fact]
    public void Approved_for_what_was_given_back_before_is_wrong()
    {
        var booking = Booked(1234);
        booking.UndoneAt = Closed - 1;

        Assert.Equal("it was undone by hand before", Judge(Outcome.Approved, 1234, booking)!.True);
    }

    [Fact]
    public void Approved_and_given_back_afterwards_is_true()
    {
        var booking = Booked(1234);
        booking.UndoneAt = Closed + 1;

        Assert.Null(Judge(Outcome.Approved, 1234, booking));
    }

    [Fact]
    public void Approved_in_another_currency_is_wrong() =>
        Assert.Equal("another currency was booked", Judge(Outcome.Approved, 1234, Booked(1234, currency: 975))!.True);

    [Fact]
    public void Approved_for_another_amount_is_wrong() =>
        Assert.Equal("another amount was booked", Judge(Outcome.Approved, 1234, Booked(617))!.True);

    [Fact]
    public void Declined_where_nothing_was_booked_is_true() => Assert.Null(Judge(Outcome.Declined, null));

    private static Wrong? Judge(Outcome outcome, long? minor, params Booking[] made)
    {
        var request = new TerminalRequest(RequestKind.Sale) { Amount = Money.Euro(1234) };
        var session = new Session(new SessionId(new string('0', SessionId.Length)), "t", request, DateTimeOffset.UnixEpoch)
        {
            Phase = SessionPhase.Closed,
            Conclusion = new Conclusion(outcome, Reason.Done) { ApprovedAmount = minor is { } units ? Money.Euro(units) : null },
        };
        return FreeJudge.Of(1, session, Closed, made, target: null);
    }

    private static Booking Booked(long minor, int currency = 978, long at = 50) => new(RequestKind.Sale, minor, currency, 1, at)
    {
        Receipt = "0001", Trace = "000001", Approval = "000001", Time = default,
    };
}
