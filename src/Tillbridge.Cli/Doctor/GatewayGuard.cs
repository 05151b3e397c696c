using System.Net;
using Tillbridge.Cli.Services;
using Tillbridge.Journal;

namespace Tillbridge.Cli.Doctor;

/// <summary>
/// A terminal serves one till at a time, and most drop the first for the second: a question of ours could cut a payment off. So
/// nobody is asked while a gateway or a session of the command line is at work.
/// </summary>
/// <param name="data">The data directory that such a program would hold.</param>
/// <param name="listen">Where such a gateway would listen; null when no configuration says it.</param>
internal sealed class GatewayGuard(string data, IPEndPoint? listen)
{
    /// <summary>Why the terminal must not be asked now; null when it may be.</summary>
    public async Task<Finding?> Forbids(string subject, string? name, CancellationToken stop)
    {
        var health = listen is null ? null : ServiceHealth.AddressOf(listen);
        var answers = health is not null && await ServiceHealth.Fault(health, stop) is null;
        var holder = JournalDirectory.HolderOf(data);
        if (holder is null && !answers) return null;
        var who = holder is null
            ? $"A gateway answers at {health}"
            : $"{char.ToUpperInvariant(holder[0])}{holder[1..]} is at work in {data}";
        var address = health is null ? "http://127.0.0.1:8190" : health.GetLeftPart(UriPartial.Authority);
        var ask = name is null
            ? "End it"
            : $"Ask the gateway (curl -X POST {address}/v1/terminals/{Uri.EscapeDataString(name)}/test), or end it";
        return Finding.Wrong(
            FindingCodes.GatewayRunning, subject,
            $"{who} and may be using the terminal: asking now could cut a payment off, so it was not asked.",
            $"{ask}, or add --force if nobody is paying or that program does not use this terminal.");
    }
}
