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
        return Domain.Currency.TryRead(text.ToUpperInvariant(), out var currency)
            ? currency
            : Refuse<Currency>(column, "must be a code of ISO 4217, three digits or letters");
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
        return money.Value.MinorUnits == 0 ? Refuse(column, "must be above zero") : money;
    }

    /// <summary>A signed whole number; null when empty.</summary>
    public long? Whole(string column, long least, long most)
    {
        if (Raw(column)?.Trim() is not { } text) return null;
        if (RowAmount.HasExponent(text))
        {
            Refuse<string>(column, $"{RowAmount.ExponentRule} ('{Shorten(text)}')");
            return null;
        }

        var style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && decimal.Truncate(number) == number
            && number >= least && number <= most)
        {
            return (long)number;
        }

        Refuse<string>(column, $"must be a whole number from {least} to {most}");
        return null;
    }

    /// <summary>The terminal's address in the row, or the half of it that the row names; null when it names none.</summary>
    public (string? Host, int? Port)? Address()
    {
        var (host, port) = (Raw("IpAddress")?.Trim(), (int?)Whole("IpPort", 1, 65535));
        if (host is not null && Uri.CheckHostName(host) is UriHostNameType.Unknown)
            Refuse<string>("IpAddress", "is no host name or address");
        return host is null && port is null ? null : (host, port);
    }

    /// <summary>The request, or the fault.</summary>
    public RowReading Read(TerminalRequest request)
    {
        var address = Address();
        if (Fault is null && RequestRules.Fault(request) is var (field, text)) Fault = $"{RowCells.ColumnOf(field)}: {text}";
        // The limit is one of what moves: cash counts.
        if (Fault is null && rules.MostMajor is { } most && request.Total is { } total && total.ToMajor() > most)
            Fault = $"Amount comes to {total} in all and is over --max-amount {most}.";
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
