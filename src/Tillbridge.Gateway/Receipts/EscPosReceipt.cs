using Tillbridge.Domain;

namespace Tillbridge.Gateway.Receipts;

/// <summary>A receipt as ESC/POS bytes for a thermal printer, with a cut at the end.</summary>
public static class EscPosReceipt
{
    private static readonly byte[] Initialise = [0x1B, 0x40];
    private static readonly byte[] FeedAndCut = [0x1D, 0x56, 0x42, 0x03];

    /// <summary>
    /// The bytes. The first table that has every letter of the receipt is chosen, else one for each line; a letter that none has becomes
    /// its base letter. With a table that is asked for, everything is in it.
    /// </summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="table">The one table that the printer has; null chooses.</param>
    public static byte[] Render(Receipt receipt, EscPosTable? table = null)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var lines = receipt.Lines.Take(Receipt.MostLines)
            .Select(line => (line, Text: line.Centred ? PlainLine.Of(line).Trim() : PlainLine.Of(line))).ToList();
        table ??= Common([.. lines.Select(line => line.Text)]);
        using var bytes = new MemoryStream();
        bytes.Write(Initialise);
        EscPosTable? selected = null;
        foreach (var (line, text) in lines)
        {
            var wanted = table ?? Best(text);
            if (wanted != selected) bytes.Write([0x1B, 0x74, (byte)wanted]);
            selected = wanted;
            bytes.Write([0x1B, 0x61, (byte)(line.Centred ? 1 : 0)]);
            bytes.Write([0x1D, 0x21, (byte)((line.Wide ? 0x10 : 0) | (line.Tall ? 0x01 : 0))]);
            bytes.Write(PrinterLetters.Encode(wanted, text));
            bytes.WriteByte((byte)'\n');
        }

        bytes.Write(FeedAndCut);
        return bytes.ToArray();
    }

    private static EscPosTable? Common(IReadOnlyList<string> lines)
    {
        foreach (var table in PrinterLetters.Order)
        {
            if (lines.All(line => PrinterLetters.Has(table, line))) return table;
        }

        return null;
    }

    private static EscPosTable Best(string line) => PrinterLetters.Order.MinBy(table => PrinterLetters.Missing(table, line));
}
