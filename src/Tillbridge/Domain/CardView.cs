namespace Tillbridge.Domain;

/// <summary>What may be known of a card: nothing that would let anybody charge it.</summary>
/// <param name="MaskedPan">Digits with at least the middle masked by <c>*</c>; null when the terminal sent none.</param>
/// <param name="Brand">Card brand or product name as the terminal names it.</param>
/// <param name="BrandCode">The protocol's own card type number.</param>
/// <param name="EntryMode"><c>stripe</c>, <c>chip</c>, <c>contactless</c>, or null when not told.</param>
/// <param name="Sequence">Card sequence number.</param>
public sealed record CardView(
    string? MaskedPan, string? Brand = null, string? BrandCode = null, string? EntryMode = null, string? Sequence = null)
{
    /// <summary>Masks a PAN: at most the first six and the last four digits stay, and at least four are hidden.</summary>
    public static string Mask(ReadOnlySpan<char> pan)
    {
        Span<char> masked = stackalloc char[Math.Min(pan.Length, 40)];
        var (first, last) = pan.Length >= 14 ? (6, 4) : pan.Length >= 8 ? (0, 4) : (0, 0);
        for (var index = 0; index < masked.Length; index++)
        {
            var shown = index < first || index >= pan.Length - last;
            masked[index] = shown ? pan[index] : '*';
        }

        return new string(masked);
    }
}
