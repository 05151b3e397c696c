using System.Collections.Frozen;
using Tillbridge.Domain;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>Codes as words, and the one place that turns a terminal's final result code into an outcome (zvt.md §12 to §14).</summary>
internal static class ZvtCodes
{
    public const byte Ok = 0x00;
    public const byte LastHostCode = 0x63;
    public const byte Stopped = 0x6C;

    private const byte RemoveCardFirst = 0x41;
    private const byte RemoveCardLast = 0x5D;
    private const byte RemoveCardOnly = 0x4B;

    private readonly record struct Words(string English, string German)
    {
        public string In(string language) => language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? German : English;
    }

    // zvt.md §12. 41 to 5D are not rows: they are the code 40 lower and a request to take the card.
    private static readonly FrozenDictionary<byte, Words> Progress = new Dictionary<byte, Words>
    {
        [0x00] = new("Waiting for the amount to be confirmed", "BZT wartet auf Betragbestätigung"),
        [0x01] = new("Please watch the PIN pad", "Bitte Anzeigen auf dem PIN-Pad beachten"),
        [0x02] = new("Please watch the PIN pad", "Bitte Anzeigen auf dem PIN-Pad beachten"),
        [0x03] = new("Not accepted", "Vorgang nicht möglich"),
        [0x04] = new("Waiting for the host", "BZT wartet auf Antwort vom FEP"),
        [0x05] = new("Sending an automatic reversal", "BZT sendet Autostorno"),
        [0x06] = new("Sending post-bookings", "BZT sendet Nachbuchungen"),
        [0x07] = new("Card not admitted", "Karte nicht zugelassen"),
        [0x08] = new("Card unknown", "Karte unbekannt / undefiniert"),
        [0x09] = new("Expired card", "Karte verfallen"),
        [0x0A] = new("Insert card", "Karte einstecken"),
        [0x0B] = new("Please remove the card", "Bitte Karte entnehmen!"),
        [0x0C] = new("Card not readable", "Karte nicht lesbar"),
        [0x0D] = new("Processing error", "Vorgang abgebrochen"),
        [0x0E] = new("Please wait", "Vorgang wird bearbeitet bitte warten..."),
        [0x0F] = new("An automatic end-of-day starts", "BZT leitet einen automatischen Kassenabschluss ein"),
        [0x10] = new("Invalid card", "Karte ungültig"),
        [0x11] = new("Balance display", "Guthabenanzeige"),
        [0x12] = new("System malfunction", "Systemfehler"),
        [0x13] = new("Payment not possible", "Zahlung nicht möglich"),
        [0x14] = new("Credit not sufficient", "Guthaben nicht ausreichend"),
        [0x15] = new("Incorrect PIN", "Geheimzahl falsch"),
        [0x16] = new("Limit not sufficient", "Limit nicht ausreichend"),
        [0x17] = new("Please wait", "Bitte warten..."),
        [0x18] = new("PIN tried too often", "Geheimzahl zu oft falsch"),
        [0x19] = new("Card data incorrect", "Kartendaten falsch"),
        [0x1A] = new("Service mode", "Servicemodus"),
        [0x1B] = new("Approved, please fill up", "Autorisierung erfolgt. Bitte tanken"),
        [0x1C] = new("Approved, please take the goods", "Zahlung erfolgt. Bitte Ware entnehmen"),
        [0x1D] = new("Declined", "Autorisierung nicht möglich"),
        [0x26] = new("Waiting for the mobile number", "BZT wartet auf Eingabe der Mobilfunknummer"),
        [0x27] = new("Waiting for the mobile number again", "BZT wartet auf Wiederholung der Mobilfunknummer"),
        [0x28] = new("Currency selection, please wait", "Währungsauswahl, bitte warten..."),
        [0x29] = new("Language selection, please wait", "Sprachauswahl, bitte warten..."),
        [0x2A] = new("Insert the card to load it", "Zum Laden Karte einstecken"),
        [0x2B] = new("Emergency transaction, please wait", "Offline-Notbetrieb, bitte warten"),
        [0x2C] = new("Application selection, please wait", "Auswahl Debit/Kredit, bitte warten"),
        // [spec13.11+] only after tag 1F6E; it takes the place of 1E + 40.
        [0x5E] = new("The contactless card may be removed", "Kontaktlose Karte fertig gelesen, bitte entnehmen"),
        [0x68] = new("A customer card was inserted", "BZT hat Einstecken der Kundenkarte erkannt"),
        [0x69] = new("Please select the currency", "Bitte DCC auswählen"),
        // [vendor:Ingenico] private codes.
        [0xA0] = new("Payment done", "Zahlung erfolgt"),
        [0xA1] = new("Payment done, please remove the card", "Zahlung erfolgt, bitte Karte entnehmen!"),
        [0xA2] = new("Reversal done", "Storno erfolgt"),
        [0xA3] = new("Reversal done, please remove the card", "Storno erfolgt, bitte Karte entnehmen!"),
        [0xA4] = new("Reversal not possible", "Storno nicht möglich"),
        [0xA5] = new("Reversal not possible, please remove the card", "Storno nicht möglich, bitte Karte entnehmen!"),
        [0xC7] = new("Waiting for the mileage", "BZT wartet auf Eingabe des Kilometerstands"),
        [0xC8] = new("Waiting for the cashier", "BZT wartet auf Kassierer"),
        [0xC9] = new("An automatic diagnosis starts", "BZT leitet eine automatische Diagnose ein"),
        [0xCA] = new("An automatic initialisation starts", "BZT leitet eine automatische Initialisierung ein"),
        [0xCB] = new("Merchant journal full", "Händlerjournal voll"),
        [0xCC] = new("Direct debit not possible, PIN required", "Lastschrift nicht möglich, PIN notwendig"),
        [0xD2] = new("Connecting", "DFÜ-Verbindung wird hergestellt"),
        [0xD3] = new("Connected", "DFÜ-Verbindung besteht"),
        [0xE0] = new("Waiting for the application to be selected", "BZT wartet auf Anwendungsauswahl"),
        [0xE1] = new("Waiting for the language to be selected", "BZT wartet auf Sprachauswahl"),
        [0xE2] = new("Please use the cleaning card", "BZT fordert auf, die Reinigungskarte zu benutzen"),
        [0xF1] = new("Offline", "Offline"),
        [0xF2] = new("Online", "Online"),
        [0xF3] = new("Offline transaction", "Offline-Transaktion"),
        [0xFF] = new("Please watch the terminal", "Bitte Anzeige am Terminal beachten"),
    }.ToFrozenDictionary();

