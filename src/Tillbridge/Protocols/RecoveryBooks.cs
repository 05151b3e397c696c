using Tillbridge.Domain;
using Tillbridge.Domain.Books;

namespace Tillbridge.Protocols;

/// <summary>Our books of a terminal's open period while a session is recovered.</summary>
/// <param name="net">What they add up to without the session, as recovery began.</param>
/// <param name="look">Holds the books, as they are then, against a thought; false where they cannot be told any more.</param>
internal sealed class RecoveryBooks(Money net, Func<Func<PeriodBooks, bool>, Task<bool>> look)
{
    /// <summary>The net sum.</summary>
    public Money Net { get; } = net;

    /// <summary>True when the books show what is thought, which is to be put so that false proves nothing.</summary>
    public Task<bool> Show(Func<PeriodBooks, bool> thought) => look(thought);
}
