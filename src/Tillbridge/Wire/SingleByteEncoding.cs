using System.Collections.Frozen;
using System.Text;

namespace Tillbridge.Wire;

/// <summary>One byte, one character, by a table of 256: for the sets that the runtime does not bring.</summary>
internal sealed class SingleByteEncoding : Encoding
{
    private const byte Replacement = (byte)'?';

    private readonly char[] characters;
    private readonly FrozenDictionary<char, byte> octets;

    public SingleByteEncoding(IReadOnlyList<char> characters)
    {
        Invariant.Holds(characters.Count == 256, "a single-byte set names 256 characters");
        this.characters = [.. characters];
        octets = this.characters
            .Select((character, octet) => (character, octet))
            .Where(pair => pair.character != '\uFFFD')
            .DistinctBy(pair => pair.character)
            .ToFrozenDictionary(pair => pair.character, pair => (byte)pair.octet);
    }

    public override int GetByteCount(char[] chars, int index, int count) => count;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex)
    {
        for (var index = 0; index < charCount; index++)
        {
            bytes[byteIndex + index] = octets.GetValueOrDefault(chars[charIndex + index], Replacement);
        }

        return charCount;
    }

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (var index = 0; index < byteCount; index++) chars[charIndex + index] = characters[bytes[byteIndex + index]];
        return byteCount;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}
