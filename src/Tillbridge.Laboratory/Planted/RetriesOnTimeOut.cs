using System.Runtime.CompilerServices;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Planted;

/// <summary>When the line breaks after the money command was sent, it is simply sent again.</summary>
internal sealed class RetriesOnTimeOut() : Bug("money command retried on time-out")
{
    public override IProtocol Plant(IProtocol protocol) => new PlantedProtocol(protocol, driver => new Driver(driver));

    private sealed class Driver(TerminalDriver inner) : TamperedDriver(inner)
    {
        public override async IAsyncEnumerable<TerminalEvent> Converse(
            TerminalRequest request, Baseline? baseline, [EnumeratorCancellation] CancellationToken shutdown)
        {
            var (isSent, tries) = (false, 0);
            var talk = base.Converse(request, baseline, shutdown).GetAsyncEnumerator(shutdown);
            while (true)
            {
                TerminalEvent? said;
                try
                {
                    said = await talk.MoveNextAsync() ? talk.Current : null;
                }
                catch (LinkLostException) when (isSent && tries++ == 0)
                {
                    await talk.DisposeAsync();
                    talk = base.Converse(request, baseline, shutdown).GetAsyncEnumerator(shutdown);
                    continue;
                }

                if (said is null) break;
                if (said is AboutToSend && isSent) continue;
                isSent |= said is AboutToSend;
                yield return said;
                if (said is Concluded) break;
            }

            await talk.DisposeAsync();
        }
    }
}
