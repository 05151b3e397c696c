using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>The paper of the last answer: inside of it, or kept to be fetched part by part (csob-b.md §7, gpe.md §6).</summary>
internal sealed class BVirtualReceipts(BDialect dialect, BVirtualTerminal terminal)
{
    private const string TestCard = "5555 5555 5555 4444";
    private readonly Dictionary<char, IReadOnlyList<string>> copies = [];
    private IReadOnlyList<string> open = [];
    private int at;

    /// <summary>What the flags of the answer say about it.</summary>
    public ushort Flags => copies.Count > 0 ? BFrame.ReceiptWaiting : (ushort)0;

    /// <summary>Both copies of a payment; the fields that carry them inline.</summary>
    public IEnumerable<BField> Payment(BVirtualClient client, string title, string amount, string approval, string receipt,
        bool signature, bool leak)
    {
        copies.Clear();
        List<string> body =
        [
            $"3{title}", "0", $"0Terminal {client.Frame(BFrame.Activity, 0, []).TerminalId}", $"0Receipt {receipt}", $"1Amount {amount}",
            $"0Approval {approval}",
        ];
        if (leak) body.AddRange([$"0Card {TestCard}", "0Track 2 4111111111111111=28121011234567890"]);
        IReadOnlyList<string> merchant = [Centred("MERCHANT COPY"), .. body, .. signature ? ["0", "0Signature: ________________"]
            : Array.Empty<string>()];
        IReadOnlyList<string> customer = [Centred("CUSTOMER COPY"), .. body, "2Děkujeme"];
        if (dialect.Receipts.Fetch) (copies['M'], copies['C']) = (merchant, customer);
        terminal.Paper = dialect.Receipts.Fetch ? (merchant, customer) : null;
        if (!dialect.Receipts.Inline) return [];
        return Inline(client, ["{COPY M}", .. merchant, "{CUT}", "{COPY C}", "{LOGO}", .. customer, "{LINE -}", ">{DATE} {TIME}",
            "{FEED 2}", "{CUT}"]);
    }

    /// <summary>A report has a merchant's copy only.</summary>
    public IEnumerable<BField> Report(BVirtualClient client, string title, string? totals)
    {
        copies.Clear();
        IReadOnlyList<string> lines = [$"3{title}", $"0Totals {totals ?? "-"}"];
        if (dialect.Receipts.Fetch) copies['M'] = lines;
        return dialect.Receipts.Inline ? Inline(client, lines) : [];
    }

    /// <summary>The copies of the last transaction again, which T82 tells; whoever asks may fetch them.</summary>
    public void Recall()
    {
        copies.Clear();
        if (terminal.Paper is { } paper) (copies['M'], copies['C']) = (paper.Merchant, paper.Customer);
    }

    /// <summary>Without paper.</summary>
    public void Clear() => copies.Clear();

    /// <summary>The part that a B3 asks for; a copy that does not exist is an end at once.</summary>
    public IReadOnlyList<BField> Next(BFrame request)
    {
        var (line, control) = (dialect.Fids[BFields.ReceiptLine], dialect.Fids[BFields.ReceiptControl]);
        var which = request.Raw(control) is { Length: > 0 } text ? text[0] : '?';
        // One client asks for the next part with a minus, the maker's own with a blank.
        if (which is not ('-' or ' ')) (open, at) = (copies.GetValueOrDefault(which, []), 0);
        var raw = new StringBuilder();
        while (at < open.Count)
        {
            var next = $"{BField.SubMark}{line[1]}{BFrame.RawOf(open[at], dialect.Encoding)}";
            if (raw.Length > 0 && raw.Length + next.Length > dialect.Receipts.PartBytes) break;
            raw.Append(next);
            at++;
        }

        return [new(line[0], $"{raw}{BField.SubMark}{control[1]}{(at < open.Count ? '1' : '0')}")];
    }

    private string Centred(string text) => dialect.Receipts.Styles.ContainsKey('^') ? $"^{text}" : $"0{text}";

    private IEnumerable<BField> Inline(BVirtualClient client, IReadOnlyList<string> lines)
    {
        if (dialect.Has(BFields.CodePage)) yield return client.Field(BFields.CodePage, "0");
        yield return client.Field(BFields.Printing, string.Join('\n', lines));
    }
}
