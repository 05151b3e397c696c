namespace Tillbridge.Gateway.Tests.Support;

/// <summary>The points at which a gateway is killed, and what one such run is.</summary>
internal static class KillCases
{
    public const string Before = "before";
    public const string After = "after";
    public const long Cents = 1250;

    private const string Declined = "declined";
    private const string Failed = "failed";
    private const string Approved = "approved";

    /// <summary>Before every message; after every message of the payment itself.</summary>
    public static IEnumerable<TheoryDataRow<string, string, string>> Points(IReadOnlyList<KillStep> steps)
    {
        yield return new(Before, KillStep.Connect, Failed);
        var isPayment = false;
        var expected = Failed;
        foreach (var step in steps)
        {
            isPayment |= step.Code == 0x0601;
            // The result stands in the journal before the till answers it; without that answer the terminal takes it back.
            var commits = step.Name == "the answer to 04 0F";
            yield return new(Before, step.Name, commits ? Declined : expected);
            if (commits) expected = Approved;
            // Whether the gateway had time to write the result down before it died, chance decides.
            var after = isPayment && step.Code == 0x040F ? $"{Declined} or {Failed}" : expected;
            if (isPayment) yield return new(After, step.Name, after);
        }
    }

    public static async Task Run(
        KillBench bench, KillPoint point, IReadOnlyList<KillStep> steps, string expected, CancellationToken stop)
    {
        const string Key = "the-till's-order";
        var before = bench.Standing;
        bench.Proxy.Arm(point, steps, bench.Gateway.Kill);
        try
        {
            await bench.Gateway.Pay(Cents, Key, waitSeconds: null, stop);
        }
        catch (HttpRequestException)
        {
            // The gateway died before it answered; the till knows nothing.
        }

        await bench.Proxy.Killed.WaitAsync(KillBench.Patience, stop);
        await bench.StartGateway(stop);
        var session = await bench.PayAndEnd(Cents, Key, stop);

        await bench.CheckBooks(session, before, stop);
        await bench.CheckJournal(stop);
        Assert.Contains(session.GetProperty("outcome").GetString(), expected.Split(" or "));
    }
}