    // zvt.md §13, without 00 and the host's codes 01 to 63.
    private static readonly FrozenDictionary<byte, Words> Results = new Dictionary<byte, Words>
    {
        [0x64] = new("Card not readable", "Karte nicht lesbar"),
        [0x65] = new("No card data", "Keine Kartendaten vorhanden"),
        [0x66] = new("Processing error", "Verarbeitungsfehler"),
        [0x67] = new("Not allowed for girocard and Maestro cards", "Funktion für ec- und Maestro-Karten nicht erlaubt"),
        [0x68] = new("Not allowed for credit and fuel cards", "Funktion für Kredit- und Tankkarten nicht erlaubt"),
        [0x6A] = new("Turnover file full", "Umsatzdatei voll"),
        [0x6B] = new("Function deactivated, terminal not registered", "Funktion deaktiviert, Terminal nicht angemeldet"),
        [0x6C] = new("Aborted by time-out or stop key", "Abbruch durch Zeitüberschreitung oder Stop-Taste"),
        [0x6E] = new("Card blocked", "Karte gesperrt"),
        [0x6F] = new("Wrong currency", "Falsche Währung"),
        [0x71] = new("Credit on the chip not sufficient", "Guthaben auf dem Chip nicht ausreichend"),
        [0x72] = new("Chip error", "Chipfehler"),
        [0x73] = new("Card data incorrect", "Kartendaten fehlerhaft"),
        [0x74] = new("DUKPT exhausted", "DUKPT erschöpft"),
        [0x75] = new("Text not authentic", "Text nicht authentisch"),
        [0x76] = new("Card not on the white list", "Karte nicht in der Positivliste"),
        [0x77] = new("End-of-day not possible", "Kassenabschluss nicht möglich"),
        [0x78] = new("Card expired", "Karte verfallen"),
        [0x79] = new("Card not yet valid", "Karte noch nicht gültig"),
        [0x7A] = new("Card unknown", "Karte unbekannt"),
        [0x7B] = new("No fallback to the stripe for girocard", "Kein Fallback auf Magnetstreifen bei girocard"),
        [0x7C] = new("No fallback to the stripe", "Kein Fallback auf Magnetstreifen"),
        [0x7D] = new("Communication error", "Kommunikationsfehler"),
        [0x7E] = new("No fallback, direct debit possible", "Kein Fallback, Lastschrift möglich"),
        [0x83] = new("Function not possible", "Funktion nicht möglich"),
        [0x85] = new("Key missing", "Schlüssel fehlt"),
        [0x89] = new("PIN pad defective", "PIN-Pad defekt"),
        [0x9A] = new("ZVT protocol error", "ZVT-Protokollfehler"),
        [0x9B] = new("Dial-up or communication fault", "Fehler bei Einwahl oder Kommunikation"),
        [0x9C] = new("Please wait", "Bitte warten"),
        [0xA0] = new("Receiver not ready", "Empfänger nicht bereit"),
        [0xA1] = new("Remote station does not answer", "Gegenstelle antwortet nicht"),
        [0xA3] = new("No connection", "Keine Verbindung"),
        [0xA4] = new("Submission of GeldKarte not possible", "Einreichung der GeldKarte nicht möglich"),
        [0xA5] = new("Function not allowed by PCI rules", "Funktion wegen PCI-Regeln nicht erlaubt"),
        [0xB1] = new("Memory full", "Speicher voll"),
        [0xB2] = new("Merchant journal full", "Händlerjournal voll"),
        [0xB4] = new("Already reversed", "Bereits storniert"),
        [0xB5] = new("Reversal not possible", "Storno nicht möglich"),
        [0xB7] = new("Pre-authorisation incorrect", "Vorautorisierung fehlerhaft"),
        [0xB8] = new("Error in pre-authorisation", "Fehler bei Vorautorisierung"),
        [0xBF] = new("Supply voltage low", "Versorgungsspannung zu niedrig"),
        [0xC0] = new("Card lock defective", "Kartenverriegelung defekt"),
        [0xC1] = new("Merchant card locked", "Händlerkarte gesperrt"),
        [0xC2] = new("Diagnosis required", "Diagnose erforderlich"),
        [0xC3] = new("Maximum amount exceeded", "Maximalbetrag überschritten"),
        [0xC4] = new("Card profile invalid", "Kartenprofil ungültig"),
        [0xC5] = new("Payment method not supported", "Zahlungsverfahren nicht unterstützt"),
        [0xC6] = new("Currency not applicable", "Währung nicht anwendbar"),
        [0xC8] = new("Amount too small", "Betrag zu klein"),
        [0xC9] = new("Limit for one transaction too small", "Maximaler Transaktionsbetrag zu klein"),
        [0xCB] = new("Only in euro", "Nur in Euro möglich"),
        [0xCC] = new("Printer not ready", "Drucker nicht bereit"),
        [0xCD] = new("Cashback not possible", "Barauszahlung nicht möglich"),
        [0xD2] = new("Not allowed for service and bank customer cards", "Funktion für Service- und Bankkundenkarten nicht erlaubt"),
        [0xDC] = new("Card inserted", "Karte eingesteckt"),
        [0xDD] = new("Error while ejecting the card", "Fehler beim Kartenauswurf"),
        [0xDE] = new("Error while inserting the card", "Fehler beim Karteneinzug"),
        [0xE0] = new("Remote maintenance active", "Fernwartung aktiv"),
        [0xE2] = new("Card reader does not answer", "Kartenleser antwortet nicht"),
        [0xE3] = new("Shutter closed", "Shutter geschlossen"),
        [0xE4] = new("Terminal activation required", "Terminalaktivierung erforderlich"),
        [0xE7] = new("Goods group not found", "Warengruppe nicht gefunden"),
        [0xE8] = new("No table of goods groups", "Keine Warengruppentabelle"),
        [0xE9] = new("Wrong restriction code", "Falscher Restriktionscode"),
        [0xEA] = new("Card code not allowed", "Kartencode nicht erlaubt"),
        [0xEB] = new("PIN algorithm unknown", "PIN-Algorithmus unbekannt"),
        [0xEC] = new("PIN processing impossible", "PIN-Verarbeitung nicht möglich"),
        [0xED] = new("PIN pad defective", "PIN-Pad defekt"),
        [0xF0] = new("An end-of-day batch is open", "Offener Kassenabschluss"),
        [0xF1] = new("Offline error of ec-cash or Maestro", "ec-cash/Maestro-Offlinefehler"),
        [0xF5] = new("OPT error", "OPT-Fehler"),
        [0xF6] = new("OPT data missing", "OPT-Daten nicht vorhanden"),
        [0xFA] = new("Clearing error of offline transactions", "Fehler beim Übertragen von Offline-Transaktionen"),
        [0xFB] = new("Turnover data defective", "Umsatzdaten fehlerhaft"),
        [0xFC] = new("A device is missing or defective", "Notwendiges Gerät nicht vorhanden oder defekt"),
        [0xFD] = new("Baud rate not supported", "Baudrate nicht unterstützt"),
        [0xFE] = new("Register unknown", "Register unbekannt"),
        [0xFF] = new("System error", "Systemfehler"),
    }.ToFrozenDictionary();

