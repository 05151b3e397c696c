using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Protocols.Zvt;

/// <summary>
/// Whose slip it is that came line by line: single lines carry no type, but terminals name the copy in their own language, spaced out or
/// not [inferred].
/// </summary>
internal static class ZvtSlipWords
{
    // A heading names a paper and a person; a sentence that holds both words is longer.
    private const int MostLetters = 45;

    private static readonly string[] Papers =
    [
        "beleg", "quittung", "ausfertigung", "exemplar", "copy", "receipt", "slip", "copia", "ricevuta", "scontrino", "recibo", "kopie",
        "kopia", "kópia", "doklad", "účtenka", "stvrzenka", "potvrden", "potvrzen", "ticket", "exemplaire", "reçu", "copie", "odcinek",
        "wydruk", "potwierdzenie", "paragon", "másolat", "példány", "chitanta", "chitanță", "exemplarul", "račun", "kopija",
        "чек", "квитанц", "копия", "копія", "экземпляр", "примірник",
    ];

    private static readonly string[] Cardholders =
    [
        "kunde", "karteninhaber", "customer", "cardholder", "client", "cliente", "titolare", "titular", "titulaire", "porteur", "klient",
        "zákazn", "zakazn", "držitel", "držiteľ", "posiadacz", "ügyfél", "vásárló", "kártyabirtokos", "stranka", "kupec", "kupac",
        "покупател", "покупц", "клиент", "клієнт", "держател", "klant", "kaarthouder",
    ];

    private static readonly string[] Merchants =
    [
        "händler", "haendler", "vertragsunternehmen", "vertragspartner", "merchant", "retailer", "esercente", "comerciante", "comercio",
        "commerçant", "commercant", "accepteur", "obchodn", "sprzedaw", "akceptant", "kereskedő", "elfogadó", "comerciant", "trgovec",
        "trgovac", "prodajno", "торгов", "продав", "магазин", "winkelier",
    ];

    /// <summary>The reader that the lines name; null when they name none, or both.</summary>
    public static ReceiptAudience? Find(IEnumerable<string> lines)
    {
        var (cardholder, merchant) = (false, false);
        foreach (var line in lines)
        {
            // "K-U-N-D-E-N-B-E-L-E-G" and "* * * Copia cliente * * *" are read without what stands between.
            var letters = string.Concat(line.Where(char.IsLetter)).ToLower(CultureInfo.InvariantCulture);
            if (letters.Length is 0 or > MostLetters || !Names(letters, Papers)) continue;
            var isMerchants = Names(letters, Merchants);
            // A "comerciante" is no "client" and the other way round, but a line that names both names nobody.
            cardholder |= Names(letters, Cardholders) && !isMerchants;
            merchant |= isMerchants && !Names(letters, Cardholders);
        }

        return cardholder == merchant ? null : cardholder ? ReceiptAudience.Cardholder : ReceiptAudience.Merchant;
    }

    private static bool Names(string letters, string[] words) =>
        Array.Exists(words, word => letters.Contains(word, StringComparison.Ordinal));
}
