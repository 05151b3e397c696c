using System.IO.Compression;

namespace Tillbridge.Journal.Frames;

/// <summary>Bytes made shorter for the file, and back within a bound.</summary>
internal static class Folding
{
    /// <summary>The bytes behind a prefix, folded.</summary>
    public static byte[] Fold(ReadOnlySpan<byte> plain, CompressionLevel level, params ReadOnlySpan<byte> prefix)
    {
        using var folded = new MemoryStream(plain.Length);
        folded.Write(prefix);
        using (var deflate = new DeflateStream(folded, level, leaveOpen: true)) deflate.Write(plain);
        return folded.ToArray();
    }

    /// <summary>What was folded.</summary>
    /// <exception cref="InvalidDataException">It is none, or longer than may be.</exception>
    public static byte[] Unfold(ReadOnlySpan<byte> folded, int most)
    {
        using var inflate = new DeflateStream(new MemoryStream(folded.ToArray()), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var buffer = new byte[4096];
        while (inflate.Read(buffer) is > 0 and var count)
        {
            if (plain.Length + count > most) throw new InvalidDataException("It is longer than anything that was folded.");
            plain.Write(buffer.AsSpan(0, count));
        }

        return plain.ToArray();
    }
}
