namespace Tillbridge.Laboratory.Processes;

/// <summary>Compares what the till was told, what the gateway's journal says, and what the terminal booked.</summary>
internal static class ShopJudge
{
    private const string Approved = "approved";
    private const string Unknown = "unknown";
    private static readonly string[] Noes = ["declined", "cancelled", "failed"];

    /// <summary>Sentences about what must not be; empty when all agree.</summary>
    public static IReadOnlyList<string> Check(
        IReadOnlyList<ShopOrder> orders, IReadOnlyList<ShopSession> sessions, IReadOnlyList<ShopBooking> books)
    {
        var broken = new List<string>();
        var standing = Standing(books);
        foreach (var order in orders)
        {
            var mine = sessions.Where(session => session.Reference == order.Key).ToList();
            var booked = standing.Where(booking => booking.Reference == order.Key).ToList();
            if (booked.Count > 1) broken.Add($"{order.Key}: {booked.Count} bookings stand");
            if (mine.Count > 1) broken.Add($"{order.Key}: {mine.Count} sessions");
            if (mine.Count == 0)
            {
                if (order.Told.Count > 0) broken.Add($"{order.Key}: the till was told {order.Told[^1]}, the journal knows nothing of it");
                if (booked.Count > 0) broken.Add($"{order.Key}: booked, the journal knows nothing of it");
                continue;
            }

            Judge(order, mine[0], booked, broken);
        }

        foreach (var booking in standing.Where(booking => orders.All(order => order.Key != booking.Reference)))
            broken.Add($"receipt {booking.Receipt} over {booking.MinorUnits} belongs to no order");
        return broken;
    }

    private static void Judge(ShopOrder order, ShopSession session, List<ShopBooking> booked, List<string> broken)
    {
        if (session.Phase != "closed") broken.Add($"{order.Key}: still {session.Phase}");
        if (session.Outcome == Approved)
        {
            if (booked.Count == 0) broken.Add($"{order.Key}: approved and not booked");
            else if (booked[0].MinorUnits != session.ApprovedMinorUnits || booked[0].Currency != session.Currency)
                broken.Add($"{order.Key}: approved {session.ApprovedMinorUnits} {session.Currency}, booked {booked[0].MinorUnits}");
            else if (booked[0].Receipt.TrimStart('0') != session.Receipt?.TrimStart('0'))
                broken.Add($"{order.Key}: approved under receipt {session.Receipt}, booked under {booked[0].Receipt}");
        }

        if (Noes.Contains(session.Outcome) && booked.Count > 0) broken.Add($"{order.Key}: {session.Outcome} ({session.Reason}) and booked");
        var told = order.Told.Where(outcome => outcome != Unknown).Distinct().ToList();
        if (told.Count > 1) broken.Add($"{order.Key}: the till was told {string.Join(", then ", told)}");
        if (told.Count == 1 && told[0] != session.Outcome)
            broken.Add($"{order.Key}: the till was told {told[0]}, the journal says {session.Outcome}");
    }

    // A row of state "reversed" takes back the newest booking under its receipt.
    private static List<ShopBooking> Standing(IReadOnlyList<ShopBooking> books)
    {
        var standing = new Dictionary<string, ShopBooking>(StringComparer.Ordinal);
        foreach (var row in books)
        {
            if (row.State == "booked") standing[row.Receipt] = row;
            else standing.Remove(row.Receipt);
        }

        return [.. standing.Values];
    }
}
