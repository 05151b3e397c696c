using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Facades.K2;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Settings;

/// <summary>Reads <c>tillbridge.json</c> and collects everything that is wrong with it, not only the first fault.</summary>
internal sealed class SettingsReader(IReadOnlyDictionary<string, IProtocol> protocols, TimeProvider clock, string directory)
{
    internal const int MostNameCharacters = 64;
    private const int LeastKeyCharacters = 16;

    private static readonly Dictionary<string, LogLevel> LogLevels = new(StringComparer.Ordinal)
    {
        ["debug"] = LogLevel.Debug, ["information"] = LogLevel.Information,
        ["warning"] = LogLevel.Warning, ["error"] = LogLevel.Error,
    };

    /// <summary>The protocols that a terminal's address may name.</summary>
    public IReadOnlyDictionary<string, IProtocol> Protocols { get; } = protocols;

    /// <summary>Handed to drivers that are only made to check their settings.</summary>
    public TimeProvider Clock { get; } = clock;

    /// <summary>Where relative paths begin.</summary>
    public string Directory { get; } = directory;

    /// <summary>
    /// True for an entry that came by HTTP: its secret may only be one that was laid out for terminals, or a caller
    /// could have any file sent to an address of its choice.
    /// </summary>
    public bool IsFromOutside { get; init; }

    /// <summary>Everything that is wrong.</summary>
    public List<JsonFault> Faults { get; } = [];

    /// <summary>Reads the whole document; null when there are faults.</summary>
    public GatewaySettings? Read(ReadOnlyMemory<byte> utf8)
    {
        if (JsonFields.Parse(utf8, Faults) is not { } fields) return null;
        var listen = ReadListen(fields);
        var data = Path.GetFullPath(Path.Combine(Directory, fields.Text("data") ?? "data"));
        var settings = new GatewaySettings { Data = data, Listen = listen, Directory = Directory };
        settings = ReadLog(fields, settings);
        settings = RetentionReader.Read(fields, settings with { Limits = LimitsReader.Read(fields) });
        settings = settings with { Terminals = ReadTerminals(fields, settings.Limits.Terminals) };
        settings = settings with { Routing = RoutingReader.Read(fields) };
        settings = ReadSecurity(fields, settings);
        settings = ReadFacades(fields, settings);
        settings = settings with { Otlp = TelemetryReader.Read(fields, Directory, Faults), ShowsDocs = fields.Flag("docs") ?? false };
        RefuseUnserved(fields, "webhooks");
        fields.Finish();
        if (!IPAddress.IsLoopback(listen.Address) && settings.ApiKeys.Count == 0)
        {
            Faults.Add(new("security.apiKeys", "A gateway that listens beyond this machine needs at least one API key; " +
                "write \"security\": {\"apiKeys\": [\"file:PATH\"]}, or listen on 127.0.0.1."));
        }

        return Faults.Count == 0 ? settings : null;
    }

    /// <summary>Reads one terminal's entry; null when there are faults.</summary>
    public TerminalEntry? ReadTerminal(string name, JsonElement element, string path)
    {
        if (!IsTerminalName(name))
        {
            var place = path.Length == 0 ? "name" : path;
            Faults.Add(new(place, $"A terminal's name has 1 to {MostNameCharacters} letters, digits, '-', '_' or '.'."));
            return null;
        }

        return JsonFields.Of(element, path, Faults) is { } fields ? TerminalEntry.Read(name, fields, this) : null;
    }

    /// <summary>Accepts a section that this version does not serve only when it is absent or empty.</summary>
    public static void RefuseUnserved(JsonFields fields, string section)
    {
        if (!fields.Has(section))
        {
            fields.Ignore(section);
            return;
        }

        if (fields.Object(section) is { } inner && inner.Each().Any())
            fields.Fault(section, "This section is not in this version yet; leave it out.");
    }

    private GatewaySettings ReadFacades(JsonFields fields, GatewaySettings settings)
    {
        if (fields.Object("facades") is not { } facades) return settings;
        foreach (var section in new[] { "kiosk", "bpos1" }) RefuseUnserved(facades, section);
        var callback = facades.Object("zvtCallback") is { } callbackFields
            ? new CallbackSettingsReader(Directory, Faults).Read(callbackFields, settings.ApiKeys.Count > 0)
            : null;
        var k2 = facades.Object("k2") is { } k2Fields ? K2OptionsReader.Read(k2Fields, Directory) : null;
        facades.Finish();
        if (callback is not null && Overlaps.Of(callback.Listen, settings.Listen))
            Faults.Add(new("facades.zvtCallback.listen", "This is the gateway's own address; the face needs one of its own."));
        return settings with { ZvtCallback = callback, K2 = k2 };
    }

    private static IPEndPoint ReadListen(JsonFields fields)
    {
        var text = fields.Text("listen", 256) ?? "127.0.0.1:8190";
        if (TryParseListen(text, out var listen)) return listen;
        fields.Fault("listen", "This must be ADDRESS:PORT with an IP address or localhost, for example 127.0.0.1:8190; " +
            "port 0 takes a free one.");
        return new(IPAddress.Loopback, 0);
    }

    internal static bool TryParseListen(string text, out IPEndPoint listen)
    {
        var colon = text.LastIndexOf(':');
        listen = new(IPAddress.Loopback, 0);
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        var host = text[..colon];
        if (host == "localhost") host = "127.0.0.1";
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address)) return false;
        listen = new(address, port);
        return true;
    }

    private GatewaySettings ReadLog(JsonFields fields, GatewaySettings settings)
    {
        if (fields.Object("log") is not { } log) return settings;
        var level = log.Choice("level", LogLevels);
        var place = log.Text("directory");
        log.Finish();
        return settings with
        {
            LogLevel = level ?? settings.LogLevel,
            LogDirectory = place is null ? null : Path.GetFullPath(Path.Combine(Directory, place)),
        };
    }

    private List<TerminalEntry> ReadTerminals(JsonFields fields, int most)
    {
        var entries = new List<TerminalEntry>();
        if (fields.Object("terminals", Math.Max(most + 1, LimitsReader.MostTerminals)) is not { } terminals) return entries;
        foreach (var (name, path, value) in terminals.Each().Take(most + 1))
        {
            if (ReadTerminal(name, value, path) is { } entry) entries.Add(entry);
        }

        if (entries.Count > most) fields.Fault("terminals", $"At most {most} terminals can be configured (limits.terminals).");
        return entries;
    }

    private GatewaySettings ReadSecurity(JsonFields fields, GatewaySettings settings)
    {
        if (fields.Object("security") is not { } security) return settings;
        var keys = new List<string>();
        foreach (var (path, reference) in security.Texts("apiKeys", 100))
        {
            var key = SecretReference.Read(reference, Directory, path, Faults);
            if (key is { Length: < LeastKeyCharacters })
                Faults.Add(new(path, $"An API key must have at least {LeastKeyCharacters} characters."));
            if (key is not null) keys.Add(key);
        }

        var hosts = security.Texts("allowedHosts", 100).Select(item => item.Text);
        var origins = new List<string>();
        foreach (var (path, origin) in security.Texts("allowedOrigins", 100))
        {
            var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin;
            if (!isOrigin) Faults.Add(new(path, "An origin is SCHEME://HOST or SCHEME://HOST:PORT without a path."));
            origins.Add(origin);
        }

        security.Finish();
        return settings with { ApiKeys = keys, AllowedHosts = [.. hosts], AllowedOrigins = origins };
    }

    private static bool IsTerminalName(string name) => name.Length is > 0 and <= MostNameCharacters
        && name.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.') && name is not ("." or "..");
}