    // zvt.md §13, terminal status; the others read like the result codes.
    private static readonly FrozenDictionary<byte, Words> Statuses = new Dictionary<byte, Words>
    {
        [0x00] = new("Ready", "Bereit"),
        [0x51] = new("Initialisation necessary", "Initialisierung erforderlich"),
        [0x62] = new("Date or time incorrect", "Datum oder Uhrzeit fehlerhaft"),
        [0x9C] = new("Please wait, software update", "Bitte warten, Softwareupdate läuft"),
        [0x9D] = new("Partial issue of goods", "Teilausgabe"),
        [0xDF] = new("Out of order", "Außer Betrieb"),
        [0xE1] = new("Card not fully removed", "Karte nicht vollständig entnommen"),
        [0xF0] = new("End-of-day required", "Kassenabschluss erforderlich"),
    }.ToFrozenDictionary();

    // zvt.md §14, decimal. Unknown numbers pass through as numbers.
    private static readonly FrozenDictionary<int, string> Cards = new Dictionary<int, string>
    {
        [2] = "ec-Karte", [5] = "girocard", [6] = "Mastercard", [7] = "EAPS", [8] = "American Express", [9] = "Lastschrift (ELV)",
        [10] = "Visa", [11] = "Visa Electron", [12] = "Diners", [13] = "V PAY", [14] = "JCB", [15] = "REKA", [16] = "Esso",
        [18] = "DKV/SVG", [20] = "Shell", [23] = "boncard POINTS", [25] = "boncard PAY", [28] = "UTA", [30] = "GeldKarte",
        [46] = "Maestro", [47] = "GiftCard", [55] = "ManorCard", [57] = "Power Card", [61] = "SwissBonus", [63] = "SwissCadeau",
        [67] = "WIRcard", [69] = "PostFinance", [76] = "IKEA Family Plus", [83] = "Lunch-Check", [87] = "Bancontact",
        [89] = "PAYBACK PAY", [97] = "Alipay", [107] = "Alipay", [111] = "Instant payment", [127] = "AirPlus",
        [180] = "paysafecard", [181] = "paysafecard", [196] = "Dankort", [197] = "Visa/Dankort", [198] = "China UnionPay",
        [200] = "Payback", [202] = "Payback", [217] = "Austria Card", [218] = "ConCardis gift card", [219] = "TeleCash gift card",
        [221] = "ADAC", [228] = "ÖBB Vorteilscard", [232] = "Discover", [240] = "Intercard", [241] = "Intercard",
        [256] = "MIFARE", [258] = "Ratenkauf", [260] = "BlueCode",
    }.ToFrozenDictionary();

