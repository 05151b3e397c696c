using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>What became of reading a configuration.</summary>
/// <param name="Settings">The settings; null when there are faults.</param>
/// <param name="Faults">Everything that is wrong, each with its JSON path.</param>
public sealed record SettingsReading(GatewaySettings? Settings, IReadOnlyList<JsonFault> Faults);
