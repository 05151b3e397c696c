using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Tillbridge.Fuzz;

/// <summary>The counters that the instrumented library writes, in memory of our own.</summary>
internal sealed unsafe class Coverage
{
    private const int Size = 1 << 16;

    private readonly byte* counters = (byte*)NativeMemory.AllocZeroed(Size);
    private readonly HashSet<int> seen = [];

    /// <summary>How many places, each with its order of magnitude, were met so far.</summary>
    public int Places => seen.Count;

    /// <summary>Makes the library write here.</summary>
    public void Begin() => Trace.SharedMem = counters;

    /// <summary>True when the work met a place, or a place about twice as often, as nothing before it did.</summary>
    public bool IsNew(Action work)
    {
        new Span<byte>(counters, Size).Clear();
        Trace.PrevLocation = 0;
        work();
        var before = seen.Count;
        for (var place = 0; place < Size; place++)
        {
            if (counters[place] != 0) seen.Add((place << 3) + BitOperations.Log2(counters[place]));
        }

        return seen.Count > before;
    }
}
