using System.Globalization;

namespace Tillbridge.Laboratory.Processes;

/// <summary>What a trial of real processes came to.</summary>
internal sealed record ProcessResult(string Name, ulong Seed)
{
    public int Orders { get; init; }

    public int Kills { get; init; }

    public int Freezes { get; init; }

    public int Cuts { get; init; }

    /// <summary>How often the journal was damaged or taken away.</summary>
    public int Damages { get; init; }

    /// <summary>Sessions by outcome.</summary>
    public SortedDictionary<string, int> Outcomes { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Sentences about what must not be.</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    /// <summary>Why it was not done; null when it was.</summary>
    public string? Skipped { get; init; }

    public override string ToString() => Skipped is { } why
        ? $"{Name}: not done, {why}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{Name} (seed {Seed}): {Orders} orders, {Kills} kills, {Freezes} stops, {Cuts} cuts, {Damages} damages; "
            + $"{string.Join(", ", Outcomes.Select(pair => $"{pair.Key} {pair.Value}"))}; broken {Broken.Count}");
}

/// <summary>The built programs on real files, killed, stopped, cut and starved; at the end books and journal are compared.</summary>
internal static class ProcessTrial
{
    private static readonly int[] Endings = [1000, 1000, 1000, 1000, 9901, 9902, 9905, 9905, 9906, 9910, 9911, 9912, 9913, 9914];
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(30);

    /// <summary>kill -9 of the gateway, and sometimes of a terminal, at random moments while orders are under way.</summary>
    public static Task<ProcessResult> Kill(string program, string protocol, int kills, ulong seed, TimeProvider clock,
        CancellationToken stop) =>
        Run("kills", program, protocol, seed, null, clock, async (shop, chance, result) =>
        {
            for (var life = 0; life < kills; life++)
            {
                var sent = Enumerable.Range(0, 2).Select(_ => shop.Send(shop.NewOrder(chance.Pick(Endings)), 10)).ToList();
                if (life % 3 == 0 && shop.Orders.Count > 4) sent.Add(shop.Send(chance.Pick(shop.Orders), 10));
                await Task.Delay(TimeSpan.FromMilliseconds(chance.Below(400)), clock, stop);
                if (chance.OneIn(5)) await shop.RestartSimulator(chance.Below(2));
                await shop.KillGateway();
                await Task.WhenAll(sent);
                await shop.StartGateway();
            }

            return result with { Kills = kills };
        }, stop);

    /// <summary>The wire is cut again and again.</summary>
    public static Task<ProcessResult> Cut(string program, string protocol, int cuts, ulong seed, TimeProvider clock,
        CancellationToken stop) =>
        Run("cuts", program, protocol, seed, null, clock, async (shop, chance, result) =>
        {
            for (var cut = 0; cut < cuts; cut++)
            {
                var sent = Enumerable.Range(0, 2).Select(_ => shop.Send(shop.NewOrder(1000), 20)).ToList();
                await Task.Delay(TimeSpan.FromMilliseconds(chance.Below(120)), clock, stop);
                shop.Cut();
                await Task.WhenAll(sent);
            }

            return result with { Cuts = shop.Cuts };
        }, stop);

    /// <summary>Gateway and terminal stand still for half a minute in the middle of payments.</summary>
    public static Task<ProcessResult> Freeze(string program, string protocol, ulong seed, TimeProvider clock, CancellationToken stop) =>
        Run("stops", program, protocol, seed, null, clock, async (shop, chance, result) =>
        {
            // The terminal first, then the gateway; both while payments are under way.
            foreach (var frozen in new[] { shop.Simulator(0), shop.Gateway! })
            {
                var sent = Enumerable.Range(0, 2).Select(_ => shop.Send(shop.NewOrder(1000), 60)).ToList();
                await Task.Delay(TimeSpan.FromMilliseconds(chance.Below(60)), clock, stop);
                frozen.Freeze();
                await Task.Delay(Standstill, clock, stop);
                frozen.Thaw();
                await Task.WhenAll(sent);
            }

            return result with { Freezes = 2 };
        }, stop);

    /// <summary>The disk of the data directory fills up under payments and is freed again, without a restart.</summary>
    public static async Task<ProcessResult> FillDisk(string program, string protocol, ulong seed, TimeProvider clock,
        CancellationToken stop)
    {
        var (disk, why) = await SmallDisk.Mount(stop);
        if (disk is null) return new ProcessResult("full disk", seed) { Skipped = why };
        await using (disk)
        {
            return await Run("full disk", program, protocol, seed, disk.Place, clock, async (shop, chance, result) =>
            {
                await shop.Send(shop.NewOrder(1000), 20);
                var refused = 0;
                for (var round = 0; round < 3; round++)
                {
                    var sent = Enumerable.Range(0, 2).Select(_ => shop.Send(shop.NewOrder(1000), 10)).ToList();
                    await Task.Delay(TimeSpan.FromMilliseconds(chance.Below(60)), clock, stop);
                    disk.Fill();
                    refused += (await Task.WhenAll(sent)).Count(told => !told);
                    refused += await shop.Send(shop.NewOrder(1000), 3) ? 0 : 1;
                    disk.Free();
                    // It has to work again by itself, and say so within its own retry.
                    for (var tries = 0; tries < 60 && !await shop.Send(shop.NewOrder(1000), 20); tries++)
                        await Task.Delay(TimeSpan.FromMilliseconds(500), clock, stop);
                }

                return refused > 0 ? result : result with { Broken = ["the disk was full and nothing was refused"] };
            }, stop);
        }
    }

    /// <summary>A trouble of a shop, and what has to hold behind it.</summary>
    internal static async Task<ProcessResult> Run(
        string name, string program, string protocol, ulong seed, string? data, TimeProvider clock,
        Func<Shop, Chance, ProcessResult, Task<ProcessResult>> trouble, CancellationToken stop)
    {
        await using var shop = new Shop(program, protocol, data, clock, stop);
        await shop.Open();
        var result = await trouble(shop, new Chance(seed), new ProcessResult($"{protocol} {name}", seed));
        var broken = new List<string>(result.Broken);
        broken.AddRange(await shop.SettleAll());
        var sessions = await shop.Sessions();
        broken.AddRange(ShopJudge.Check(shop.Orders, sessions, shop.Books()));
        if (await shop.VerifyJournal() is { } damaged) broken.Add(damaged);
        foreach (var session in sessions)
            result.Outcomes[session.Outcome ?? "open"] = result.Outcomes.GetValueOrDefault(session.Outcome ?? "open") + 1;
        return result with { Orders = shop.Orders.Count, Broken = broken };
    }
}
