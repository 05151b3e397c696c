using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>What the face works with.</summary>
/// <param name="Terminals">The engine.</param>
/// <param name="Journal">The journal: the only place where something is kept.</param>
/// <param name="Names">Names of the configured terminals.</param>
/// <param name="Find">A terminal's settings; null when there is none of that name.</param>
/// <param name="Protocols">Who can word a progress key.</param>
/// <param name="Clock">Time.</param>
/// <param name="Ids">Ids of commands without a session, and keys.</param>
/// <param name="Logger">Logs.</param>
internal sealed record CallbackParts(
    ITerminals Terminals, IJournal Journal, Func<IReadOnlyList<string>> Names, Func<string, TerminalSettings?> Find,
    IReadOnlyDictionary<string, IProtocol> Protocols, TimeProvider Clock, IdSource Ids, ILogger Logger)
{
    /// <summary>Lets time pass.</summary>
    public Task Pause(TimeSpan time, CancellationToken stop) =>
        time > TimeSpan.Zero ? Task.Delay(time, Clock, stop) : Task.CompletedTask;
}
