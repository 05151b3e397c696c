using System.Net;
using Tillbridge.Domain;
using Tillbridge.Gateway.Settings;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>Short texts: amounts, ids, cursors, instants, addresses.</summary>
internal static class TextParsers
{
    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        new TextParser<object>("domain/money", text => ReadMoney(text), money =>
            $"{((Money)money).Currency.Code} {((Money)money).ToMajorText()}"),
        new TextParser<object>("domain/session-id", text => SessionId.TryParse(text), id => ((SessionId)id).Value),
        new TextParser<object>("journal/cursor", text => ReadCursor(text), cursor => ((PageCursor)cursor).Write()),
        new TextParser<object>("journal/time", text => ReadTime(text), instant => JournalTime.Write((DateTimeOffset)instant)),
        new TextParser<TerminalAddress>("protocols/address", ReadAddress, address => address.ToString(), SameAddress),
        new TextParser<IPEndPoint>("settings/listen", ReadListen, place => place.ToString()),
    ];

    // "EUR 12.50"
    private static Money? ReadMoney(string text)
    {
        var parts = text.Split(' ', 2);
        if (parts.Length < 2 || !Currency.TryFind(parts[0], out var currency)) return null;
        var money = Money.TryParse(parts[1], currency, out var why);
        Invariant.Holds(money is null == why.Length > 0, "a refused amount says why");
        return money;
    }

    private static PageCursor? ReadCursor(string text)
    {
        try
        {
            return PageCursor.Read(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static DateTimeOffset? ReadTime(string text)
    {
        try
        {
            return JournalTime.Read(text);
        }
        catch (JournalException)
        {
            return null;
        }
    }

    private static TerminalAddress? ReadAddress(string text)
    {
        var address = TerminalAddress.TryParse(text, out var why);
        Invariant.Holds(address is null == why.Length > 0, "a refused address says why");
        return address;
    }

    private static bool SameAddress(TerminalAddress one, TerminalAddress other) =>
        one with { Options = other.Options } == other && one.Options.OrderBy(pair =>
            pair.Key).SequenceEqual(other.Options.OrderBy(pair => pair.Key));

    private static IPEndPoint? ReadListen(string text) => SettingsReader.TryParseListen(text, out var listen) ? listen : null;
}
