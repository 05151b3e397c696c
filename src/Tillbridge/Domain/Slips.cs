namespace Tillbridge.Domain;

/// <summary>Which of a session's receipts is meant by a copy's name, also where the terminal did not say whose each one is.</summary>
internal static class Slips
{
    /// <summary>
    /// The receipts of that copy; none when there is none. One that was printed twice is given once, as it came last; of
    /// administration all are given. A payment whose slips name nobody has one for each reader all the same: terminals print the shop's
    /// first and the customer's last [inferred].
    /// </summary>
    public static IReadOnlyList<Receipt> Of(Session session, ReceiptAudience copy)
    {
        var own = session.Receipts.Where(receipt => receipt.Audience == copy).ToList();
        if (copy is ReceiptAudience.Administration) return Different(own);
        if (own.Count > 0) return [own[^1]];
        var unnamed = session.Request.Kind.MovesMoney()
            ? Different(session.Receipts.Where(receipt => receipt.Audience is ReceiptAudience.Administration))
            : [];
        if (unnamed.Count == 0) return [];
        if (copy is ReceiptAudience.Cardholder) return [unnamed[^1]];
        var isForBoth = unnamed.Count == 1 && !session.Receipts.Any(receipt => receipt.Audience is ReceiptAudience.Cardholder);
        return isForBoth ? [] : [unnamed[0]];
    }

    private static List<Receipt> Different(IEnumerable<Receipt> receipts)
    {
        var different = new List<Receipt>();
        foreach (var receipt in receipts)
        {
            if (!different.Exists(before => before.Lines.SequenceEqual(receipt.Lines))) different.Add(receipt);
        }

        return different;
    }
}
