using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Gateway.Receipts;

/// <summary>A receipt as plain text. Double size has no form there and is dropped.</summary>
public static class TextReceipt
{
    private const int LeastColumns = 32;

    /// <summary>The receipt, one line per line.</summary>
    public static string Render(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var lines = receipt.Lines.Take(Receipt.MostLines).Select(line => (Text: PlainLine.Of(line), line.Centred)).ToList();
        var columns = lines.Select(line => line.Text.Length).Append(LeastColumns).Max();
        var text = new StringBuilder();
        foreach (var (line, centred) in lines)
        {
            var shown = centred ? line.Trim() : line;
            if (centred) text.Append(' ', (columns - shown.Length) / 2);
            text.Append(shown).Append('\n');
        }

        return text.ToString();
    }
}
