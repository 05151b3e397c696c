using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Text;

namespace Tillbridge.Transports.Serial;

/// <summary>Two pseudo-terminals with a null-modem cable between them: a serial line without hardware. Linux only.</summary>
public sealed class PtyPair : IAsyncDisposable
{
    private const int MostNameBytes = 128;

    private readonly End first;
    private readonly End second;
    private readonly CancellationTokenSource stop = new();
    private readonly Task pumps;

    private PtyPair((Descriptor Master, Descriptor Kept, string Path) one, (Descriptor Master, Descriptor Kept, string Path) other)
    {
        (first, second) = (new End(one.Master, one.Kept, one.Path), new End(other.Master, other.Kept, other.Path));
        pumps = Task.WhenAll(Pump(first.Master, second.Master), Pump(second.Master, first.Master));
    }

    /// <summary>True where this system has them.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Path of one end.</summary>
    public string First => first.Path;

    /// <summary>Path of the other end.</summary>
    public string Second => second.Path;

    /// <summary>Makes a pair.</summary>
    /// <exception cref="LinkLostException">The system gives no more of them, or has none.</exception>
    public static PtyPair Open()
    {
        if (!IsSupported) throw new LinkLostException("This system has no pseudo-terminals that Tillbridge knows.");
        var one = OpenEnd();
        try
        {
            return new PtyPair(one, OpenEnd());
        }
        catch (LinkLostException)
        {
            one.Kept.Dispose();
            one.Master.Dispose();
            throw;
        }
    }

    /// <summary>Pulls the cable: who holds an end open sees a hang-up.</summary>
    public async ValueTask DisposeAsync()
    {
        stop.Cancel();
        first.Master.Output.CancelPendingFlush();
        second.Master.Output.CancelPendingFlush();
        await pumps;
        await first.DisposeAsync();
        await second.DisposeAsync();
        stop.Dispose();
    }

    private async Task Pump(UnixPort from, UnixPort to)
    {
        try
        {
            while (true)
            {
                var read = await from.Input.ReadAsync(stop.Token);
                foreach (var piece in read.Buffer) to.Output.Write(piece.Span);
                var flush = await to.Output.FlushAsync(stop.Token);
                from.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || flush.IsCanceled) return;
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            // The cable is pulled.
        }
    }

    private static (Descriptor Master, Descriptor Kept, string Path) OpenEnd()
    {
        const int Flags = UnixNative.ReadWrite | UnixNative.NoControllingTerminal | UnixNative.NonBlocking | UnixNative.CloseOnExec;
        var master = new Descriptor(UnixNative.OpenPty(Flags));
        Span<byte> name = stackalloc byte[MostNameBytes];
        if (master.IsInvalid || UnixNative.GrantPty(master) < 0 || UnixNative.UnlockPty(master) < 0
            || UnixNative.PtyName(master, name, MostNameBytes) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            master.Dispose();
            throw new LinkLostException($"The system gives no pseudo-terminal (error {error}).");
        }

        var path = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
        var kept = new Descriptor(UnixNative.Open(path, Flags));
        try
        {
            if (kept.IsInvalid) throw UnixSerialFault.Of(path, Marshal.GetLastPInvokeError());
            UnixSerial.MakeRaw(kept, path);
            return (master, kept, path);
        }
        catch (LinkLostException)
        {
            kept.Dispose();
            master.Dispose();
            throw;
        }
    }

    // The pair keeps its ends open by itself, so that they outlive each program that opens and closes them.
    private sealed class End(Descriptor master, Descriptor kept, string path) : IAsyncDisposable
    {
        public UnixPort Master { get; } = new(master, path);

        public string Path => path;

        public async ValueTask DisposeAsync()
        {
            kept.Dispose();
            await Master.DisposeAsync();
        }
    }
}
