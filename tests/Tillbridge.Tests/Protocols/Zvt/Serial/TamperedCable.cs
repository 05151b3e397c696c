using System.Buffers;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Serial;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Tests.Protocols.Zvt.Serial;

/// <summary>Something that passed a cable: a block, an acknowledge or a refusal, or what could not be read.</summary>
internal sealed record CableToken(Sender From, ZvtSerialHeard Kind, byte[] Apdu, byte[] Bytes)
{
    public bool IsBlock(string beginning) =>
        Kind is ZvtSerialHeard.Block && Convert.ToHexString(Apdu).StartsWith(beginning, StringComparison.Ordinal);
}

/// <summary>Two ptys with somebody between them who looks at what passes and may change it.</summary>
internal sealed class TamperedCable : IAsyncDisposable
{
    private readonly PtyPair near = PtyPair.Open();
    private readonly PtyPair far = PtyPair.Open();
    private readonly ITransportConnection ecr;
    private readonly ITransportConnection terminal;
    private readonly Func<CableToken, byte[]> pass;
    private readonly List<CableToken> passed = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task pumps;

    private TamperedCable(Func<CableToken, byte[]> pass)
    {
        this.pass = pass;
        var mode = new SerialMode(9600, 8, SerialParity.None, 2);
        ecr = SerialDevice.Open(new SerialSettings(near.Second, mode), new SerialPorts());
        terminal = SerialDevice.Open(new SerialSettings(far.First, mode), new SerialPorts());
        pumps = Task.WhenAll(Pump(Sender.Ecr, ecr, terminal), Pump(Sender.Terminal, terminal, ecr));
    }

    public string Ecr => near.First;

    public string Terminal => far.Second;

    /// <summary>What was sent, before it was changed.</summary>
    public IReadOnlyList<CableToken> Passed
    {
        get { lock (passed) return [.. passed]; }
    }

    /// <param name="pass">What arrives of what was sent; called for one thing at a time.</param>
    public static TamperedCable Open(Func<CableToken, byte[]> pass) => new(pass);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pumps;
        await ecr.DisposeAsync();
        await terminal.DisposeAsync();
        await near.DisposeAsync();
        await far.DisposeAsync();
        stop.Dispose();
    }

    private async Task Pump(Sender from, ITransportConnection source, ITransportConnection target)
    {
        var receiver = new ZvtSerialReceiver();
        var bytes = new List<byte>();
        try
        {
            while (true)
            {
                var read = await source.Input.ReadAsync(stop.Token);
                foreach (var octet in read.Buffer.ToArray())
                {
                    bytes.Add(octet);
                    var heard = receiver.Take(octet);
                    if (heard is ZvtSerialHeard.Nothing) continue;
                    var token = new CableToken(from, heard, heard is ZvtSerialHeard.Block ? receiver.Apdu : [], [.. bytes]);
                    bytes.Clear();
                    byte[] arriving;
                    lock (passed)
                    {
                        arriving = pass(token);
                        passed.Add(token);
                    }

                    if (arriving.Length > 0) await target.Output.WriteAsync(arriving, stop.Token);
                }

                source.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // The cable is taken away.
        }
    }
}
