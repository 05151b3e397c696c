using Tillbridge.Domain;

namespace Tillbridge.Protocols;

/// <summary>Receipts that we write ourselves, out of what the terminal told.</summary>
internal static class ComposedReceipts
{
    /// <summary>Both copies, for a terminal that leaves receipts to the ECR or whose own were lost with the line.</summary>
    public static IEnumerable<Receipt> Both(Conclusion conclusion, TerminalRequest request) =>
        [Compose(conclusion, request, ReceiptAudience.Merchant), Compose(conclusion, request, ReceiptAudience.Cardholder)];

    /// <summary>A receipt out of what the terminal told, for a terminal that leaves receipts to the ECR.</summary>
    private static Receipt Compose(Conclusion conclusion, TerminalRequest request, ReceiptAudience audience)
    {
        var references = conclusion.References;
        (string Name, string? Value)[] rows =
        [
            ("Terminal", references.TerminalId), ("Merchant", references.MerchantId), ("Receipt", references.Receipt),
            ("Trace", references.Trace), ("Approval", references.Approval), ("Card", conclusion.Card?.Brand),
            ("Number", conclusion.Card?.MaskedPan), ("Reference", request.Reference),
            ("Amount", (conclusion.ApprovedAmount ?? request.Total)?.ToString()), ("Result", conclusion.ResponseCode),
            ("Text", conclusion.TerminalText),
        ];
        List<ReceiptLine> lines =
        [
            new(audience is ReceiptAudience.Cardholder ? "Customer copy" : "Merchant copy", Centred: true),
            new(Title(request.Kind), Centred: true, Wide: true),
        ];
        foreach (var (name, value) in rows)
        {
            if (value is null) continue;
            foreach (var part in value.Split('\n')) lines.Add(new ReceiptLine($"{name}: {part}"));
        }

        var signed = conclusion.SignatureRequired && audience is ReceiptAudience.Merchant;
        if (signed) lines.AddRange([new(""), new("Signature: ____________________")]);
        return new Receipt(audience, lines, signed, Composed: true);
    }

    private static string Title(RequestKind kind) => kind switch
    {
        RequestKind.Refund => "REFUND",
        RequestKind.Reversal => "REVERSAL",
        RequestKind.PreAuthorization => "PRE-AUTHORISATION",
        RequestKind.Capture => "CAPTURE",
        RequestKind.CancelPreAuthorization => "RELEASE",
        _ => "PAYMENT",
    };
}
