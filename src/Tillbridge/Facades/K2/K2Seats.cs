namespace Tillbridge.Facades.K2;

/// <summary>Who holds which terminal among the client objects of one <see cref="K2Terminals"/>.</summary>
internal sealed class K2Seats
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, K2Seat> taken = new(StringComparer.Ordinal);

    /// <summary>Takes a terminal; whoever has it is displaced.</summary>
    /// <exception cref="InvalidOperationException">Somebody has it, and displacement is refused.</exception>
    public K2Seat Take(string holder, string client, K2Displacement displacement)
    {
        lock (gate)
        {
            var before = taken.GetValueOrDefault(holder);
            if (before is not null && displacement is K2Displacement.Refuse)
            {
                throw new InvalidOperationException(
                    $"The terminal of {holder.Replace('\n', '/')} is held by client {before.Client}; free that one first.");
            }

            var seat = new K2Seat(this, holder, client, before?.Vacated ?? Task.CompletedTask);
            taken[holder] = seat;
            before?.Displace();
            return seat;
        }
    }

    internal void Leave(K2Seat seat)
    {
        lock (gate)
        {
            if (taken.GetValueOrDefault(seat.Holder) == seat) taken.Remove(seat.Holder);
        }
    }
}
