using System.Net;
using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Gateway.Receipts;

/// <summary>A receipt as a page that can be printed as it is, on a roll of 80 mm or on paper.</summary>
public static class HtmlReceipt
{
    private const string Head = """
        <!doctype html>
        <html><head><meta charset="utf-8"><title>Receipt</title><style>
        @page { size: 80mm auto; margin: 4mm }
        body { font: 12px/1.35 "DejaVu Sans Mono", Consolas, monospace; width: 72mm; margin: 0 auto; color: #000 }
        div { white-space: pre-wrap; min-height: 1.35em }
        .centred { text-align: center } .wide { font-size: 150%; letter-spacing: .1em } .tall { font-size: 150%; line-height: 1.6 }
        </style></head><body>

        """;

    /// <summary>The page; everything that the terminal sent is escaped.</summary>
    public static string Render(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var html = new StringBuilder(Head);
        foreach (var line in receipt.Lines.Take(Receipt.MostLines))
        {
            var style = string.Join(' ', Styles(line));
            html.Append(style.Length == 0 ? "<div>" : $"<div class=\"{style}\">")
                .Append(WebUtility.HtmlEncode(line.Centred ? PlainLine.Of(line).Trim() : PlainLine.Of(line)))
                .Append("</div>\n");
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static IEnumerable<string> Styles(ReceiptLine line)
    {
        if (line.Centred) yield return "centred";
        if (line.Wide) yield return "wide";
        if (line.Tall) yield return "tall";
    }
}
