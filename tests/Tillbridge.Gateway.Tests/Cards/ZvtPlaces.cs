using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Gateway.Tests.Cards;

/// <summary>Everywhere in ZVT where a terminal can put a card's number, as the messages of a payment that holds it there.</summary>
internal static class ZvtPlaces
{
    /// <summary>Name, and the messages before the end and the fields of the result for a text.</summary>
    public static IEnumerable<(string Name, Func<string, (string[] Before, string Fields)> Make)> OfText()
    {
        foreach (var (bmp, lengthDigits) in new[] { (0x8B, 2), (0x3C, 3), (0xF1, 2), (0xE1, 2) })
            yield return ($"BMP {bmp:X2}", text => ([], Var(bmp, lengthDigits, Bytes(text))));
        yield return ("BMP 2A", text => ([], "2A" + Hex(Fixed(Bytes(text), 15))));
        foreach (var tag in new uint[] { 0x42, 0x44, 0x46, 0x47, 0x4A, 0x4E, 0x13, 0x1F17, 0x1F40, 0x1F41, 0x1F63, 0x1F2F, 0x1F7A })
            yield return ($"text object {tag:X}", text => ([], Container(new TlvWriter().Add(tag, Bytes(text)))));
        yield return ("application label", text =>
            ([], Container(new TlvWriter().Add(0x60, new TlvWriter().Add(0x42, Bytes(text))))));
        yield return ("unknown object", text => ([], Container(new TlvWriter().Add(0x1F5D, Bytes(text)))));
        yield return ("unknown BMP", text => ([], "52" + Hex(Bytes(text))));
        yield return ("status text", text => ([Apdu("04FF", "0A01" + Container(Lines(0x24, text)))], ""));
        yield return ("error text lines", text => ([], Container(Lines(0x24, text))));
        yield return ("print lines", text => ([.. text.Split('\n').Select(line => Apdu("06D1", "00" + Hex(Bytes(line)))),
            Apdu("06D1", "81" + Hex("KUNDENBELEG"u8))], ""));
        yield return ("text block", text =>
            ([Apdu("06D3", Container(Lines(0x25, text).Add(0x1F07, 0x02)))], ""));
    }

    /// <summary>The same for packed digits or any other bytes.</summary>
    public static IEnumerable<(string Name, Func<byte[], (string[] Before, string Fields)> Make)> OfBytes()
    {
        (int, int)[] variable = [(0x22, 2), (0x23, 2), (0x24, 3), (0x2D, 2), (0x2E, 3), (0x4C, 2), (0x92, 3), (0x9A, 3)];
        foreach (var (bmp, lengthDigits) in variable)
            yield return ($"BMP {bmp:X2}", bytes => ([], Var(bmp, lengthDigits, bytes)));
        yield return ("BMP 3B", bytes => ([], "3B" + Hex(Fixed(bytes, 8))));
        foreach (var tag in new uint[]
        {
            0x08, 0x43, 0x45, 0x4C, 0x4D, 0x57, 0x5A, 0x1C, 0x21, 0x40, 0x1F01, 0x1F09, 0x1F14, 0x1F1F, 0x1F2B, 0x1F3A, 0x1F42, 0x1F45,
            0x1F5E, 0x1F73, 0x1F7F, 0x1F5D,
        })
            yield return ($"object {tag:X}", bytes => ([], Container(new TlvWriter().Add(tag, bytes))));
    }

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static byte[] Packed(string digits) => Convert.FromHexString(digits.Length % 2 == 0 ? digits : digits + "F");

    public static string Apdu(string command, string data) => data.Length / 2 < 0xFF
        ? $"{command}{data.Length / 2:X2}{data}"
        : $"{command}FF{data.Length / 2 & 0xFF:X2}{data.Length / 2 >> 8:X2}{data}";

    private static TlvWriter Lines(uint tag, string text)
    {
        var inside = new TlvWriter();
        foreach (var line in text.Split('\n')) inside.Add(0x07, Bytes(line));
        return new TlvWriter().Add(tag, inside);
    }

    private static string Container(TlvWriter inside) => Hex(new TlvWriter().Add(0x06, inside).ToOctets().Span);

    private static string Var(int bmp, int lengthDigits, byte[] value)
    {
        var length = string.Concat(value.Length.ToString(lengthDigits == 2 ? "00" : "000").Select(digit => $"F{digit}"));
        return $"{bmp:X2}{length}{Hex(value)}";
    }

    private static byte[] Fixed(byte[] value, int size) =>
        [.. value.Take(size), .. Enumerable.Repeat((byte)' ', Math.Max(0, size - value.Length))];

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes);
}
