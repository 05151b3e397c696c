using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Facades.Rows;

/// <summary>Reads the columns of one row and keeps the first thing that is wrong.</summary>
internal sealed class RowFields(IReadOnlyDictionary<string, string?> values, RowRules rules)
{
    /// <summary>Column and rule; null while nothing is wrong.</summary>
    public string? Fault { get; private set; }

    public RowRules Rules => rules;

    /// <summary>Text of 1 to <paramref name="most"/> printable characters; null when empty.</summary>
    public string? Text(string column, int most)
    {
        if (Raw(column) is not { } text) return null;
        if (RequestRules.IsPrintable(text, most)) return text;
        return Refuse<string>(column, $"must be 1 to {most} printable characters");
    }

    /// <summary>1 to <paramref name="most"/> digits; null when empty.</summary>
    public string? Digits(string column, int most)
    {
        if (Raw(column)?.Trim() is not { } text) return null;
        return text.Length <= most && text.All(char.IsAsciiDigit) ? text : Refuse<string>(column, $"must be 1 to {most} digits");
    }

    /// <summary>Two letters, lower-cased; null when empty.</summary>
    public string? Language(string column)
    {
        if (Raw(column)?.Trim() is not { } text) return null;
        return text.Length == 2 && text.All(char.IsAsciiLetter)
            ? text.ToLowerInvariant()
            : Refuse<string>(column, "must be two letters of ISO 639-1");
    }

    /// <summary>A currency by number or letters; null when empty.</summary>
    public Currency? Currency(string column)
    {
        if (Raw(column)?.Trim() is not { } text) return null;
        var isNumber = text.Length == 3 && text.All(char.IsAsciiDigit);
        var known = isNumber
            ? Domain.Currency.TryFind(int.Parse(text, CultureInfo.InvariantCulture), out var currency)
            : Domain.Currency.TryFind(text.ToUpperInvariant(), out currency);
        return known ? currency : Refuse<Currency>(column, "must be a code of ISO 4217, three digits or letters");
    }

    /// <summary>An amount; null when empty.</summary>
    public Money? Amount(string column, Currency? named)
    {
        if (Raw(column) is not { } text) return null;
        if (RowAmount.TryRead(text, named, rules, out var why) is { } money) return money;
        Refuse<string>(column, $"{why} ('{Shorten(text)}')");
        return null;
    }

    /// <summary>An amount above zero that every row must have.</summary>
    public Money? RequiredAmount(string column, Currency? named)
    {
        var money = Amount(column, named);
        if (money is null) return Fault is null ? Refuse(column, "is missing") : null;
        if (money.Value.MinorUnits == 0) return Refuse(column, "must be above zero");
        var major = (decimal)money.Value.MinorUnits / money.Value.Currency.MinorPerMajor;
        return rules.MostMajor is { } most && major > most ? Refuse(column, $"is over --max-amount {most}") : money;
    }

    /// <summary>A signed whole number; null when empty.</summary>
    public long? Whole(string column, long least, long most)
    {
        if (Raw(column)?.Trim() is not { } text) return null;
        var style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && decimal.Truncate(number) == number
            && number >= least && number <= most)
        {
            return (long)number;
        }

        Refuse<string>(column, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>The terminal's address in the row; null when empty.</summary>
    public (string Host, int Port)? Address()
    {
        if (Raw("IpAddress")?.Trim() is not { } host) return null;
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown) Refuse<string>("IpAddress", "is no host name or address");
        return (host, (int)(Whole("IpPort", 1, 65535) ?? 2050));
    }

    /// <summary>The request, or the fault.</summary>
    public RowReading Read(TerminalRequest request)
    {
        var address = Address();
        if (Fault is null && RequestRules.Fault(request) is var (field, text)) Fault = $"{field}: {text}";
        return new RowReading(Fault is null ? request : null, Fault) { Address = address };
    }

    public T? Refuse<T>(string column, string rule)
        where T : class
    {
        Fault ??= $"{column} {rule}.";
        return null;
    }

    private Money? Refuse(string column, string rule)
    {
        Fault ??= $"{column} {rule}.";
        return null;
    }

    private string? Raw(string column) => values.GetValueOrDefault(column) is { } text && text.Trim().Length > 0 ? text : null;

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
