using System.Collections.Frozen;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>Response codes and progress in words (gpe.md §8, csob-b.md §10). The two dialects share no code but 000.</summary>
internal static class BCodes
{
    private static readonly FrozenDictionary<string, (string En, string Cs)> Texts = new Dictionary<string, (string, string)>
    {
        ["010"] = ("Accepted for a part of the amount", "Schváleno na část částky"),
        ["050"] = ("General processing error", "Obecná chyba zpracování"),
        ["051"] = ("No connection to the central systems", "Není spojení s centrálním systémem"),
        ["053"] = ("The answer of the central system was not delivered", "Odpověď centrálního systému nebyla doručena"),
        ["055"] = ("Declined by the chip card, offline", "Zamítnuto čipovou kartou (offline)"),
        ["056"] = ("Declined by the authorisation host", "Zamítnuto autorizačním centrem"),
        ["060"] = ("Cancelled by the operator", "Zrušeno obsluhou"),
        ["061"] = ("Cancelled by the customer", "Zrušeno zákazníkem"),
        ["062"] = ("The customer refused the amount", "Zákazník nesouhlasil s částkou"),
        ["063"] = ("Time limit exceeded", "Překročen časový limit"),
        ["070"] = ("The transaction was not cancelled", "Transakce nebyla stornována"),
        ["071"] = ("Currency not supported", "Měna není podporována"),
        ["080"] = ("No paper in the terminal", "V terminálu došel papír"),
        ["081"] = ("Reversal successful", "Storno úspěšné"),
        ["082"] = ("Reversal successful, the card was removed too soon", "Storno úspěšné, karta vyjmuta příliš brzy"),
        ["100"] = ("Transaction not supported or not allowed", "Transakce není podporována nebo povolena"),
        ["101"] = ("Invalid card", "Neplatná karta"),
        ["103"] = ("Message format error", "Chyba formátu zprávy"),
        ["106"] = ("Error in message CRC", "Chyba CRC zprávy"),
        ["107"] = ("Error in message MAC", "Chyba MAC zprávy"),
        ["108"] = ("The terminal is busy", "Terminál je zaneprázdněn"),
        ["110"] = ("Amount not allowed", "Nepovolená částka"),
        ["160"] = ("Totals differ, closing completed", "Součty nesouhlasí, uzávěrka dokončena"),
        ["161"] = ("Totals differ, closing not finished", "Součty nesouhlasí, uzávěrka nedokončena"),
        ["200"] = ("A mandatory field is missing", "Chybí povinné pole"),
        ["360"] = ("The original message was not found", "Původní zpráva nebyla nalezena"),
        ["500"] = ("Internal application error", "Vnitřní chyba aplikace"),
        ["-01"] = ("Cancelled by the user, or wrong PIN", "Zrušeno uživatelem nebo chybný PIN"),
        ["-02"] = ("The terminal cannot do it now", "Terminál to teď nemůže provést"),
        ["-09"] = ("Card error", "Chyba karty"),
        ["-10"] = ("Card expired", "Karta je prošlá"),
        ["-11"] = ("Card not yet valid", "Karta ještě neplatí"),
        ["-12"] = ("Insufficient funds", "Nedostatek prostředků"),
        ["-18"] = ("Time limit over", "Vypršel časový limit"),
        ["-21"] = ("Operation discarded", "Operace byla zrušena"),
        ["-29"] = ("Card blocked", "Karta je blokovaná"),
        ["-99"] = ("Error in the message", "Chyba ve zprávě"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string En, string Cs)> Steps = new Dictionary<string, (string, string)>
    {
        ["connecting"] = ("Connecting to the terminal", "Připojuji se k terminálu"),
        ["accepted"] = ("The terminal took the request", "Terminál převzal požadavek"),
        ["working"] = ("The terminal is working", "Terminál pracuje"),
        ["rereading"] = ("The result is read once more", "Výsledek se čte ještě jednou"),
        ["receipt"] = ("Fetching the receipt", "Načítám účtenku"),
        ["recovering"] = ("Asking the terminal for the result", "Ptám se terminálu na výsledek"),
        ["passivating"] = ("Asking the terminal to stop", "Žádám terminál o zrušení"),
        ["abort.taken"] = ("Abort taken, the result follows", "Zrušení přijato, výsledek následuje"),
        ["abort.refused"] = ("Too late to abort, the result follows", "Na zrušení je pozdě, výsledek následuje"),
        ["unknown-directive"] = ("The receipt has marks that are not known", "Účtenka má neznámé značky"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>A code in words; null when it is not known.</summary>
    public static string? Text(string code, string language)
    {
        if (code.Length == 3 && code.StartsWith("00", StringComparison.Ordinal) && char.IsAsciiDigit(code[2]))
            return language is "cs" or "sk" ? "Schváleno" : "Accepted";
        return Texts.TryGetValue(code, out var text) ? In(text, language) : null;
    }

    /// <summary>A step of a conversation in words; null when it is not known.</summary>
    public static string? Step(string step, string language) => Steps.TryGetValue(step, out var text) ? In(text, language) : null;

    private static string In((string En, string Cs) text, string language) => language is "cs" or "sk" ? text.Cs : text.En;
}
