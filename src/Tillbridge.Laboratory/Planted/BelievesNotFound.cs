using System.Runtime.CompilerServices;
using Tillbridge.Domain;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Planted;

/// <summary>A terminal that does not find the booking is believed to have declined it.</summary>
internal sealed class BelievesNotFound() : Bug("\"not found\" believed as declined")
{
    public override IProtocol Plant(IProtocol protocol) => new PlantedProtocol(protocol, driver => new Driver(driver));

    private sealed class Driver(TerminalDriver inner) : TamperedDriver(inner)
    {
        public override async IAsyncEnumerable<TerminalEvent> Recover(
            RecoveryEntry entry, [EnumeratorCancellation] CancellationToken shutdown)
        {
            await foreach (var said in base.Recover(entry, shutdown))
            {
                yield return said is StillUnclear { AskAgain: false }
                    ? new Concluded(new(Outcome.Declined, Reason.DeclinedByTerminal))
                    : said;
            }
        }
    }
}
