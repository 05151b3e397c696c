using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Tillbridge.Transports.Serial;

/// <summary>An open serial port on Windows as a pair of pipes. Never run: see README.md.</summary>
internal sealed class WindowsPort : ITransportConnection
{
    private const int MostUnread = 1 << 20;

    private readonly FileStream stream;
    private readonly string name;
    private readonly Pipe inbound = new(new PipeOptions(pauseWriterThreshold: MostUnread, resumeWriterThreshold: MostUnread / 2));
    private readonly CancellationTokenSource closing = new();
    private readonly Task reading;

    public WindowsPort(SafeFileHandle port, string name)
    {
        this.name = name;
        stream = new FileStream(port, FileAccess.ReadWrite, bufferSize: 0, isAsync: true);
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));
        reading = Read();
    }

    public PipeReader Input => inbound.Reader;

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested) return;
        closing.Cancel();
        await reading;
        await stream.DisposeAsync();
        closing.Dispose();
    }

    private async Task Read()
    {
        IOException failure;
        try
        {
            while (true)
            {
                // No byte within the port's limit is silence, not the end.
                var read = await stream.ReadAsync(inbound.Writer.GetMemory(4096), closing.Token);
                inbound.Writer.Advance(read);
                if (read > 0) await inbound.Writer.FlushAsync(closing.Token);
            }
        }
        catch (OperationCanceledException)
        {
            failure = new IOException($"The port {name} was closed.");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            failure = new IOException($"The serial port {name} hung up: the cable was pulled, or what is behind it went away.", gone);
        }

        await inbound.Writer.CompleteAsync(failure);
    }
}
