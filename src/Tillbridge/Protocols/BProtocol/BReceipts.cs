using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>Receipts that came.</summary>
internal sealed record BCollected(IReadOnlyList<Receipt> All, bool HasUnknown);

/// <summary>
/// Collects a result's receipts: out of FID P, or part by part with B3 and B4 (csob-b.md §7). A lost receipt undoes no booking.
/// </summary>
internal sealed class BReceipts(BTalk talk, BDialect dialect)
{
    private const int MostParts = 200;
    private const string More = "1";

    public async Task<BCollected> Collect(BFrame result, TerminalRequest request, CancellationToken shutdown)
    {
        var isMoney = request.Kind.MovesMoney();
        if (dialect.Receipts.Inline) return Inline(result, dialect, isMoney);
        if (!dialect.Receipts.Fetch || (result.Flags & BFrame.ReceiptWaiting) == 0) return new([], false);
        var all = new List<Receipt>();
        try
        {
            foreach (var (copy, audience) in new[] { ('M', ReceiptAudience.Merchant), ('C', ReceiptAudience.Cardholder) })
            {
                var lines = await Fetch(copy, shutdown);
                if (lines.Count == 0) continue;
                var signed = audience is ReceiptAudience.Merchant && (result.Flags & BFrame.SignatureRequired) != 0;
                all.Add(new(isMoney ? audience : ReceiptAudience.Administration, lines, signed));
            }
        }
        catch (Exception lost) when (lost is LinkLostException or ProtocolViolationException)
        {
            // The result is heard; what is missing of the paper is composed.
        }

        return new(all, false);
    }

    public static BCollected Inline(BFrame result, BDialect dialect, bool isMoney)
    {
        if (BPrintText.TextOf(result, dialect) is not { } text) return new([], false);
        var reader = new BPrintText(dialect);
        return new(reader.Read(text, result, isMoney), reader.Unknown.Count > 0);
    }

    private async Task<List<ReceiptLine>> Fetch(char copy, CancellationToken shutdown)
    {
        var (lines, which) = (new List<ReceiptLine>(), copy);
        var (line, control) = (dialect.Fids[BFields.ReceiptLine], dialect.Fids[BFields.ReceiptControl]);
        for (var parts = 0; parts < MostParts; parts++)
        {
            var part = await talk.ReceiptPart(which, shutdown);
            foreach (var (letter, raw) in part.Fields.Where(field => field.Fid == line[0]).SelectMany(field => field.Subs))
            {
                if (letter == line[1] && lines.Count < Receipt.MostLines) lines.Add(new BPrintText(dialect).Line(raw));
            }

            if (part.Raw(control) != More) break;
            which = '-';
        }

        return lines;
    }
}
