using Tillbridge.Domain;
using Tillbridge.Protocols;

namespace Tillbridge.Gateway;

/// <summary>What a gateway is made of besides its settings; the executable and the tests choose.</summary>
/// <param name="Protocols">Every protocol that a terminal's address may name.</param>
/// <param name="Clock">Time.</param>
/// <param name="Ids">Ids of sessions.</param>
public sealed record GatewayParts(IReadOnlyDictionary<string, IProtocol> Protocols, TimeProvider Clock, IdSource Ids)
{
    /// <summary>The scripts of the virtual terminals that this process runs, by the name of the terminal; none outside the demo.</summary>
    public IReadOnlyDictionary<string, TerminalScripts> Scripts { get; init; } = new Dictionary<string, TerminalScripts>();

    /// <summary>True when standard error goes to systemd's journal: one line per message, its level as a prefix.</summary>
    public bool LinesForSystemd { get; init; }
}
