using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tillbridge.Journal.Integrity;

/// <summary>What is kept outside of a data directory: which journal belongs into it, and one of its newest records.</summary>
/// <param name="Journal">The journal's id.</param>
/// <param name="Tip">The record; the journal has it or is not the expected one. It may have later ones.</param>
internal sealed record WitnessMark(string Journal, ChainTip Tip)
{
    /// <summary>Bytes of one mark in a file; all have the same, so that one is overwritten in one write.</summary>
    public const int Width = Digits + 1 + IdWidth + 1 + HashWidth + 1 + CheckWidth + 1;

    private const int Digits = 20, IdWidth = 32, HashWidth = 64, CheckWidth = 16;

    /// <summary>The mark as a line of text with a check of its own.</summary>
    public byte[] Write()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Tip.Sequence:D20} {Journal} {Tip.Hash}");
        var line = Encoding.ASCII.GetBytes($"{text} {CheckOf(text)}\n");
        Invariant.Holds(line.Length == Width, "every mark is equally long");
        return line;
    }

    /// <summary>Reads a mark; null when it is torn or damaged.</summary>
    public static WitnessMark? Read(ReadOnlySpan<byte> line)
    {
        if (line.Length < Width) return null;
        var text = Encoding.ASCII.GetString(line[..(Width - 1)]);
        var said = text[..^(CheckWidth + 1)];
        if (text[^CheckWidth..] != CheckOf(said)) return null;
        var parts = said.Split(' ');
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? new WitnessMark(parts[1], new ChainTip(sequence, parts[2]))
            : null;
    }

    private static string CheckOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..CheckWidth];
}
