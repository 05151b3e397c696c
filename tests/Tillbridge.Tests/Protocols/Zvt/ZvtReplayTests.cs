using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>The conversations that were recorded at a real terminal, played to our driver and to our virtual terminal.</summary>
public sealed class ZvtReplayTests
{
    private static readonly string[] Ways = ["whole", "byte by byte", "glued"];

    private static readonly (string Name, TerminalRequest Request, Outcome Outcome, string? Code)[] Recorded =
    [
        ("session-payment-1", TestBench.Sale(5000), Outcome.Declined, "7A"),
        ("session-payment-3", TestBench.Sale(2000), Outcome.Declined, "52"),
        ("session-endofday-1", new(RequestKind.Reconciliation), Outcome.Approved, "00"),
        ("session-registration-1", new(RequestKind.Status), Outcome.Approved, "00"),
        ("session-logoff-1", new(RequestKind.LogOff), Outcome.Failed, "83"),
    ];

    public static IEnumerable<TheoryDataRow<string, string>> Replays() =>
        from session in Recorded from way in Ways select new TheoryDataRow<string, string>(session.Name, way);

    [Theory]
    [MemberData(nameof(Replays))]
    public async Task The_driver_understands_the_recorded_terminal(string name, string way)
    {
        var (_, request, outcome, code) = Recorded.First(session => session.Name == name);
        var said = Steps(name, "pt");
        var isRegistration = name == "session-registration-1";
        await using var terminal = new RawTerminal(line => Play(line, said, way))
        {
            Registration = isRegistration ? said[1] : RawTerminal.Registered,
        };

        var session = await Run(terminal, request);

        Assert.Equal((outcome, code), (session.Outcome, session.Conclusion!.ResponseCode));
        if (name == "session-payment-3")
        {
            var receipt = Assert.Single(session.Receipts);
            Assert.Equal(ReceiptAudience.Cardholder, receipt.Audience);
            Assert.Contains(receipt.Lines, line => line.Text.Contains("SEPA Lastschrift", StringComparison.Ordinal));
            Assert.Equal("0021", session.Conclusion.References.Receipt);
        }

        if (name == "session-endofday-1") Assert.Equal(Money.Euro(0), session.Conclusion.Totals!.Net);
    }

    [Theory]
    [InlineData("session-registration-1", "060F")]
    [InlineData("session-payment-1", "060F")]
    [InlineData("session-payment-3", "060F")]
    [InlineData("session-endofday-1", "060F")]
    [InlineData("session-logoff-1", "8000")]
    public async Task The_virtual_terminal_understands_the_recorded_till(string name, string lastOfTerminal)
    {
        await using var bench = await TestBench.Start();
        foreach (var dribbling in new[] { false, true })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(bench.Address.Host, bench.Address.Port, TestContext.Current.CancellationToken);
            var line = new RawConnection(client.GetStream(), TestContext.Current.CancellationToken);
            var command = Steps(name, "ecr").First(apdu => apdu != "800000");

            if (dribbling) await line.Dribble(command);
            else await line.Send(command);

            Assert.Equal("800000", await line.Take());
            while (line.Heard[^1][..4] != lastOfTerminal)
            {
                Assert.NotNull(await line.Take());
                await line.Send("800000");
            }
        }
    }

    private static async Task Play(RawConnection line, IReadOnlyList<string> said, string way)
    {
        // What follows the last word is the serial line's repetition.
        var end = said.ToList().FindIndex(apdu =>
            apdu.StartsWith("060F", StringComparison.Ordinal) || apdu.StartsWith("061E", StringComparison.Ordinal));
        var apdus = end < 0 ? said.Take(1).ToList() : said.Take(end + 1).ToList();
        switch (way)
        {
            case "glued":
                await line.Send(string.Concat(apdus));
                break;
            case "byte by byte":
                foreach (var apdu in apdus)
                {
                    await line.Dribble(apdu);
                    var isAnswer = apdu.StartsWith("80", StringComparison.Ordinal) || apdu.StartsWith("84", StringComparison.Ordinal);
                    if (!isAnswer) Assert.Equal("800000", await line.Take());
                }

                break;
            default:
                await line.Send(apdus[0]);
                foreach (var apdu in apdus.Skip(1)) Assert.Equal("800000", await line.Ask(apdu));
                break;
        }
    }

    private static List<string> Steps(string name, string sender)
    {
        var from = sender == "ecr" ? Sender.Ecr : Sender.Terminal;
        return [.. ZvtVectors.Named(name).Steps.Where(step => step.From == from && step.Hex != "06").Select(step => step.Hex)];
    }

    private static async Task<Session> Run(RawTerminal terminal, TerminalRequest request)
    {
        var clock = TimeProvider.System;
        await using var journal = new MemoryJournal(clock);
        using var stop = new CancellationTokenSource();
        var address = TerminalAddress.TryParse($"zvt+tcp://127.0.0.1:{terminal.Port}", out _)!;
        await using var engine = await LocalTerminals.Start(
            journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [new TerminalSettings("till-1", address)],
            clock, IdSource.Of(clock), NullLoggerFactory.Instance, stop.Token);
        var submission = await engine.Submit(new Order("till-1", request) { Key = "key" }, stop.Token);
        var session = (await engine.WaitForEnd(submission.Session!.Id, TimeSpan.FromSeconds(30), stop.Token))!.OnGrounds();
        await stop.CancelAsync();
        return session!;
    }
}
