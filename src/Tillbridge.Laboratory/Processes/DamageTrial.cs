namespace Tillbridge.Laboratory.Processes;

/// <summary>
/// The journal of the built gateway is damaged between its lives and taken away under it. Whatever it then does, to refuse is
/// among it, no order that it knew before is charged again.
/// </summary>
internal static class DamageTrial
{
    private static readonly int[] Endings = [1000, 1000, 9901, 9905, 9914];
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(6);

    /// <summary>One damage after another, each on a journal that is whole and grows.</summary>
    /// <param name="program">The built program.</param>
    /// <param name="protocol">The terminals' protocol.</param>
    /// <param name="damages">What is done, in order.</param>
    /// <param name="seed">Decides where.</param>
    /// <param name="clock">The time that is waited.</param>
    /// <param name="stop">Interrupts it.</param>
    public static Task<ProcessResult> Run(
        string program, string protocol, IReadOnlyList<JournalDamage> damages, ulong seed, TimeProvider clock, CancellationToken stop) =>
        ProcessTrial.Run("damaged journals", program, protocol, seed, null, clock, async (shop, chance, result) =>
        {
            var broken = new List<string>();
            var copies = new JournalCopies(shop);
            var older = await Grow(shop, copies, "older", chance);
            foreach (var damage in damages)
            {
                await shop.StartGateway();
                var whole = await Grow(shop, copies, "whole", chance);
                copies.Do(damage, older, chance);
                if (await Live(shop, damage.ToString(), mayStart: CanBeOverlooked(damage)) is { } wrong) broken.Add(wrong);
                copies.PutBack(whole);
                older = MoveAside(whole);
            }

            await shop.StartGateway();
            return result with { Broken = broken, Damages = damages.Count };
        }, stop);

    /// <summary>The data directory is moved away while the gateway runs, and brought back.</summary>
    public static Task<ProcessResult> MoveAway(string program, string protocol, ulong seed, TimeProvider clock, CancellationToken stop) =>
        ProcessTrial.Run("journal moved away", program, protocol, seed, null, clock, async (shop, chance, result) =>
        {
            var broken = new List<string>();
            foreach (var _ in Enumerable.Range(0, 3)) await shop.Send(shop.NewOrder(chance.Pick(Endings)), 20);
            var away = shop.Data + "-away";
            Directory.Move(shop.Data, away);
            await Task.Delay(Notice, clock, stop);
            if (await shop.Send(shop.NewOrder(1000), 5))
                broken.Add("an order was carried out though the journal had been away for six seconds");
            await shop.KillGateway();
            if (await Live(shop, "directory away", mayStart: false) is { } wrong) broken.Add(wrong);
            if (Directory.Exists(shop.Data)) Directory.Delete(shop.Data, recursive: true);
            Directory.Move(away, shop.Data);
            await shop.StartGateway();
            return result with { Broken = broken, Damages = 1 };
        }, stop);

    // A byte that no row, index or seal stands on changes nothing; a cut or a swap can meet such a place, too.
    private static bool CanBeOverlooked(JournalDamage damage) =>
        damage is JournalDamage.BitFlipped or JournalDamage.BytesOverwritten or JournalDamage.Shuffled or JournalDamage.TailCut;

    private static async Task<string> Grow(Shop shop, JournalCopies copies, string name, Chance chance)
    {
        for (var count = 0; count < 2; count++) await shop.Send(shop.NewOrder(chance.Pick(Endings)), 20);
        await shop.KillGateway();
        return copies.Keep(name);
    }

    private static string MoveAside(string copy)
    {
        var older = Path.Combine(Path.GetDirectoryName(copy)!, "older");
        if (Directory.Exists(older)) Directory.Delete(older, recursive: true);
        Directory.Move(copy, older);
        return older;
    }

    // One life on what is there: every order is sent again, and nothing more may be booked.
    private static async Task<string?> Live(Shop shop, string what, bool mayStart)
    {
        var before = shop.Books().Count;
        try
        {
            await shop.StartGateway();
        }
        catch (InvalidOperationException refused)
        {
            var isNamed = refused.Message.Contains("journal", StringComparison.OrdinalIgnoreCase);
            return isNamed ? null : $"{what}: refused without its cause: {refused.Message}";
        }

        var known = shop.Orders.Where(order => order.Told.Count > 0).ToList();
        foreach (var order in known) await shop.Send(order, 5);
        await shop.KillGateway();
        if (shop.Books().Count > before) return $"{what}: an order that had its end was booked again";
        return mayStart ? null : $"{what}: it started as if nothing were missing";
    }
}
