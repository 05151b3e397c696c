using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Sessions;

namespace Tillbridge.Benchmarks;

/// <summary>
/// A payment, a recovery, a reversal and a start on an empty journal and on one whose open period has a year's sessions, by turns, so
/// that both meet the same weather.
/// </summary>
internal static class PeriodBench
{
    private const int Year = 100_000;
    private const int AtOnce = 500;
    private const int Rounds = 41;
    private const int Times = 5;
    private const int Starts = 21;

    // The scripts of the virtual terminal by amount: this one books and hangs up before it says so.
    private static readonly Money LostAnswer = Money.Euro(9905);

    public static async Task Run()
    {
        var directory = Directory.CreateTempSubdirectory("tillbridge-bench-").FullName;
        try
        {
            await Report(Path.Combine(directory, "empty"), Path.Combine(directory, "year"));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task Report(string empty, string year)
    {
        var begun = Stopwatch.GetTimestamp();
        await Fill(empty, 0);
        var late = await Fill(year, Year);
        Console.WriteLine(
            $"  {Year} sessions written in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s, "
            + $"{new FileInfo(Path.Combine(year, "journal.db")).Length >> 20} MB; the unknown before all of them is concluded in "
            + $"{late.TotalMilliseconds:F0} ms");
        await Sessions(empty, year);
        var starts = await Measure.ByTurns(Starts, 1, 2, () => Start(empty), () => Start(year));
        Tell("start", starts);
        using (var beside = SqliteConnection.Open(Path.Combine(year, "journal.db"), SqliteAccess.ReadWrite))
            beside.Execute("INSERT INTO doubted_books (terminal) VALUES ('till-1')");
        begun = Stopwatch.GetTimestamp();
        await Start(year);
        Console.WriteLine($"  the first start after an update, all sums made anew: {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
    }

    private static async Task Sessions(string empty, string year)
    {
        await using var few = await Side.Open(empty);
        await using var many = await Side.Open(year);
        Tell("payment", await Measure.ByTurns(Rounds, Times, 40, few.Pay, many.Pay));
        Tell("recovery", await Measure.ByTurns(Rounds, Times, 20, few.Recover, many.Recover));
        Tell("payment and reversal", await Measure.ByTurns(Rounds, Times, 20, few.PayAndReverse, many.PayAndReverse));
    }

    private static void Tell(string what, (double Microseconds, double Ratio)[] figures) => Console.WriteLine(
        $"  {what,-22} {figures[0].Microseconds,8:F0} us empty, {figures[1].Microseconds,8:F0} us after {Year} sessions, "
        + $"{figures[1].Ratio:F2} x");

    private static async Task Start(string directory)
    {
        await using var side = await Side.Open(directory);
    }

    // As the engine writes them, many at once. The first one is unknown, and a person concludes it when all others are there.
    private static async Task<TimeSpan> Fill(string directory, int count)
    {
        await using var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
        var ids = IdSource.Of(TimeProvider.System);
        var (first, number) = Sale(ids, -1);
        await journal.Accept(first, "{}", default);
        var doubt = new Conclusion(Outcome.Unknown, Reason.CannotTell);
        var unknown = first with { Phase = SessionPhase.Closed, SentAt = first.CreatedAt, Conclusion = doubt };
        await journal.Append(new(first.Id, first.Terminal, RecordKind.Concluded, "{}", unknown), default);
        for (var from = 0; from < count; from += AtOnce)
        {
            var sessions = Enumerable.Range(from, AtOnce).Select(number => Sale(ids, number)).ToList();
            await Task.WhenAll(sessions.Select(sale => journal.Accept(sale.Session, "{}", default)));
            await Task.WhenAll(sessions.Select(sale => Conclude(journal, sale.Session, sale.Receipt)));
        }

        var begun = Stopwatch.GetTimestamp();
        await Conclude(journal, unknown, number);
        return Stopwatch.GetElapsedTime(begun);
    }

    private static (Session Session, string Receipt) Sale(IdSource ids, int number)
    {
        var amount = Money.Euro(100 + (Math.Abs(number) % 5000));
        var request = new TerminalRequest(RequestKind.Sale) { Amount = amount, Reference = $"order-{number}" };
        var session = new Session(ids.NewSession(), "till-1", request, TimeProvider.System.GetUtcNow())
        {
            Key = $"key-{number}", Fingerprint = "f",
        };
        // Above the numbers that the virtual terminal begins with, as if it had been exchanged.
        return (session, (5000 + (Math.Abs(number) % 5000)).ToString(CultureInfo.InvariantCulture));
    }

    private static async Task Conclude(SqliteJournal journal, Session sale, string receipt)
    {
        var sent = sale with { Phase = SessionPhase.InFlight, SentAt = sale.CreatedAt };
        await journal.Append(new(sale.Id, sale.Terminal, RecordKind.State, "{}", sent), default);
        var closed = sent with
        {
            Phase = SessionPhase.Closed,
            ClosedAt = sale.CreatedAt,
            Conclusion = new(Outcome.Approved, Reason.Approved)
            {
                ApprovedAmount = sale.Request.Amount,
                References = new(receipt, Approval: $"A{receipt}", Trace: receipt),
                TerminalTime = sale.CreatedAt.LocalDateTime,
            },
        };
        await journal.Append(new(sale.Id, sale.Terminal, RecordKind.Concluded, "{}", closed), default);
    }

    /// <summary>A journal, an engine on it, and a terminal.</summary>
    private sealed class Side(SqliteJournal journal, VirtualPost post, LocalTerminals engine) : IAsyncDisposable
    {
        public static async Task<Side> Open(string directory)
        {
            var post = new VirtualPost();
            var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
            return new(journal, post, await PaymentBench.EngineOf(journal, post));
        }

        public Task<Session> Pay() => Sell(Money.Euro(1250));

        public Task<Session> Recover() => Sell(LostAnswer);

        public async Task PayAndReverse()
        {
            var sale = await Sell(Money.Euro(1250));
            var named = new Original(Receipt: sale.Conclusion!.References.Receipt);
            await Do(new(RequestKind.Reversal) { Original = named });
        }

        public async ValueTask DisposeAsync()
        {
            await engine.DisposeAsync();
            await journal.DisposeAsync();
            await post.DisposeAsync();
        }

        private Task<Session> Sell(Money amount) => Do(new(RequestKind.Sale) { Amount = amount });

        private async Task<Session> Do(TerminalRequest request)
        {
            var submission = await engine.Submit(new Order("till-1", request) { Key = Guid.NewGuid().ToString("N") }, default);
            var id = submission.Session?.Id ?? throw new InvalidOperationException(submission.Refusal?.Text);
            var session = await engine.WaitForEnd(id, TimeSpan.FromSeconds(30), default);
            return session?.Outcome is Outcome.Approved
                ? session
                : throw new InvalidOperationException($"{request.Kind} ended {session?.Outcome} {session?.Conclusion?.Reason}.");
        }
    }
}
