using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Tests.Scenarios;

/// <summary>
/// A terminal of bare bytes, made of what a test writes down and of none of the driver's partner code. It answers
/// registration, status enquiry and repeat by itself; a payment is the test's.
/// </summary>
internal sealed class RawTerminal : IAsyncDisposable
{
    public const string Registered = "060F00";
    public const string Ready = "060F0100";
    public const string NothingStored = "061E0164";

    /// <summary>04 0F of an empty period: sum 0, receipts 0000 to 0000, seven counts and sums of 0.</summary>
    public static readonly string EmptyTotals = "040F42" + "2700" + "04000000000000" + "60F0F5F3" + new string('0', 2 * 53);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<RawConnection, Task> pay;
    private readonly Task serving;

    public RawTerminal(Func<RawConnection, Task> pay)
    {
        this.pay = pay;
        listener.Start();
        serving = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The answer to 06 20 after its acknowledge: a status information, or an abort.</summary>
    public string LastBooking { get; set; } = NothingStored;

    /// <summary>What answers 05 01 after its acknowledge.</summary>
    public string Status { get; init; } = Ready;

    /// <summary>Answers 05 01 in place of its acknowledge; null lets <see cref="Status"/> answer.</summary>
    public string? StatusRefusal { get; init; }

    /// <summary>Answers 06 20 in place of its acknowledge; null lets <see cref="LastBooking"/> answer.</summary>
    public string? RepeatRefusal { get; init; }

    /// <summary>Commands that it passes over without a word, by their first two bytes.</summary>
    public IReadOnlyList<string> Ignored { get; set; } = [];

    /// <summary>Runs behind each of them.</summary>
    public Action? OnIgnored { get; set; }

    /// <summary>Every command that it heard, by its first two bytes.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>The status information that answers 06 10, or a refusal in place of its acknowledge.</summary>
    public string Totals { get; set; } = "848300";

    /// <summary>Runs once, behind the next answer to 06 10, or to 06 20 of a terminal that refuses totals.</summary>
    public Action? AfterLook { get; set; }

    /// <summary>What ends a registration.</summary>
    public string Registration { get; init; } = Registered;

    /// <summary>How many payments were asked for.</summary>
    public int Payments { get; private set; }

    /// <summary>Sent at connect, before anything else.</summary>
    public string? Banner { get; init; }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        stop.Dispose();
    }

    private async Task Serve()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                client.NoDelay = true;
                await Talk(new RawConnection(client.GetStream(), stop.Token));
            }
            catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or InvalidOperationException)
            {
                // The line broke, by our script or by the driver: wait for the next.
            }
        }
    }

    private void Looked()
    {
        AfterLook?.Invoke();
        AfterLook = null;
    }

    private async Task Talk(RawConnection line)
    {
        if (Banner is not null) await line.Send(Banner);
        while (await line.Take() is { } apdu)
        {
            lock (Commands) Commands.Add(apdu[..4]);
            switch (apdu[..4])
            {
                case var ignored when Ignored.Contains(ignored):
                    OnIgnored?.Invoke();
                    break;
                case "0600":
                    await line.Send("800000", Registration);
                    break;
                case "0501" when StatusRefusal is not null:
                    await line.Send(StatusRefusal);
                    break;
                case "0501":
                    await line.Send("800000", Status);
                    break;
                case "0620" when RepeatRefusal is not null:
                    await line.Send(RepeatRefusal);
                    break;
                case "0610" when Totals.StartsWith("84", StringComparison.Ordinal):
                    await line.Send(Totals);
                    Looked();
                    break;
                case "0610":
                    await line.Send("800000", Totals);
                    await line.Take();
                    await line.Send("060F00");
                    Looked();
                    break;
                case "0620" when LastBooking.StartsWith("040F", StringComparison.Ordinal):
                    await line.Send("800000", LastBooking);
                    await line.Take();
                    await line.Send("060F00");
                    break;
                case "0620":
                    await line.Send("800000", LastBooking);
                    break;
                case "8000" or "8400":
                    break;
                default:
                    Payments++;
                    await pay(line);
                    break;
            }
        }
    }
}

/// <summary>One client of a <see cref="RawTerminal"/>.</summary>
internal sealed class RawConnection(NetworkStream stream, CancellationToken stop)
{
    private byte[] rest = [];

    /// <summary>Everything that the ECR sent on this connection, as hexadecimal text.</summary>
    public List<string> Heard { get; } = [];

    public async Task Send(params string[] apdus)
    {
        foreach (var apdu in apdus) await stream.WriteAsync(Convert.FromHexString(apdu), stop);
    }

    /// <summary>The same, each byte in a write of its own.</summary>
    public async Task Dribble(string apdu)
    {
        foreach (var octet in Convert.FromHexString(apdu)) await stream.WriteAsync(new[] { octet }, stop);
    }

    /// <summary>Sends a command and waits for the ECR's one answer.</summary>
    public async Task<string?> Ask(string apdu)
    {
        await Send(apdu);
        return await Take();
    }

    public void HangUp() => stream.Close();

    /// <summary>The way in which a device that was off answers bytes of a connection it has forgotten.</summary>
    public void Reset()
    {
        stream.Socket.LingerState = new LingerOption(true, 0);
        stream.Socket.Close();
    }

    /// <summary>The next APDU of the ECR; null when it closed.</summary>
    public async Task<string?> Take()
    {
        var chunk = new byte[4096];
        while (true)
        {
            var buffer = new ReadOnlySequence<byte>(rest);
            if (ZvtFraming.TryTake(ref buffer, out var apdu))
            {
                var text = Convert.ToHexString(apdu.ToArray());
                rest = buffer.ToArray();
                Heard.Add(text);
                return text;
            }

            var size = await stream.ReadAsync(chunk, stop);
            if (size == 0) return null;
            rest = [.. rest, .. chunk[..size]];
        }
    }
}
