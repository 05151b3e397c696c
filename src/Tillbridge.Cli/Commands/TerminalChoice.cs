using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Cli.Commands;

/// <summary>What <c>--terminal</c> means: a configured name, or an address.</summary>
internal static class TerminalChoice
{
    private const string PasswordVariable = "TILLBRIDGE_TERMINAL_PASSWORD";

    /// <summary>The terminal, and the data directory of the configuration that named it.</summary>
    public static (TerminalSettings Settings, string? Data) Find(string text, string configPath)
    {
        if (text.Contains("://", StringComparison.Ordinal)) return (OfAddress(text), null);
        if (!File.Exists(configPath))
        {
            throw CliException.Usage(
                $"'{text}' is no address, and there is no configuration {configPath} that could name it; "
                + "write for example zvt+tcp://10.0.0.5:20007.");
        }

        var config = ConfigCommand.Read(configPath);
        var entry = config.Terminals.FirstOrDefault(candidate => candidate.Name == text) ?? throw CliException.Usage(
            $"{configPath} has no terminal '{text}'; it has {string.Join(", ", config.Terminals.Select(known => known.Name))}.");
        return (entry.Settings, config.Data);
    }

    private static TerminalSettings OfAddress(string text)
    {
        if (TerminalAddress.TryParse(text, out var why) is not { } address) throw CliException.Usage(why);
        if (!ProtocolCatalog.ByName.TryGetValue(address.Protocol, out var protocol))
        {
            throw CliException.Usage(
                $"There is no protocol '{address.Protocol}'; known are {string.Join(", ", ProtocolCatalog.ByName.Keys.Order())}.");
        }

        var password = Environment.GetEnvironmentVariable(PasswordVariable);
        return new TerminalSettings(address.ToString(), address) {
            Driver = new DriverSettings { Password = password, Currency = protocol.UsualCurrency },
        };
    }
}
