using System.Text.Json;

namespace Tillbridge.Cli.Services;

/// <summary>How a service is doing, as far as it can be found out.</summary>
internal sealed record ServiceState
{
    public required string Name { get; init; }

    /// <summary>True when it is registered.</summary>
    public required bool Installed { get; init; }

    /// <summary>The system's word: active, inactive, failed; null when nobody tells.</summary>
    public string? Active { get; init; }

    /// <summary>Since when it is active; null when it is not.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether it starts with the system; null when nobody tells.</summary>
    public bool? AtBoot { get; init; }

    /// <summary>The number of its process; null when it has none.</summary>
    public long? Process { get; init; }

    /// <summary>What describes it: the unit, or null.</summary>
    public string? Unit { get; init; }

    public string? Config { get; init; }

    public string? Data { get; init; }

    public string? Logs { get; init; }

    /// <summary>Where it was asked; null when it was not.</summary>
    public Uri? Asked { get; init; }

    /// <summary>What was wrong with the answer; null when it is well or was not asked.</summary>
    public string? Fault { get; init; }

    public bool IsRunning => Installed && Active is "active";

    /// <summary>0 running and well, 1 running without a good answer, 2 installed and not running, 3 not installed.</summary>
    public int ExitCode => !Installed ? 3 : !IsRunning ? 2 : Fault is not null ? 1 : 0;

    private string Health => Asked is null ? "not asked" : Fault ?? "ok";

    /// <summary>Shows it for people, or as one JSON object.</summary>
    public int Show(bool json)
    {
        Console.WriteLine(json ? Json() : Text());
        return ExitCode;
    }

    private string Text()
    {
        if (!Installed) return $"{Name}: not installed";
        var since = Since is { } at ? $" since {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC" : "";
        var process = Process is { } number ? $", process {number}" : "";
        var boot = AtBoot switch { true => ", starts with the system", false => ", does not start with the system", null => "" };
        var lines = new List<string> { $"{Name}: {Active ?? "installed; whether it runs is not known"}{since}{process}{boot}" };
        lines.Add($"  health  {Health}{(Asked is null ? "" : $" ({Asked})")}");
        if (Unit is not null) lines.Add($"  unit    {Unit}");
        lines.Add($"  config  {Config ?? "not known"}");
        lines.Add($"  data    {Data ?? "not known"}");
        lines.Add($"  logs    {Logs ?? "not known"}");
        return string.Join(Environment.NewLine, lines);
    }

    private string Json()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("name", Name);
            json.WriteBoolean("installed", Installed);
            json.WriteString("active", Active);
            if (Since is { } since) json.WriteString("since", since.UtcDateTime);
            else json.WriteNull("since");
            if (AtBoot is { } boot) json.WriteBoolean("atBoot", boot);
            else json.WriteNull("atBoot");
            if (Process is { } number) json.WriteNumber("process", number);
            else json.WriteNull("process");
            json.WriteString("unit", Unit);
            json.WriteString("config", Config);
            json.WriteString("data", Data);
            json.WriteString("logs", Logs);
            json.WriteString("address", Asked?.ToString());
            json.WriteString("health", Asked is null ? null : Fault is null ? "ok" : "failed");
            json.WriteString("fault", Fault);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }
}
