using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>
/// Stands between gateway and terminal, forwards whole messages, and at one point kills the gateway. Until
/// <see cref="Arm"/> it only forwards.
/// </summary>
internal sealed class KillProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int terminalPort;
    private readonly Task serving;
    private readonly List<Task> lines = [];
    private volatile Plan? plan;

    public KillProxy(int terminalPort)
    {
        this.terminalPort = terminalPort;
        listener.Start();
        serving = Serve();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Completes when the gateway is dead; fails when the wire went another way than the steps say.</summary>
    public Task Killed => killed.Task;

    /// <summary>From the next connection on.</summary>
    public void Arm(KillPoint point, IReadOnlyList<KillStep> steps, Func<Task> kill) => plan = new(point, steps, kill);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        await Task.WhenAll(lines);
        stop.Dispose();
    }

    private async Task Serve()
    {
        try
        {
            while (true) lines.Add(Carry(await listener.AcceptSocketAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task Carry(Socket till)
    {
        using var terminal = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        till.NoDelay = true;
        var line = new Line(terminal, plan);
        Task[] pumps = [];
        try
        {
            if (line.Plan is { Point.Step: KillStep.Connect })
            {
                await Kill(line.Plan);
                return;
            }

            await terminal.ConnectAsync(IPAddress.Loopback, terminalPort, stop.Token);
            pumps = [Pump(line, till, terminal, Sender.Ecr), Pump(line, terminal, till, Sender.Terminal)];
            await Task.WhenAny(pumps);
            if (line.IsOver) await Drop(line);
        }
        catch (Exception over) when (over is SocketException or OperationCanceledException)
        {
            // The terminal hung up, or the test is over.
        }
        finally
        {
            till.Dispose();
            terminal.Dispose();
            await Task.WhenAll(pumps);
        }
    }

    // Ends when either side hung up, the line is over, or the test is.
    private async Task Pump(Line line, Socket from, Socket to, Sender sender)
    {
        try
        {
            await using var stream = new NetworkStream(from, ownsSocket: false);
            var reader = PipeReader.Create(stream);
            while (true)
            {
                var read = await reader.ReadAsync(stop.Token);
                var rest = read.Buffer;
                while (ZvtFraming.TryTake(ref rest, out var apdu))
                {
                    if (!await Pass(line, to, apdu.ToArray(), sender)) return;
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted) return;
            }
        }
        catch (Exception over) when (over is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side hung up; the other hears of it when the line is closed.
        }
        catch (WrongStepException wrong)
        {
            killed.TrySetException(wrong);
        }
    }

    // False when the line ends here.
    private async Task<bool> Pass(Line line, Socket to, byte[] apdu, Sender sender)
    {
        await line.Turn.WaitAsync(stop.Token);
        try
        {
            if (line.IsOver) return false;
            var step = line.Next(sender, apdu);
            var isPoint = step is not null && step.Name == line.Plan!.Point.Step;
            if (!isPoint || line.Plan!.Point.After) await to.SendAsync(apdu, stop.Token);
            if (!isPoint) return true;
            line.IsOver = true;
            await Kill(line.Plan!);
            return false;
        }
        finally
        {
            line.Turn.Release();
        }
    }

    private async Task Kill(Plan armed)
    {
        plan = null;
        await armed.Kill();
        killed.TrySetResult();
    }

    // The terminal reads what was sent to it and then the end, or, when it is not told, nothing more for as long as the test runs.
    private async Task Drop(Line line)
    {
        if (!line.Plan!.Point.Silently) line.Terminal.Shutdown(SocketShutdown.Send);
        var rest = new byte[4096];
        while (await line.Terminal.ReceiveAsync(rest, stop.Token) > 0)
        {
            // What the terminal still says is heard by nobody.
        }
    }

    private sealed class WrongStepException(string message) : Exception(message);

    private sealed record Plan(KillPoint Point, IReadOnlyList<KillStep> Steps, Func<Task> Kill);

    private sealed class Line(Socket terminal, Plan? plan)
    {
        private int index;

        public Socket Terminal => terminal;

        public Plan? Plan => plan;

        public SemaphoreSlim Turn { get; } = new(1);

        public bool IsOver { get; set; }

        public KillStep? Next(Sender sender, byte[] apdu)
        {
            if (plan is null) return null;
            var code = (ushort)(apdu[0] << 8 | apdu[1]);
            var step = index < plan.Steps.Count ? plan.Steps[index] : null;
            index++;
            if (step is not null && step.From == sender && step.Code == code) return step;
            throw new WrongStepException($"Message {index} is {code:X4} of {sender}; the steps say {step}.");
        }
    }
}
