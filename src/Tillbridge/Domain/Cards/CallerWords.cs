using System.Text.RegularExpressions;

namespace Tillbridge.Domain.Cards;

/// <summary>
/// A caller's own words are kept and sent as they are, so one that holds a card's number is refused: masked, it would no longer be the
/// caller's.
/// </summary>
internal static partial class CallerWords
{
    /// <summary>The first field that holds a card number, by its caller's name for it, and a sentence; null when none does.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="metadata">The caller's own data.</param>
    /// <param name="face">What a foreign interface keeps with it.</param>
    public static (string Field, string Text)? Fault(
        TerminalRequest request, string? key, IReadOnlyDictionary<string, string>? metadata, SessionFace? face)
    {
        var details = request.Details;
        (string Name, string? Text)[] texts =
        [
            ("Idempotency-Key", key), ("reference", request.Reference), ("original.receipt", request.Original?.Receipt),
            ("original.rrn", request.Original?.Rrn), ("original.approval", request.Original?.Approval),
            ("details.referenceNumber", details?.ReferenceNumber), ("details.clientId", details?.ClientId),
            ("details.accountNumber", details?.AccountNumber), ("details.region", details?.Region),
            .. (metadata ?? new Dictionary<string, string>()).SelectMany(pair => new (string, string?)[]
            {
                ("metadata", pair.Key), ($"metadata.{pair.Key}", pair.Value),
            }),
            ("callbackUrl", face?.Data),
        ];
        foreach (var (name, text) in texts)
        {
            if (text is not null && Holds(text)) return (name, Sentence(name));
        }

        return null;
    }

    /// <summary>Whether a caller's text holds what reads as a card's number.</summary>
    public static bool Holds(string text) => CardText.Holds(RandomId().Replace(text, "id"));

    /// <summary>What is said to whoever sent it; the number is not said again.</summary>
    public static string Sentence(string field) =>
        $"'{field}' holds what reads as a full card number, which may be kept nowhere; send a number of your own, or a masked one.";

    // A UUID or hash is a key like any other, though one in some thousands has a row of digits that reads as a card's number.
    [GeneratedRegex("(?=[0-9-]*[a-f][0-9-]*[a-f][0-9-]*[a-f])[0-9a-f][0-9a-f-]{22,}[0-9a-f]",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RandomId();
}
