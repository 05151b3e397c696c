using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Tillbridge.Cli.Commands;

/// <summary>Options and words that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Where the clock of the whole program is chosen.</summary>
#pragma warning disable RS0030 // A host is composed here.
    public static TimeProvider Clock => TimeProvider.System;
#pragma warning restore RS0030

    public static Option<string?> Data() => new("--data")
    {
        Description = "Directory of the journal (default: that of the configuration, else the user's)",
    };

    public static Option<string> Config() => new("--config")
    {
        Description = "Configuration file",
        DefaultValueFactory = _ => "tillbridge.json",
    };

    /// <summary>The directory that is used when none is given: kept per user, so that no journal is lost with a shell.</summary>
    public static string DataOrDefault(string? given) => given ?? Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "tillbridge");

    public static TimeSpan? Seconds(string option, string? text)
    {
        if (text is null) return null;
        var isNumber = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isNumber && seconds is > 0 and <= 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw CliException.Usage($"{option} takes seconds above 0 and up to 86400, not '{text}'.");
    }

    public static IPEndPoint Listen(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, null, out var port) && port is >= 0 and <= 65535)
        {
            var host = text[..colon].Trim('[', ']');
            if (host == "localhost") return new IPEndPoint(IPAddress.Loopback, port);
            if (IPAddress.TryParse(host, out var address)) return new IPEndPoint(address, port);
        }

        throw CliException.Usage($"'{text}' is no place to listen on; write HOST:PORT, for example 127.0.0.1:0 for a free port.");
    }
}
