using System.Runtime.CompilerServices;
using Tillbridge.Domain;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Planted;

/// <summary>
/// A terminal that does not find the booking is believed to have declined it. It names the grounds that a right answer has, so that the
/// books have to catch it and not the missing grounds.
/// </summary>
internal sealed class BelievesNotFound() : Bug("\"not found\" believed as declined")
{
    private static readonly Grounds Plausible = Grounds.Of(
        Ground.LastIsEarlier, Ground.StayedReachable, Ground.SecondLook, Ground.MemoryIsTrue, Ground.ReachableRemembers,
        Ground.SettlesInTime, Ground.BookingsDiffer);

    public override IProtocol Plant(IProtocol protocol) => new PlantedProtocol(protocol, driver => new Driver(driver));

    private sealed class Driver(TerminalDriver inner) : TamperedDriver(inner)
    {
        public override async IAsyncEnumerable<TerminalEvent> Recover(
            RecoveryEntry entry, [EnumeratorCancellation] CancellationToken shutdown)
        {
            await foreach (var said in base.Recover(entry, shutdown))
            {
                yield return said is StillUnclear { AskAgain: false }
                    ? new Concluded(new(Outcome.Declined, Reason.DeclinedByTerminal) { Grounds = Plausible })
                    : said;
            }
        }
    }
}
