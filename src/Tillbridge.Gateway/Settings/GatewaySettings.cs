using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tillbridge.Facades.K2;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;
using Tillbridge.Journal.Integrity;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Settings;

/// <summary>What <c>tillbridge.json</c> says, examined and with secrets read.</summary>
public sealed record GatewaySettings
{
    private const long MostFileBytes = 8 * 1024 * 1024;

    /// <summary>Where to listen; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8190);

    /// <summary>The data directory: journal, logs, terminals that were configured by HTTP.</summary>
    public required string Data { get; init; }

    /// <summary>The file that was read, beside which it is kept which journal is expected; null expects none.</summary>
    public string? Configuration { get; init; }

    /// <summary>Where it is kept which journal is expected; null when nobody expects one.</summary>
    public JournalWitness? Witness => Configuration is { } file ? JournalWitness.Beside(file, Data) : null;

    /// <summary>Where relative paths of secrets begin.</summary>
    public string Directory { get; init; } = ".";

    /// <summary>What is written to the run's log file.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Where log files go; null takes DATA/logs.</summary>
    public string? LogDirectory { get; init; }

    /// <summary>The terminals of the file.</summary>
    public IReadOnlyList<TerminalEntry> Terminals { get; init; } = [];

    /// <summary>The routing rules.</summary>
    public Routing Routing { get; init; } = Routing.Default;

    /// <summary>Keys of which a caller must show one; none means that everybody on this machine may call.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Host names besides the own one under which the gateway may be called.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of web pages that may call.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The ZVT callback face; null when it is not configured.</summary>
    public CallbackSettings? ZvtCallback { get; init; }

    /// <summary>How K2's client objects behave; null takes their defaults.</summary>
    public K2Options? K2 { get; init; }

    /// <summary>How long the frames of a conversation are kept.</summary>
    public TimeSpan FramesAreKept { get; init; } = FramesAreUsuallyKept;

    /// <summary>How long where nothing says so: 90 days.</summary>
    public static TimeSpan FramesAreUsuallyKept { get; } = TimeSpan.FromDays(90);

    /// <summary>How much callers may take.</summary>
    public GatewayLimits Limits { get; init; } = new();

    /// <summary>Where metrics and traces are sent; null sends none.</summary>
    public OtlpSettings? Otlp { get; init; }

    /// <summary>The API's reference is served as pages under <c>/docs</c>.</summary>
    public bool ShowsDocs { get; init; }

    /// <summary>Reads a configuration file.</summary>
    public static SettingsReading Load(string path, IReadOnlyDictionary<string, IProtocol> protocols, TimeProvider clock)
    {
        try
        {
            var file = new FileInfo(path);
            if (file is { Exists: true, Length: > MostFileBytes })
                return new(null, [new("", $"'{path}' is larger than {MostFileBytes} bytes and no configuration.")]);
            var full = Path.GetFullPath(path);
            var reading = Parse(File.ReadAllBytes(path), Path.GetDirectoryName(full)!, protocols, clock);
            return reading with { Settings = reading.Settings is { } settings ? settings with { Configuration = full } : null };
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return new(null, [new("", $"The configuration '{path}' cannot be read: {wrong.Message}")]);
        }
    }

    /// <summary>Reads a configuration from bytes; relative paths begin at <paramref name="directory"/>.</summary>
    public static SettingsReading Parse(
        ReadOnlyMemory<byte> utf8, string directory, IReadOnlyDictionary<string, IProtocol> protocols, TimeProvider clock)
    {
        var reader = new SettingsReader(protocols, clock, directory);
        var settings = reader.Read(utf8);
        if (settings is null) return new(null, reader.Faults);
        var terminals = TerminalsFile.Of(settings).Merge(settings.Terminals, reader);
        Overlaps.OfTerminals(terminals, reader.Faults);
        foreach (var target in settings.Routing.Terminals)
        {
            if (terminals.All(entry => entry.Name != target))
                reader.Faults.Add(new("routing", $"The terminal '{target}' of a rule is not configured."));
        }

        if (settings.ZvtCallback?.Terminal is { } named && terminals.All(entry => entry.Name != named))
            reader.Faults.Add(new("facades.zvtCallback.terminal", $"The terminal '{named}' is not configured."));

        return reader.Faults.Count == 0 ? new(settings, []) : new(null, reader.Faults);
    }

    /// <summary>Examines a configuration file without a start; an empty list means that it is good.</summary>
    public static IReadOnlyList<JsonFault> Check(
        string path, IReadOnlyDictionary<string, IProtocol> protocols, TimeProvider clock) => Load(path, protocols, clock).Faults;

    /// <summary>Opens the journal of these settings.</summary>
    internal Task<SqliteJournal> OpenJournal(TimeProvider clock, ILoggerFactory logs, CancellationToken shutdown)
    {
        var logger = logs.CreateLogger("Tillbridge.Journal");
        return Witness is { } witness
            ? SqliteJournal.Open(witness, clock, logger, shutdown)
            : SqliteJournal.Open(Data, clock, logger, shutdown);
    }

    /// <summary>Says nothing of keys.</summary>
    public override string ToString() => $"GatewaySettings({Listen}, {Data}, {Terminals.Count} terminals)";
}
