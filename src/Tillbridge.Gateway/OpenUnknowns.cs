using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway;

/// <summary>
/// What nobody knows the end of when a gateway starts, named in its log: whoever looks at it first sees what waits for a person.
/// </summary>
internal static class OpenUnknowns
{
    private const int MostNamed = 10;

    /// <summary>Names the oldest ones, and says how many there are.</summary>
    public static async Task Tell(IJournal journal, ILogger logger, CancellationToken stop)
    {
        var unknown = (await journal.Unsettled(null, stop)).Where(session => session.IsUnresolved).ToList();
        if (unknown.Count == 0) return;
        Log.UnknownsOpen(logger, unknown.Count, Math.Min(MostNamed, unknown.Count));
        foreach (var session in unknown.Take(MostNamed))
        {
            Log.UnknownOpen(
                logger, session.Terminal, session.Id.Value, session.Request.Kind.ToString(), session.Request.Total?.ToString() ?? "-",
                session.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
                session.Conclusion!.Reason);
        }
    }
}
