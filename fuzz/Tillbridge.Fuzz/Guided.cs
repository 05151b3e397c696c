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

    /// <summary>
    /// What is wrong with an input, as it is or with its lengths and checks set right: nobody has to guess a check to get behind it.
    /// </summary>
    public string? Wrong(ReadOnlySpan<byte> bytes)
    {
        if (Fault(bytes) is { } asItIs) return asItIs;
        return Mended(bytes) is { } mended ? Fault(mended) : null;
    }

    /// <summary>The input with its lengths and checks set right; null when they were.</summary>
    public byte[]? Mended(ReadOnlySpan<byte> bytes)
    {
        var mended = bytes.ToArray();
        target.Parser.Mend(mended);
        return bytes.SequenceEqual(mended) ? null : mended;
    }

    /// <summary>What is wrong with an input as it is; null for nothing.</summary>
    public string? Fault(ReadOnlySpan<byte> bytes)
    {
        trial.Feed(bytes, out var wrong);
        return wrong is var (fault, text) ? $"{fault}: {text}" : null;
    }
}
