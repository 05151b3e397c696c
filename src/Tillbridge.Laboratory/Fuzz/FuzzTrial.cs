using System.Diagnostics;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>Feeds one input to a parser and says what it did wrong.</summary>
internal sealed class FuzzTrial(ProtocolParser parser)
{
    /// <summary>The most memory that one input may cost.</summary>
    public const long MostAllocatedBytes = 1024 * 1024;

    private const int Repeats = 10;

    /// <summary>
    /// The longest that one input may take: card numbers are sought in every form, which costs a text of 64 KiB up to ten milliseconds on
    /// a quiet machine. What hangs takes seconds.
    /// </summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromMilliseconds(20);

    private static readonly long MostTicks = (long)(MostTime.TotalSeconds * Stopwatch.Frequency);

    /// <summary>True when the parser understood the input; a fault with its words when it did what it must not.</summary>
    public bool Feed(ReadOnlySpan<byte> input, out (FuzzFault Fault, string Text)? wrong)
    {
        wrong = null;
        try
        {
            var read = Measured(input, out var ticks, out var bytes);
            // A collection, a first call or another process is no hang, and happens once.
            for (var repeat = 0; repeat < Repeats && (ticks > MostTicks || bytes > MostAllocatedBytes); repeat++)
            {
                Measured(input, out var moreTicks, out var moreBytes);
                (ticks, bytes) = (Math.Min(ticks, moreTicks), Math.Min(bytes, moreBytes));
            }

            if (ticks > MostTicks) wrong = (FuzzFault.Hang,
                $"{input.Length} bytes took {Stopwatch.GetElapsedTime(0, ticks).TotalMilliseconds:F1} ms");
            else if (bytes > MostAllocatedBytes) wrong = (FuzzFault.Allocation, $"{input.Length} bytes took {bytes} bytes of memory");
            else if (read is not null && Unstable(read) is { } text) wrong = (FuzzFault.Unstable, text);
            return read is not null;
        }
        catch (Exception error)
        {
            wrong = (FuzzFault.Exception, Describe(error));
            return false;
        }
    }

    private object? Measured(ReadOnlySpan<byte> input, out long ticks, out long bytes)
    {
        var (bytesBefore, ticksBefore) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        var read = parser.Read(input);
        ticks = Stopwatch.GetTimestamp() - ticksBefore;
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytesBefore;
        return read;
    }

    private string? Unstable(object read)
    {
        if (parser.Write(read) is not { } written) return null;
        if (parser.Read(written) is not { } again) return $"it writes what it refuses: {Hex(written)}";
        return parser.Same(read, again) ? null : $"it reads otherwise what it wrote: {Hex(written)}";
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes[..Math.Min(bytes.Length, 200)]);

    // The first place in the stack, without the file: that is what two findings of one cause share.
    private static string Describe(Exception error)
    {
        const int MostText = 200;
        var text = error.Message.Length > MostText ? error.Message[..MostText] : error.Message;
        var places = (error.StackTrace ?? "").Split('\n').Select(line => line.Split(" in ")[0].Trim());
        var ours = places.Where(place => place.Contains("Tillbridge", StringComparison.Ordinal)).Take(3);
        return $"{error.GetType().Name}: {text} {string.Join(" ", ours)}";
    }
}
