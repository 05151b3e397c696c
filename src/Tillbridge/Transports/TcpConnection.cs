using System.IO.Pipelines;

namespace Tillbridge.Transports;

/// <summary>A connected stream as a pair of pipes.</summary>
internal sealed class TcpConnection(Stream stream) : ITransportConnection
{
    private static readonly StreamPipeReaderOptions ReadOptions = new(bufferSize: 4096, leaveOpen: true);
    private static readonly StreamPipeWriterOptions WriteOptions = new(leaveOpen: true);

    public PipeReader Input { get; } = PipeReader.Create(stream, ReadOptions);

    public PipeWriter Output { get; } = PipeWriter.Create(stream, WriteOptions);

    // The stream goes first: a flush that hangs on a dead peer ends with it.
    public async ValueTask DisposeAsync() => await stream.DisposeAsync();
}
