namespace Tillbridge.Laboratory;

/// <summary>
/// The laboratory's dice: xoshiro256** from a seed, written here so that a seed means the same on every runtime and for ever.
/// </summary>
internal sealed class Chance
{
    private ulong a, b, c, d;

    public Chance(ulong seed)
    {
        (a, b, c, d) = (Spread(ref seed), Spread(ref seed), Spread(ref seed), Spread(ref seed));
    }

    /// <summary>A seed of its own for one part of a run: equal parents and numbers give equal seeds.</summary>
    public static ulong Mix(ulong seed, ulong number)
    {
        var mixed = seed ^ (number * 0x9E3779B97F4A7C15);
        return Spread(ref mixed);
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(b * 5, 7) * 9;
        var shifted = b << 17;
        c ^= a;
        d ^= b;
        b ^= c;
        a ^= d;
        c ^= shifted;
        d = ulong.RotateLeft(d, 45);
        return result;
    }

    /// <summary>0 up to, not including, <paramref name="below"/>.</summary>
    public int Below(int below) => (int)(Next() % (ulong)below);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    // splitmix64
    private static ulong Spread(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
