using System.Globalization;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Protocols;

/// <summary>
/// Where a terminal is and what it speaks, for example <c>zvt+tcp://10.0.0.5:20007?tls=true</c>. Secrets never stand in it.
/// </summary>
/// <param name="Protocol">Name of the protocol, lower case.</param>
/// <param name="Carrier"><c>tcp</c> or <c>serial</c>.</param>
/// <param name="Host">Host name or address, or the serial port's path.</param>
/// <param name="Port">TCP port; 0 for a serial line.</param>
/// <param name="Options">What follows the question mark.</param>
public sealed record TerminalAddress(
    string Protocol, string Carrier, string Host, int Port, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Names the terminal's own id, for protocols whose messages carry it; no matter of the way to it.</summary>
    public const string TerminalIdOption = "tid";

    /// <summary>Seconds for which the terminal may still be booking while it says that it is idle; no matter of the way to it.</summary>
    public const string SettleOption = "settle";

    /// <summary>Assumptions that are not made of the terminal, with commas between; no matter of the way to it.</summary>
    public const string WithoutOption = "without";

    /// <summary>Who prints the receipts, <c>till</c> or <c>terminal</c>; no matter of the way to it.</summary>
    public const string PrintOption = "print";

    /// <summary>Payments by hand at the terminal, <c>allowed</c> or <c>locked</c>; no matter of the way to it.</summary>
    public const string ManualOption = "manual";

    private const int MostCharacters = 512;
    private const double MostSettle = 60;

    private static readonly string[] Forbidden = ["password", "pin", "secret", "key", "token"];

    private static readonly string[] OfTheTerminal = [TerminalIdOption, SettleOption, WithoutOption, PrintOption, ManualOption];

    private static readonly string[] Printers = ["till", "terminal"];

    private static readonly string[] Locks = ["allowed", "locked"];

    private static readonly string[] Known = ["tls", "fingerprint", "baud", "framing", .. OfTheTerminal];

    /// <summary>The options that belong to the way to the terminal.</summary>
    public IReadOnlyDictionary<string, string> WayOptions =>
        Options.Where(pair => !OfTheTerminal.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The device: two spellings of one place are one.</summary>
    internal string Place => $"{Carrier} {(Host == "localhost" ? "127.0.0.1" : Host.ToLowerInvariant())} {Port}";

    /// <summary>The value of <see cref="SettleOption"/>; null when it is not given.</summary>
    public TimeSpan? SettleTime => Options.TryGetValue(SettleOption, out var text) ? ReadSettle(text) : null;

    /// <summary>The codes of <see cref="WithoutOption"/>.</summary>
    public Grounds Without => Options.TryGetValue(WithoutOption, out var text) ? Grounds.Of(text.Split(',')) : Grounds.None;

    /// <summary>The value of <see cref="PrintOption"/>: true for the till; null when it is not given.</summary>
    public bool? TillPrints => Options.TryGetValue(PrintOption, out var text) ? text == Printers[0] : null;

    /// <summary>The value of <see cref="ManualOption"/>: true where payments by hand are allowed; null when it is not given.</summary>
    public bool? AllowsManual => Options.TryGetValue(ManualOption, out var text) ? text == Locks[0] : null;

    /// <summary>Reads an address.</summary>
    /// <returns>The address, or null with the cause and cure in <paramref name="why"/>.</returns>
    public static TerminalAddress? TryParse(string? text, out string why)
    {
        why = "";
        var split = text?.IndexOf("://", StringComparison.Ordinal) ?? -1;
        var scheme = split > 0 ? text![..split].Split('+') : [];
        if (text is null || text.Length > MostCharacters || scheme is not [{ Length: > 0 } protocol, "tcp" or "serial"])
        {
            return Refuse(
                out why,
                $"'{Shorten(text)}' is no terminal address; "
                + "write PROTOCOL+tcp://HOST:PORT, for example zvt+tcp://10.0.0.5:20007.");
        }

        var rest = text[(split + 3)..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var place = (question < 0 ? rest : rest[..question]).TrimEnd('/');
        if (ReadOptions(question < 0 ? "" : rest[(question + 1)..], out why) is not { } options) return null;
        if (place.Contains('@', StringComparison.Ordinal))
            return Refuse(out why, "A terminal address holds no user or password; set TILLBRIDGE_TERMINAL_PASSWORD or the configuration.");
        if (scheme[1] == "serial")
        {
            var path = question < 0 ? rest : rest[..question];
            return path.Length == 0
                ? Refuse(out why, "The serial address names no port; write zvt+serial:///dev/ttyUSB0 or zvt+serial://COM8.")
                : new TerminalAddress(protocol, "serial", path, 0, options);
        }

        var colon = place.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(place.AsSpan(colon + 1), NumberStyles.None, null, out var port) || port is < 1 or > 65535)
            return Refuse(out why, $"'{Shorten(text)}' names no port from 1 to 65535; write {protocol}+tcp://HOST:PORT.");
        var host = place[..colon].Trim('[', ']');
        return Uri.CheckHostName(host) == UriHostNameType.Unknown
            ? Refuse(out why, $"'{Shorten(host)}' is no host name or address.")
            : new TerminalAddress(protocol, "tcp", host, port, options);
    }

    /// <summary>The address as text, as it was written.</summary>
    public override string ToString()
    {
        var options = Options.Count == 0 ? "" : "?" + string.Join('&', Options.Select(pair => $"{pair.Key}={pair.Value}"));
        if (Carrier == "serial") return $"{Protocol}+serial://{Host}{options}";
        var host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{Protocol}+tcp://{host}:{Port}{options}";
    }

    private static Dictionary<string, string>? ReadOptions(string query, out string why)
    {
        why = "";
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            why = Forbidden.Contains(pair[0])
                ? $"'{pair[0]}' must not stand in an address; set TILLBRIDGE_TERMINAL_PASSWORD or the configuration."
                : !Known.Contains(pair[0]) ? $"'{Shorten(pair[0])}' is no option of an address; known are {string.Join(", ", Known)}."
                : pair.Length < 2 ? $"The option '{pair[0]}' has no value."
                : pair[0] == SettleOption && ReadSettle(pair[1]) is null
                    ? $"'settle' is 0.1 to {MostSettle} seconds, not '{Shorten(pair[1])}'."
                : pair[0] == PrintOption && !Printers.Contains(pair[1]) ? $"'print' is till or terminal, not '{Shorten(pair[1])}'."
                : pair[0] == ManualOption && !Locks.Contains(pair[1]) ? $"'manual' is allowed or locked, not '{Shorten(pair[1])}'."
                : pair[0] == WithoutOption && pair[1].Split(',').FirstOrDefault(code => !Ground.Assumptions.Contains(code)) is { } other
                    ? $"'{Shorten(other)}' is no assumption; known are {string.Join(", ", Ground.Assumptions)}."
                : options.TryAdd(pair[0], pair[1]) ? "" : $"The option '{pair[0]}' stands twice.";
            if (why.Length > 0) return null;
        }

        return options;
    }

    private static TimeSpan? ReadSettle(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0.1 and <= MostSettle ? TimeSpan.FromSeconds(seconds) : null;

    private static TerminalAddress? Refuse(out string why, string text)
    {
        why = text;
        return null;
    }

    private static string Shorten(string? text) => text is null ? "" : text.Length > 80 ? text[..80] + "…" : text;
}
