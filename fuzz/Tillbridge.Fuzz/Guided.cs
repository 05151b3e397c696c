using SharpFuzz.Common;
using Tillbridge.Laboratory.Fuzz;

namespace Tillbridge.Fuzz;

/// <summary>One target of the laboratory under AFL: the same trial, with the inputs that coverage asks for.</summary>
internal sealed class Guided(FuzzTarget target)
{
    private readonly FuzzTrial trial = new(target.Parser);

    /// <summary>Takes inputs from AFL until it stops this process.</summary>
    public void Run()
    {
        using var input = new MemoryStream();
        SharpFuzz.Fuzzer.Run(stream =>
        {
            input.SetLength(0);
            stream.CopyTo(input);
            Trace.PrevLocation = 0;
            if (Wrong(input.GetBuffer().AsSpan(0, (int)input.Length)) is { } text) throw new FindingException(text);
        });
    }

    /// <summary>The first that is wrong with an input in any of its forms; null for nothing.</summary>
    public string? Wrong(ReadOnlySpan<byte> bytes)
    {
        foreach (var form in Forms(bytes))
        {
            if (Fault(form) is { } text) return text;
        }

        return null;
    }

    /// <summary>The input as it is, and with its lengths and checks set right: nobody has to guess a check to get behind it.</summary>
    public IReadOnlyList<byte[]> Forms(ReadOnlySpan<byte> bytes)
    {
        var (asItIs, mended) = (bytes.ToArray(), bytes.ToArray());
        target.Parser.Mend(mended);
        return mended.AsSpan().SequenceEqual(asItIs) ? [asItIs] : [asItIs, mended];
    }

    /// <summary>What is wrong with an input as it is; null for nothing.</summary>
    public string? Fault(ReadOnlySpan<byte> bytes)
    {
        trial.Feed(bytes, out var wrong);
        return wrong is var (fault, text) ? $"{fault}: {text}" : null;
    }
}
