namespace Tillbridge.Cli.Services;

/// <summary>What the command line says about a service.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="Config">The configuration file.</param>
/// <param name="User">The user of the service.</param>
/// <param name="UnitDirectory">Where the unit is written.</param>
/// <param name="Start">Whether it is started at once.</param>
/// <param name="Json">Whether the answer is one JSON object.</param>
internal sealed record ServiceChoice(
    string Name, string Config = "", string User = "", string UnitDirectory = "", bool Start = true, bool Json = false);
