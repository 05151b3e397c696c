using System.Globalization;

namespace Tillbridge.Laboratory.Free;

/// <summary>
/// All that a driver could see: connections, bytes, breaks and silence, each with its time. Two worlds with one mark look alike.
/// </summary>
internal sealed class Transcript(World world)
{
    private const ulong Prime = 0x100000001B3;

    /// <summary>Over everything so far.</summary>
    public ulong Mark { get; private set; } = 0xCBF29CE484222325;

    /// <summary>Makes a line of the story out of bytes that passed; null where nobody wants one.</summary>
    public Func<bool, byte[], string>? Reading { get; set; }

    public void Saw(string what)
    {
        Stamp();
        foreach (var letter in what) Add(letter);
        if (world.Tells) world.Tell($"line: {what}");
    }

    public void Heard(byte[] bytes)
    {
        Stamp();
        foreach (var one in bytes) Add(one);
        if (world.Tells) world.Tell($"terminal > till {Read(true, bytes)}");
    }

    /// <summary>What the till sends follows from what it saw; it only stands in the story.</summary>
    public void Said(byte[] bytes)
    {
        if (world.Tells) world.Tell($"till > terminal {Read(false, bytes)}");
    }

    /// <summary>A new order begins another part of what the driver knows.</summary>
    public void Ordered(string what)
    {
        Stamp();
        foreach (var letter in what) Add(letter);
        if (world.Tells) world.Tell($"ORDER {what}");
    }

    private string Read(bool fromTerminal, byte[] bytes) => $"{Convert.ToHexString(bytes)}{Reading?.Invoke(fromTerminal, bytes)}";

    private void Stamp()
    {
        for (var (left, digits) = (world.Now, 8); digits > 0; digits--, left >>= 8) Add((int)(left & 0xFF));
    }

    private void Add(int value) => Mark = (Mark ^ (ulong)value) * Prime;

    public override string ToString() => Mark.ToString("x16", CultureInfo.InvariantCulture);
}