    public static IEnumerable<byte> KnownProgress => Progress.Keys;

    public static IEnumerable<byte> KnownResults => Results.Keys;

    /// <summary>The words of an intermediate status; for a code that nobody knows the code itself.</summary>
    public static string ProgressText(byte status, string language)
    {
        if (Progress.TryGetValue(status, out var words)) return words.In(language);
        // zvt.md §12: 41 to 5D and 66, 67 are the code 40 lower plus a request; 4A is unused and 4B is the request alone.
        var takeCard = Progress[0x0B].In(language);
        if (status == RemoveCardOnly) return takeCard;
        var isTakeCard = status is >= RemoveCardFirst and <= RemoveCardLast or 0x66 or 0x67;
        if (isTakeCard && Progress.TryGetValue((byte)(status - 0x40), out words)) return $"{words.In(language).TrimEnd('.')}. {takeCard}";
        return $"Status {status:X2}";
    }

    /// <summary>What an intermediate status is about (zvt.md §12).</summary>
    public static string ProgressCode(byte status) => status switch
    {
        0x0A or 0x2A => Domain.ProgressCode.InsertCard,
        0x01 or 0x02 or 0xCC => Domain.ProgressCode.EnterPin,
        0x04 or 0x05 or 0x06 or 0xD2 or 0xD3 => Domain.ProgressCode.HostContact,
        0x15 or 0x55 => Domain.ProgressCode.WrongPin,
        0x03 or 0x07 or 0x08 or 0x09 or 0x0C or 0x10 or 0x13 or 0x14 or 0x16 or 0x18 or 0x19 or 0x1D => Domain.ProgressCode.CardRefused,
        // The same, with the request to take the card.
        0x43 or 0x47 or 0x48 or 0x49 or 0x4C or 0x50 or 0x53 or 0x54 or 0x56 or 0x58 or 0x59 or 0x5D => Domain.ProgressCode.CardRefused,
        RemoveCardOnly or 0x0B or 0x5E or 0x66 or 0x67 or (>= RemoveCardFirst and <= RemoveCardLast) => Domain.ProgressCode.RemoveCard,
        0x00 or 0x0D or 0x0E or 0x0F or 0x17 or 0x1A or (>= 0x26 and <= 0x2C) or 0xC8 or 0xC9 or 0xCA or (>= 0xF1 and <= 0xF3) =>
            Domain.ProgressCode.PleaseWait,
        _ => Domain.ProgressCode.Other,
    };

