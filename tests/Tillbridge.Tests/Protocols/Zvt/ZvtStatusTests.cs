using System.Buffers;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Tests.Scenarios;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>The status enquiry on both sides: what the virtual terminal tells, and what becomes of terminals that do not know it.</summary>
public sealed class ZvtStatusTests
{
    private const string UnknownCommand = "848300";
    private const string Busy = "849C00";
    private const string Done = "060F00";

#pragma warning disable RS0030 // Real sockets need real time.
    private static readonly TimeProvider Clock = TimeProvider.System;
#pragma warning restore RS0030

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory] // zvt.md §8.2: bit 02 of the service byte leaves the version out.
    [InlineData("050100", true)]
    [InlineData("050103000000", true)]
    [InlineData("0501050000000301", true)]
    [InlineData("0501050000000302", false)]
    public async Task The_virtual_terminal_tells_its_version_unless_asked_not_to(string enquiry, bool tellsVersion)
    {
        await using var bench = await TestBench.Start();
        await using var line = await new TcpTransport(new TransportSettings("127.0.0.1", bench.Address.Port), Clock).Connect(Stop);

        await line.Output.WriteAsync(Convert.FromHexString(enquiry), Stop);
        var read = await line.Input.ReadAtLeastAsync("800000060F0100".Length / 2, Stop);

        var said = Convert.ToHexString(read.Buffer.ToArray());
        Assert.StartsWith("800000060F", said, StringComparison.Ordinal);
        Assert.Equal(tellsVersion ? "F0" : "00", said[12..14]); // LLLVAR begins with F0, the status byte is 00.
        Assert.EndsWith("00", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Done, Outcome.Approved, null)]
    [InlineData("061E016F", Outcome.Failed, "6F")]
    public async Task A_terminal_that_does_not_know_the_enquiry_is_asked_for_a_diagnosis(string end, Outcome outcome, string? code)
    {
        await using var terminal = new RawTerminal(line => line.Send("800000", "04FF0117", end)) { StatusRefusal = UnknownCommand };

        var (conclusion, commands) = await Ask(terminal, RequestKind.Status);

        Assert.Equal((outcome, code), (conclusion.Outcome, conclusion.ResponseCode));
        Assert.Equal(["0501", "0670"], commands);
    }

    [Fact]
    public async Task A_diagnosis_that_is_refused_too_is_refused()
    {
        await using var terminal = new RawTerminal(line => line.Send(UnknownCommand)) { StatusRefusal = UnknownCommand };

        var (conclusion, commands) = await Ask(terminal, RequestKind.Status);

        Assert.Equal((Outcome.Failed, "83"), (conclusion.Outcome, conclusion.ResponseCode));
        Assert.Equal(["0501", "0670"], commands);
    }

    [Fact]
    public async Task Another_refusal_of_the_enquiry_stands()
    {
        await using var terminal = new RawTerminal(_ => Task.CompletedTask) { StatusRefusal = Busy };

        var (conclusion, commands) = await Ask(terminal, RequestKind.Status);

        Assert.Equal((Outcome.Failed, Reason.TerminalBusy), (conclusion.Outcome, conclusion.Reason));
        Assert.Equal(["0501"], commands);
    }

    [Fact]
    public async Task Other_commands_that_are_not_known_are_not_replaced()
    {
        await using var terminal = new RawTerminal(line => line.Send(UnknownCommand));

        var (conclusion, commands) = await Ask(terminal, RequestKind.Initialise);

        Assert.Equal((Outcome.Failed, "83"), (conclusion.Outcome, conclusion.ResponseCode));
        Assert.Equal(["0693"], commands);
    }

    private static async Task<(Conclusion Conclusion, IReadOnlyList<string> Commands)> Ask(RawTerminal terminal, RequestKind kind)
    {
        await using var proxy = new RecordingProxy(terminal.Port);
        var way = new TcpTransport(new TransportSettings("127.0.0.1", proxy.Port), Clock);
        var driver = ProtocolCatalog.ByName["zvt"].MakeDriver(new DriverSettings(), way, Clock);
        Conclusion? conclusion = null;
        await foreach (var said in driver.Converse(new TerminalRequest(kind), null, Stop))
        {
            if (said is Concluded concluded) conclusion = concluded.Conclusion;
        }

        await proxy.Ended().WaitAsync(TimeSpan.FromSeconds(20), Stop);
        var commands = new List<string>();
        var sent = new ReadOnlySequence<byte>([.. proxy.Pieces.Where(piece => piece.From is Sender.Ecr).SelectMany(piece => piece.Bytes)]);
        while (ZvtFraming.TryTake(ref sent, out var apdu)) commands.Add(Convert.ToHexString(apdu.ToArray())[..4]);
        return (conclusion!, [.. commands.Where(command => command is not ("8000" or "0600"))]);
    }
}
