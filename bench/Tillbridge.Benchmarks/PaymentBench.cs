using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;

namespace Tillbridge.Benchmarks;

/// <summary>One ZVT payment over loopback TCP, connect included, against the same bytes over bare sockets.</summary>
internal static class PaymentBench
{
    private const int Rounds = 151;
    private const int Times = 10;
    private const int WarmUp = 1500;

    private static readonly TerminalRequest Sale = new(RequestKind.Sale) { Amount = Money.Euro(1250) };

    public static async Task Run()
    {
        await using var post = new VirtualPost();
        var driver = Driver(post.Port);
        await Converse(driver);
        await using var raw = await RawExchange.Record(post.Port, port => Converse(Driver(port)));
        var figures = await Measure.ByTurns(Rounds, Times, WarmUp, raw.Talk, () => Converse(driver));
        Console.WriteLine(
            $"  bare sockets       {figures[0].Microseconds,8:F0} us   {raw.Messages} messages, {raw.Bytes} bytes, connect included");
        Console.WriteLine(
            $"  driver             {figures[1].Microseconds,8:F0} us   {figures[1].Ratio:F2} x bare sockets (goal: 1.5 at most)");

        await WithEngine("engine, in memory", raw, new MemoryJournal(TimeProvider.System));
        var directory = Directory.CreateTempSubdirectory("tillbridge-bench-").FullName;
        await WithEngine("engine, on disk", raw, await SqliteJournal.Open(directory, TimeProvider.System, null, default));
        Directory.Delete(directory, recursive: true);
    }

    private static async Task WithEngine(string name, RawExchange raw, IJournal journal)
    {
        const int EngineRounds = 31;
        await using var post = new VirtualPost();
        await using (journal)
        {
            await using var engine = await EngineOf(journal, post);
            var figures = await Measure.ByTurns(EngineRounds, Times, Times * 20, raw.Talk, () => Pay(engine, "till-1"));
            Console.WriteLine($"  {name,-18} {figures[1].Microseconds,8:F0} us   {figures[1].Ratio:F2} x bare sockets");
        }
    }

    public static Task<LocalTerminals> EngineOf(IJournal journal, params VirtualPost[] posts) => LocalTerminals.Start(
        journal, ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, TimeProvider.System),
        posts.Select((post, index) => new TerminalSettings($"till-{index + 1}", post.Address)), TimeProvider.System,
        IdSource.Of(TimeProvider.System), NullLoggerFactory.Instance, default);

    public static async Task Pay(LocalTerminals engine, string terminal, TerminalRequest? sale = null)
    {
        var order = new Order(terminal, sale ?? Sale) { Key = Guid.NewGuid().ToString("N") };
        var submission = await engine.Submit(order, default);
        var id = submission.Session?.Id ?? throw new InvalidOperationException(submission.Refusal?.Text);
        var session = await engine.WaitForEnd(id, TimeSpan.FromSeconds(30), default);
        if (session?.Outcome is not Outcome.Approved) throw new InvalidOperationException($"The payment ended {session?.Outcome}.");
    }

    private static TerminalDriver Driver(int port) => ProtocolCatalog.ByName["zvt"].MakeDriver(
        new DriverSettings(), new TcpTransport(new TransportSettings("127.0.0.1", port), TimeProvider.System), TimeProvider.System);

    private static async Task Converse(TerminalDriver driver)
    {
        Conclusion? conclusion = null;
        await foreach (var said in driver.Converse(Sale, null, default))
        {
            if (said is Concluded concluded) conclusion = concluded.Conclusion;
        }

        if (conclusion is not { Outcome: Outcome.Approved }) throw new InvalidOperationException($"The payment ended {conclusion}.");
    }
}