    /// <summary>The words of a result code. Codes of the host are shown in decimal, as the host's own receipts print them.</summary>
    public static string ResultText(byte code, string language)
    {
        if (code == Ok) return "OK";
        if (code <= LastHostCode) return new Words($"host code {code:D2}", $"Hostcode {code:D2}").In(language);
        return Results.TryGetValue(code, out var words) ? words.In(language) : new Words($"code {code:X2}", $"Code {code:X2}").In(language);
    }

    public static string? CardName(int type) => type is >= 142 and <= 166 ? "Fleet card" : Cards.GetValueOrDefault(type);

    public static string TerminalStatusText(byte status, string language)
    {
        if (Statuses.TryGetValue(status, out var words)) return words.In(language);
        return Results.TryGetValue(status, out words) ? words.In(language) : $"Status {status:X2}";
    }

    /// <summary>
    /// What a terminal's own final word means for money. Never to be asked about a code that arrived before the end of a conversation.
    /// </summary>
    public static (Outcome Outcome, string Reason) Judge(byte resultCode) => resultCode switch
    {
        Ok => (Outcome.Approved, Reason.Approved),
        <= LastHostCode => (Outcome.Declined, Reason.DeclinedByIssuer),
        Stopped => (Outcome.Cancelled, Reason.Cancelled),

        // Our choice [D]: the card, its rules or a limit stands against it, so another card or amount may help: declined, not failed.
        // Another currency: no other card would help.
        0x6F or 0xC6 or 0xCB => (Outcome.Failed, Reason.Unsupported),
        0x64 or 0x65 or 0x67 or 0x68 or 0x6E or (>= 0x71 and <= 0x76) or (>= 0x78 and <= 0x7C) or 0x7E
            or 0xB4 or 0xB5 or 0xB7 or 0xB8 or 0xC3 or 0xC5 or 0xC8 or 0xC9 or 0xCD
            or 0xD2 or 0xDD or 0xDE or (>= 0xE7 and <= 0xEA) => (Outcome.Declined, Reason.DeclinedByTerminal),

        0x9C or 0xA0 or 0xA1 => (Outcome.Failed, Reason.TerminalBusy),
        0x83 => (Outcome.Failed, Reason.Unsupported),

        // Our choice [D]: somebody has to do something at the terminal first, and zvt.md §13 names the command or the part.
        0x6A or 0x6B or 0x85 or 0xB1 or 0xB2 or 0xBF or 0xC1 or 0xC2 or 0xC4 or 0xCC or 0xDC or 0xE0 or 0xE3 or 0xE4 or 0xF0 or 0xF6 =>
            (Outcome.Failed, Reason.TerminalNotReady),

        // 66, 77, 7D, 89, 9A, 9B, A3 to A5, C0, E2, EB to ED, F1 to FF, and what no table knows: a technical end in the terminal's words.
        _ => (Outcome.Failed, Reason.TerminalFailed),
    };
}
