using System.IO.Pipelines;
using System.IO.Ports;

namespace Tillbridge.Transports.Serial;

/// <summary>An open port of System.IO.Ports as a pair of pipes. Never run on Windows: see README.md.</summary>
internal sealed class WindowsPort : ITransportConnection
{
    private const int MostUnread = 1 << 20;

    // The package does not give up a read that is under way when asked to; one that brings nothing ends by itself after this.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(1);

    private readonly SerialPort port;
    private readonly Stream stream;
    private readonly string name;
    private readonly Pipe inbound = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2));
    private readonly CancellationTokenSource closing = new();
    private readonly Task reading;

    public WindowsPort(SerialPort port, string name)
    {
        (this.port, this.name) = (port, name);
        port.ReadTimeout = (int)LongestRead.TotalMilliseconds;
        stream = port.BaseStream;
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        reading = Read();
    }

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested) return;
        closing.Cancel();
        Close();
        await reading;
        closing.Dispose();
    }

    // A port whose cable was pulled may complain of being closed.
    private void Close()
    {
        try
        {
            port.Dispose();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It is closed all the same.
        }
    }

    private async Task Read()
    {
        IOException failure;
        try
        {
            while (true)
            {
                closing.Token.ThrowIfCancellationRequested();
                if (await ReadOnce() is var read and > 0) inbound.Writer.Advance(read);
                await inbound.Writer.FlushAsync(closing.Token);
            }
        }
        catch (Exception closed) when (closing.IsCancellationRequested && IsEnd(closed))
        {
            failure = new IOException($"The port {name} was closed.");
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            failure = new IOException($"The serial port {name} hung up: the cable was pulled, or what is behind it went away.", gone);
        }

        await inbound.Writer.CompleteAsync(failure);
    }

    // No byte within the port's limit is silence, not the end.
    private async Task<int> ReadOnce()
    {
        try
        {
            return await stream.ReadAsync(inbound.Writer.GetMemory(4096), closing.Token);
        }
        catch (TimeoutException)
        {
            return 0;
        }
    }

    private static bool IsEnd(Exception error) =>
        error is IOException or UnauthorizedAccessException or InvalidOperationException or OperationCanceledException;
}
