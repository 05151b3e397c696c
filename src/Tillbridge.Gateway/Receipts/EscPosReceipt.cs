using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Gateway.Receipts;

/// <summary>A receipt as ESC/POS bytes for a thermal printer, with a cut at the end.</summary>
public static class EscPosReceipt
{
    private const byte Space = 0x20;

    private static readonly byte[] Initialise = [0x1B, 0x40];
    private static readonly byte[] SelectCodePage437 = [0x1B, 0x74, 0x00];
    private static readonly byte[] FeedAndCut = [0x1D, 0x56, 0x42, 0x03];

    private static readonly Encoding CodePage437 = CodePagesEncodingProvider.Instance.GetEncoding(
        437, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>The bytes. Code page 437; UTF-8 when a letter is not in it, for printers that take it.</summary>
    public static byte[] Render(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var lines = receipt.Lines.Take(Receipt.MostLines).ToList();
        var fits = lines.All(line => TryEncode(PlainLine.Of(line)) is not null);
        using var bytes = new MemoryStream();
        bytes.Write(Initialise);
        if (fits) bytes.Write(SelectCodePage437);
        foreach (var line in lines)
        {
            var text = line.Centred ? PlainLine.Of(line).Trim() : PlainLine.Of(line);
            bytes.Write([0x1B, 0x61, (byte)(line.Centred ? 1 : 0)]);
            bytes.Write([0x1D, 0x21, (byte)((line.Wide ? 0x10 : 0) | (line.Tall ? 0x01 : 0))]);
            bytes.Write(fits ? TryEncode(text)! : Encoding.UTF8.GetBytes(text));
            bytes.WriteByte((byte)'\n');
        }

        bytes.Write(FeedAndCut);
        return bytes.ToArray();
    }

    // Code page 437 gives pictures to the control codes; a picture must not become a command.
    private static byte[]? TryEncode(string text)
    {
        try
        {
            var bytes = CodePage437.GetBytes(text);
            return bytes.All(value => value is >= Space and not 0x7F) ? bytes : null;
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }
}
