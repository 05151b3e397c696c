using System.Text;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>A file whose disk hangs until the test lets it go on, or is full.</summary>
internal sealed class SlowDisk : Stream
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim asked = new();
    private readonly ManualResetEventSlim goesOn = new();
    private readonly MemoryStream kept = new();
    private int refused;
    private volatile bool isFull;

    public bool IsFull
    {
        get => isFull;
        set => isFull = value;
    }

    public int Refused => Volatile.Read(ref refused);

    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private string Text
    {
        get { lock (kept) return Encoding.UTF8.GetString(kept.ToArray()); }
    }

    public void UntilAsked() => Assert.True(asked.Wait(Longest));

    public void GoOn() => goesOn.Set();

    public void UntilHas(string text) => Assert.True(SpinWait.SpinUntil(() => Text.Contains(text, StringComparison.Ordinal), Longest));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        asked.Set();
        goesOn.Wait(Longest);
        if (isFull)
        {
            Interlocked.Increment(ref refused);
            throw new IOException("No space left on device");
        }

        lock (kept) kept.Write(buffer);
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
