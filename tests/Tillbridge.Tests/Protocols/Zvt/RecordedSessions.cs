using System.Buffers;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>One session of every kind between our driver and our virtual terminal, recorded on the wire, once for all tests.</summary>
public sealed class RecordedSessions : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, Session> sessions = [];

    /// <summary>The pieces as they passed the wire.</summary>
    internal IReadOnlyList<WirePiece> Pieces { get; private set; } = [];

    /// <summary>The same bytes, one APDU in each piece.</summary>
    internal IReadOnlyList<WirePiece> Apdus { get; private set; } = [];

    /// <summary>How the sessions ended, by name.</summary>
    internal IReadOnlyDictionary<string, Session> Sessions => sessions;

    public async ValueTask InitializeAsync()
    {
        if (!Tshark.IsInstalled) return;
        RecordingProxy proxy = null!;
        await using var bench = await TestBench.Start(adjust: settings =>
        {
            proxy = new RecordingProxy(settings.Address.Port);
            return settings with { Address = settings.Address with { Port = proxy.Port } };
        });
        await using (proxy)
        {
            await Record(bench);
            // The last bytes of a connection may have been written down after the first of the next.
            Pieces = [.. proxy.Pieces.OrderBy(piece => piece.Connection), .. Rarities(proxy.Pieces.Max(piece => piece.Connection) + 1)];
        }

        Apdus = Split(Pieces);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Record(TestBench bench)
    {
        await Run(bench, "status", new(RequestKind.Status));
        await Run(bench, "diagnosis", new(RequestKind.Diagnosis));
        await Run(bench, "initialise", new(RequestKind.Initialise));
        await Run(bench, "set clock", new(RequestKind.SetClock));
        await Run(bench, "sale", TestBench.Sale(1250));
        await Run(bench, "sale with reference", TestBench.Sale(4200) with { Reference = "ORDER-77" });
        var cashback = new TerminalRequest(RequestKind.SaleWithCashback) { Amount = Money.Euro(2000), Cashback = Money.Euro(5000) };
        await Run(bench, "sale with cashback", cashback);
        await Run(bench, "large sale", TestBench.Sale(999_999_99));
        await Run(bench, "declined", TestBench.Sale(9901));
        await Run(bench, "cancelled", TestBench.Sale(9902));
        await Run(bench, "partial", TestBench.Sale(9906));
        await Run(bench, "busy", TestBench.Sale(9908));
        await Run(bench, "byte by byte", TestBench.Sale(9910));
        await Run(bench, "glued", TestBench.Sale(9911));
        await Run(bench, "signature", TestBench.Sale(9914));
        await Run(bench, "reversal", new(RequestKind.Reversal) { Original = new(sessions["sale"].Id) });
        await Run(bench, "refund", new(RequestKind.Refund) { Amount = Money.Euro(350) });
        await Run(bench, "reservation", new(RequestKind.PreAuthorization) { Amount = Money.Euro(8000) });
        await Run(bench, "capture", new(RequestKind.Capture) { Amount = Money.Euro(7000), Original = new(sessions["reservation"].Id) });
        await Run(bench, "second reservation", new(RequestKind.PreAuthorization) { Amount = Money.Euro(6000) });
        await Run(bench, "release", new(RequestKind.CancelPreAuthorization) { Original = new(sessions["second reservation"].Id) });
        await Run(bench, "repeat", new(RequestKind.Repeat));
        await Run(bench, "read card", new(RequestKind.ReadCard));
        await Run(bench, "aborted", TestBench.Sale(9907), SessionPhase.InFlight, id => bench.Engine.Abort(id, "test", default));
        await Run(
            bench, "not confirmed", TestBench.Sale(1300) with { Confirm = true }, SessionPhase.AwaitingConfirmation,
            id => bench.Engine.Confirm(id, commit: false, "test", default));
        await Run(bench, "subtotals", new(RequestKind.Subtotals));
        await Run(bench, "end of day", new(RequestKind.Reconciliation));
        await Run(bench, "log off", new(RequestKind.LogOff));
    }

    private async Task Run(
        TestBench bench, string name, TerminalRequest request, SessionPhase? until = null,
        Func<SessionId, Task<Tillbridge.Sessions.Refusal?>>? act = null)
    {
        var submission = await bench.Submit(request);
        Assert.True(submission.Refusal is null, $"{name}: {submission.Refusal?.Text}");
        var id = submission.Session!.Id;
        if (until is { } phase)
        {
            using var limit = new CancellationTokenSource(Patience);
            for (var seen = 0L; (await bench.Journal.Find(id, limit.Token))!.Phase != phase; seen = bench.Journal.LastSequence)
                await bench.Journal.WaitBeyond(seen, limit.Token);
            Assert.Null(await act!(id));
        }

        sessions[name] = await bench.End(id);
    }

    // What our virtual terminal does not say by itself, from the same encoder.
    private static IEnumerable<WirePiece> Rarities(int connection)
    {
        var lines = Enumerable.Range(1, 90)
            .Select(line => new ZvtPrintLine((byte)(line % 2 * 0x40), $"Line {line} of a long receipt")).ToList();
        ZvtMessage[] messages =
        [
            new ZvtPrintBlock(1, lines) { ReceiptInfo = 0x01, ClosingAttribute = 0x81 },
            new ZvtPrintBlock(3, [.. lines.Take(9)]),
            new ZvtPrintLine(0x40, "A single line"),
            new ZvtIntermediateStatus(0x0A, Minutes: 3) { Lines = ["Please insert", "the card"] },
            new ZvtStatusInformation { ResultCode = 0x6C, ErrorText = "Aborted" },
            new ZvtStatusInformation
            {
                ResultCode = 0, Amount = 100, AdditionalText = new string('x', 300), LongCardType = 300, CardType = 255,
            },
            // Without the turnover number, after which tshark reads nothing more.
            new ZvtStatusInformation
            {
                ResultCode = 0, Amount = 100, Expiry = "2912", TerminalId = "65000001", Currency = 756, Receipt = "0042",
                CardType = 10, CardName = "VISA credit", Technology = 2, CardholderVerification = 1,
            },
            new ZvtAbort { ResultCode = 0x6F, Currency = 978 },
            new ZvtAbort { ResultCode = 0x6C, ErrorText = "Aborted by the cashier" },
        ];
        foreach (var message in messages)
        {
            yield return new(connection, Sender.Terminal, ZvtCodec.Encode(message));
            yield return new(connection, Sender.Ecr, ZvtCodec.Encode(ZvtPositive.Plain));
        }
    }

    private static List<WirePiece> Split(IReadOnlyList<WirePiece> pieces)
    {
        var apdus = new List<WirePiece>();
        var open = new Dictionary<(int, Sender), byte[]>();
        foreach (var piece in pieces)
        {
            var key = (piece.Connection, piece.From);
            var buffer = new ReadOnlySequence<byte>([.. open.GetValueOrDefault(key, []), .. piece.Bytes]);
            while (ZvtFraming.TryTake(ref buffer, out var apdu)) apdus.Add(piece with { Bytes = apdu.ToArray() });
            open[key] = buffer.ToArray();
        }

        Assert.All(open.Values, Assert.Empty);
        return apdus;
    }
}
