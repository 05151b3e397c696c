namespace Tillbridge.Laboratory.Fuzz;

/// <summary>What a parser must never do.</summary>
internal enum FuzzFault
{
    /// <summary>It threw what it does not list.</summary>
    Exception,

    /// <summary>It took longer than <see cref="FuzzTrial.MostTime"/>.</summary>
    Hang,

    /// <summary>It took more memory than <see cref="FuzzTrial.MostAllocatedBytes"/>.</summary>
    Allocation,

    /// <summary>What it understood reads otherwise after it was written.</summary>
    Unstable,
}

/// <summary>One input that a parser could not take.</summary>
/// <param name="Parser">The target's name.</param>
/// <param name="Fault">What it did.</param>
/// <param name="Seed">The run's seed; with the index it makes the input again.</param>
/// <param name="Index">The input's number.</param>
/// <param name="Hex">The input.</param>
/// <param name="Text">What was seen.</param>
internal sealed record FuzzFinding(string Parser, FuzzFault Fault, ulong Seed, int Index, string Hex, string Text)
{
    private const int MostShown = 600;

    /// <summary>One paragraph for a reader of a failed test.</summary>
    public override string ToString() =>
        $"{Parser}: {Fault} at seed {Seed}, input {Index}: {Text}\n    {(Hex.Length > MostShown ? Hex[..MostShown] + "…" : Hex)}";
}

/// <summary>A run of one target.</summary>
/// <param name="Parser">The target's name.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Inputs">How many inputs were fed.</param>
/// <param name="Accepted">How many of them were understood.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Findings">The first findings; of one and the same only a few are kept.</param>
internal sealed record FuzzReport(
    string Parser, ulong Seed, int Inputs, int Accepted, int Refused, TimeSpan Elapsed, IReadOnlyList<FuzzFinding> Findings)
{
    /// <summary>Findings of every kind, also those that are not kept.</summary>
    public int Faults { get; init; }

    /// <summary>Inputs per second.</summary>
    public double Rate => Inputs / Math.Max(Elapsed.TotalSeconds, 0.001);

    /// <summary>One line of figures.</summary>
    public override string ToString() =>
        $"{Parser,-28} {Inputs,8} inputs  {Accepted,7} accepted  {Refused,7} refused  {Rate,9:F0}/s  {Faults} findings";
}
