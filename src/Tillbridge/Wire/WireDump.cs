using System.Text;

namespace Tillbridge.Wire;

/// <summary>Bytes for a reader, with <c>**</c> for each byte that must not be seen.</summary>
internal static class WireDump
{
    public const int BytesPerLine = 16;

    /// <summary>All bytes in one line, separated by blanks.</summary>
    public static string Line(ReadOnlySpan<byte> bytes, params ReadOnlySpan<Range> secret)
    {
        var text = new StringBuilder(bytes.Length * 3);
        for (var index = 0; index < bytes.Length; index++)
        {
            if (index > 0) text.Append(' ');
            AppendOctet(text, bytes, index, secret);
        }

        return text.ToString();
    }

    /// <summary>Lines of sixteen bytes, each with the offset of its first byte.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> bytes, params ReadOnlySpan<Range> secret)
    {
        var lines = new List<string>();
        for (var start = 0; start < bytes.Length; start += BytesPerLine)
        {
            var line = new StringBuilder($"{start:X4} ");
            for (var index = start; index < Math.Min(start + BytesPerLine, bytes.Length); index++)
            {
                line.Append(' ');
                AppendOctet(line, bytes, index, secret);
            }

            lines.Add(line.ToString());
        }

        return lines;
    }

    /// <summary>The same lines, each byte shown or not by its place in <paramref name="isSecret"/>.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlySpan<byte> bytes, ReadOnlySpan<bool> isSecret)
    {
        var lines = new List<string>();
        for (var start = 0; start < bytes.Length; start += BytesPerLine)
        {
            var line = new StringBuilder($"{start:X4} ");
            for (var index = start; index < Math.Min(start + BytesPerLine, bytes.Length); index++)
                line.Append(' ').Append(isSecret[index] ? "**" : bytes[index].ToString("X2"));
            lines.Add(line.ToString());
        }

        return lines;
    }

    private static void AppendOctet(StringBuilder text, ReadOnlySpan<byte> bytes, int index, ReadOnlySpan<Range> secret)
    {
        foreach (var range in secret)
        {
            var (offset, length) = range.GetOffsetAndLength(bytes.Length);
            if (index < offset || index >= offset + length) continue;
            text.Append("**");
            return;
        }

        text.Append(bytes[index].ToString("X2"));
    }
}
