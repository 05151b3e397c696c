using System.Diagnostics;

namespace Tillbridge.Laboratory.Fuzz;

/// <summary>Runs targets and collects what they did wrong.</summary>
internal static class Fuzzer
{
    private const int MostFindings = 20;
    private const int MostFindingsOfOneKind = 3;
    private const int Workers = 2;

    // A parser that does not come back at all cannot be stopped, only left behind.
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Feeds a target with the inputs 0 up to, not including, <paramref name="inputs"/> of a seed.</summary>
    public static FuzzReport Run(FuzzTarget target, ulong seed, int inputs, CancellationToken stop)
    {
        var run = new OneRun(target, seed, inputs);
        var worker = new Thread(() => run.Go(stop)) { IsBackground = true, Name = $"fuzz {target.Name}" };
        worker.Start();
        var (seen, since) = (-1, Stopwatch.GetTimestamp());
        while (!worker.Join(Look))
        {
            if (run.At != seen) (seen, since) = (run.At, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > GivenUpAfter) return run.GivenUp(seen);
        }

        return run.Report();
    }

    /// <summary>Runs many targets, two at a time; the reports come in the order of the targets.</summary>
    public static IReadOnlyList<FuzzReport> Run(IReadOnlyList<FuzzTarget> targets, ulong seed, int inputs, CancellationToken stop)
    {
        var reports = new FuzzReport[targets.Count];
        Parallel.For(
            0, targets.Count, new() { MaxDegreeOfParallelism = Workers, CancellationToken = stop },
            index => reports[index] = Run(targets[index], seed, inputs, stop));
        return reports;
    }

    /// <summary>The input of a finding, made again.</summary>
    public static byte[] Replay(FuzzTarget target, ulong seed, int index) => new FuzzInputs(target, seed).Make(index).ToArray();

    /// <summary>The counts of a run; one thread writes them, the watching one only reads how far it is.</summary>
    private sealed class OneRun(FuzzTarget target, ulong seed, int inputs)
    {
        private readonly FuzzInputs made = new(target, seed);
        private readonly FuzzTrial trial = new(target.Parser);
        private readonly List<FuzzFinding> findings = [];
        private readonly Dictionary<string, int> kinds = new(StringComparer.Ordinal);
        private readonly long began = Stopwatch.GetTimestamp();
        private int at;
        private int accepted;
        private int faults;

        public int At => Volatile.Read(ref at);

        public void Go(CancellationToken stop)
        {
            for (var index = 0; index < inputs && !stop.IsCancellationRequested; index++)
            {
                var input = made.Make(index);
                if (trial.Feed(input, out var wrong)) accepted++;
                if (wrong is var (fault, text)) Keep(fault, text, index, input);
                Volatile.Write(ref at, index + 1);
            }
        }

        public FuzzReport Report() =>
            new(target.Name, seed, at, accepted, at - accepted, Stopwatch.GetElapsedTime(began), findings) { Faults = faults };

        /// <summary>The report of a run whose thread still hangs in one input; it shares nothing with that thread.</summary>
        public FuzzReport GivenUp(int index)
        {
            var finding = new FuzzFinding(
                target.Name, FuzzFault.Hang, seed, index, Convert.ToHexString(Replay(target, seed, index)),
                $"it did not come back within {GivenUpAfter.TotalSeconds} s, and the run ended here");
            return Report() with { Findings = [.. findings, finding], Faults = faults + 1 };
        }

        private void Keep(FuzzFault fault, string text, int index, ReadOnlySpan<byte> input)
        {
            faults++;
            var kind = fault is FuzzFault.Exception ? text : fault.ToString();
            var before = kinds.GetValueOrDefault(kind);
            kinds[kind] = before + 1;
            if (before >= MostFindingsOfOneKind || findings.Count >= MostFindings) return;
            findings.Add(new(target.Name, fault, seed, index, Convert.ToHexString(input), text));
        }
    }
}
