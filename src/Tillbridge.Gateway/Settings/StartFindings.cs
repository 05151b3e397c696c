using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>What would keep a gateway of these settings from starting on this machine.</summary>
/// <param name="Faults">What has to be cured.</param>
/// <param name="Notes">What is so now and no fault: a port or a journal that is in use, perhaps by the gateway that runs.</param>
public sealed record StartFindings(IReadOnlyList<JsonFault> Faults, IReadOnlyList<string> Notes);
