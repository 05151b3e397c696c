namespace Tillbridge.Laboratory.Lines;

/// <summary>
/// A terminal that talks without end: it says one message thousands of times, or again and again and nothing else, or sends what is no
/// message between its own. Bounded by count, so that a run in which nobody stops it is quick all the same.
/// </summary>
/// <param name="world">Time and dice.</param>
/// <param name="fault">What was laid out for the connection; most are no flood.</param>
/// <param name="taken">How many commands the terminal has taken that can move money.</param>
/// <param name="isOpen">False once nobody hears it any more.</param>
/// <param name="deliver">Sends bytes on their way to the till.</param>
internal sealed class Flood(World world, LinkFault fault, Func<long> taken, Func<bool> isOpen, Action<byte[]> deliver)
{
    private const int TimesAtOnce = 1_500;
    private const int MostAgain = 10_000; // A day of it.
    private const int MostGarbage = 1_500;
    private const int LongestGarbage = 200;

    // Below every limit of silence, above what a terminal that counts its own time-outs would send.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Beside = TimeSpan.FromMilliseconds(50);

    private readonly long takenBefore = taken();
    private bool struck;
    private int writes;

    /// <summary>What arrives in place of a write of the terminal.</summary>
    /// <param name="bytes">The write.</param>
    /// <param name="sent">How many bytes the terminal has sent before it.</param>
    public byte[] Take(byte[] bytes, int sent)
    {
        if (!fault.Floods || bytes.Length == 0) return bytes;
        if (struck) return fault.Trouble is LinkTrouble.SameAgain ? [] : bytes;
        if (!IsReached(bytes, sent)) return bytes;
        struck = true;
        if (world.Tells) world.Tell($"FLOOD {fault.Trouble}");
        switch (fault.Trouble)
        {
            case LinkTrouble.ManyTimes:
                var many = new byte[bytes.Length * TimesAtOnce];
                for (var time = 0; time < TimesAtOnce; time++) bytes.CopyTo(many, time * bytes.Length);
                return many;
            case LinkTrouble.SameAgain:
                GoOn(Again, MostAgain, () => bytes);
                return bytes;
            default:
                GoOn(Beside, MostGarbage, Garbage);
                return bytes;
        }
    }

    private bool IsReached(byte[] bytes, int sent)
    {
        if (fault.Message is not { } message) return fault.At < sent + bytes.Length;
        return taken() > takenBefore && writes++ >= message;
    }

    private byte[] Garbage()
    {
        var garbage = new byte[1 + world.Chance.Below(LongestGarbage)];
        for (var index = 0; index < garbage.Length; index++) garbage[index] = (byte)world.Chance.Below(256);
        return garbage;
    }

    private void GoOn(TimeSpan pause, int left, Func<byte[]> next)
    {
        if (left == 0) return;
        world.After(pause, () =>
        {
            if (!isOpen()) return;
            deliver(next());
            GoOn(pause, left - 1, next);
        });
    }
}
