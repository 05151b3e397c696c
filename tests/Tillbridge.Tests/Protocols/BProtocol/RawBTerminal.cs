using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>
/// A terminal of bare characters: STX and ETX are put around what a test writes down, nothing else is made for it. T80 and T82 are
/// answered by themselves, everything else is the test's.
/// </summary>
internal sealed class RawBTerminal : IAsyncDisposable
{
    public const string Id = "PAXX2963";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<RawBLine, string, Task> pay;
    private readonly Task serving;
    private readonly Lock gate = new();
    private readonly List<string> heard = [];

    public RawBTerminal(Func<RawBLine, string, Task> pay)
    {
        this.pay = pay;
        listener.Start();
        serving = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What T80 answers behind T.</summary>
    public string Idle { get; set; } = "R000";

    /// <summary>A frame in place of the first answer to T80.</summary>
    public string? IdleFirst { get; set; }

    /// <summary>What T82 answers behind T.</summary>
    public string Last { get; set; } = "R-02";

    /// <summary>Flags of T82's answer.</summary>
    public string LastFlags { get; set; } = "0000";

    /// <summary>What T82 answers first, one after the other, before <see cref="Last"/>.</summary>
    public Queue<string> Lasts { get; } = [];

    /// <summary>In whose name T80, T82 and T65 are answered.</summary>
    public string SpokenId { get; set; } = Id;

    /// <summary>What T81 answers behind T.</summary>
    public string Passivated { get; set; } = "R000";

    /// <summary>What T65 answers behind T; null leaves it unanswered.</summary>
    public string? Totals { get; set; } = "R000";

    /// <summary>Everything that the till sent, without STX and ETX, time and check.</summary>
    public IReadOnlyList<string> Heard
    {
        get { lock (gate) return [.. heard]; }
    }

    public void Note(string frame)
    {
        lock (gate) heard.Add(frame);
    }

    /// <summary>Whom the till's frames were for.</summary>
    public List<string> Ids { get; } = [];

    public int Payments { get; private set; }

    public int Connections { get; private set; }

    /// <summary>A B2 with right LENGTH behind flags, of fields divided by blanks.</summary>
    public static string Response(string fields, string flags = "0000", string type = "B2")
    {
        var data = string.Concat(fields.Split(' ').Select(field => $"\x1C{field}"));
        return $"{type}01{Id}261121101500{flags}{data.Length:X4}A5A5{data}";
    }

    public static string Activity => $"B001{Id}26112110150000000000A5A5";

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
                Connections++;
                await Talk(new RawBLine(client.GetStream(), this, stop.Token));
            }
            catch (Exception over) when (over is IOException or SocketException or OperationCanceledException or InvalidOperationException)
            {
                // The line broke, by our script or by the driver: wait for the next.
            }
        }
    }

    private string Spoken(string fields, string flags = "0000") =>
        Response(fields, flags).Replace(Id, SpokenId, StringComparison.Ordinal);

    private async Task Talk(RawBLine line)
    {
        while (await line.Take() is { } frame)
        {
            Ids.Add(frame[4..12]);
            if (frame.StartsWith("B0", StringComparison.Ordinal)) continue;
            var type = frame.Length > 38 ? frame[37..].Split('\x1C')[0] : frame;
            switch (type)
            {
                case "T80" when IdleFirst is { } first:
                    IdleFirst = null;
                    await line.Send(first);
                    break;
                case "T80":
                    await line.Send(Activity, Spoken($"T80 {Idle}"));
                    break;
                case "T81":
                    await line.Send(Response($"T81 {Passivated}"));
                    break;
                case "T82":
                    await line.Send(Activity, Spoken($"T82 {(Lasts.TryDequeue(out var told) ? told : Last)}", LastFlags));
                    break;
                case "T65" when Totals is not null:
                    await line.Send(Spoken($"T65 {Totals}"));
                    break;
                default:
                    if (type is "T00" or "T04" or "T10") Payments++;
                    await pay(line, frame);
                    break;
            }
        }
    }
}

/// <summary>One client of a <see cref="RawBTerminal"/>.</summary>
internal sealed class RawBLine(NetworkStream stream, RawBTerminal terminal, CancellationToken stop)
{
    private readonly List<byte> rest = [];

    /// <summary>Frames without their STX and ETX.</summary>
    public async Task Send(params string[] frames)
    {
        foreach (var frame in frames) await stream.WriteAsync(Encoding.Latin1.GetBytes($"\x02{frame}\x03"), stop);
    }

    /// <summary>The same in one piece.</summary>
    public async Task SendGlued(params string[] frames) =>
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Concat(frames.Select(frame => $"\x02{frame}\x03"))), stop);

    public void HangUp() => stream.Close();

    /// <summary>The next frame of the till without STX and ETX; null when it closed.</summary>
    public async Task<string?> Take()
    {
        var chunk = new byte[2048];
        while (true)
        {
            var end = rest.IndexOf(0x03);
            if (end >= 0)
            {
                var frame = Encoding.Latin1.GetString(rest.ToArray(), 1, end - 1);
                rest.RemoveRange(0, end + 1);
                var data = frame[36..].Replace('\x1C', ' ').Replace('\x1D', '.').Trim();
                terminal.Note($"{frame[..2]} {frame[24..28]} {frame[28..32]} {data}".Trim());
                return frame;
            }

            var size = await stream.ReadAsync(chunk, stop);
            if (size == 0) return null;
            rest.AddRange(chunk[..size]);
        }
    }
}
