using System.Collections.Concurrent;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Gateway.Reading;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Api;

/// <summary>
/// What Prometheus reads. Ends of sessions are counted out of the journal when somebody asks, from the start of this
/// process on, so that counting costs nothing while nobody looks.
/// </summary>
internal sealed class Metrics(long countFrom) : IDisposable
{
    private const int PageSize = 1000;

    private readonly ConcurrentDictionary<(string Method, int Status), long> requests = new();
    private readonly ConcurrentDictionary<(string Terminal, string Kind, string Outcome), long> sessions = new();
    private readonly SemaphoreSlim oneCount = new(1);
    private long counted = countFrom;
    private long open;

    /// <summary>A request came.</summary>
    public void Began() => Interlocked.Increment(ref open);

    /// <summary>A request was answered. Methods are the caller's text: unknown ones share one label.</summary>
    public void Answered(string method, int status)
    {
        Interlocked.Decrement(ref open);
        var label = method is "GET" or "POST" or "PUT" or "DELETE" or "HEAD" or "OPTIONS" or "PATCH" ? method : "other";
        requests.AddOrUpdate((label, status), 1, (_, count) => count + 1);
    }

    /// <summary>All metrics as text.</summary>
    public async Task<string> Write(ApiParts parts, CancellationToken gone)
    {
        await CountSessions(parts, gone);
        var text = new StringBuilder();
        Head(text, "tillbridge_sessions_total", "counter", "Sessions that ended since the start of this process.");
        foreach (var ((terminal, kind, outcome), count) in sessions.OrderBy(pair => pair.Key))
            text.Append($"tillbridge_sessions_total{{terminal=\"{Escape(terminal)}\",kind=\"{kind}\",outcome=\"{outcome}\"}} {count}\n");
        Head(text, "tillbridge_sessions_open", "gauge", "Sessions that have not ended.");
        foreach (var state in parts.Terminals.States)
            text.Append($"tillbridge_sessions_open{{terminal=\"{Escape(state.Name)}\"}} {(state.Current is null ? 0 : 1)}\n");
        Head(text, "tillbridge_sessions_unresolved", "gauge", "Sessions with an unknown outcome; a person has to look at them.");
        foreach (var state in parts.Terminals.States)
            text.Append($"tillbridge_sessions_unresolved{{terminal=\"{Escape(state.Name)}\"}} {state.Unresolved}\n");
        Head(text, "tillbridge_terminal_journal_failed", "gauge", "1 while the journal cannot write for the terminal.");
        foreach (var state in parts.Terminals.States)
            text.Append($"tillbridge_terminal_journal_failed{{terminal=\"{Escape(state.Name)}\"}} {(state.JournalFailed ? 1 : 0)}\n");
        Head(text, "tillbridge_journal_sequence", "gauge", "Number of the last durable journal record.");
        text.Append($"tillbridge_journal_sequence {parts.Journal.LastSequence}\n");
        Head(text, "tillbridge_http_requests_total", "counter", "Requests that were answered since the start of this process.");
        foreach (var ((method, status), count) in requests.OrderBy(pair => pair.Key))
            text.Append($"tillbridge_http_requests_total{{method=\"{method}\",status=\"{status}\"}} {count}\n");
        Head(text, "tillbridge_http_requests_open", "gauge", "Requests that are being answered, listeners and this one among them.");
        text.Append($"tillbridge_http_requests_open {Interlocked.Read(ref open)}\n");
        Head(text, "tillbridge_connections_open", "gauge", "Connections that are open.");
        text.Append($"tillbridge_connections_open {parts.Doorway.Open}\n");
        Head(text, "tillbridge_connections_turned_away_total", "counter", "Connections closed while idle, or not taken in.");
        text.Append($"tillbridge_connections_turned_away_total {parts.Doorway.TurnedAway}\n");
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => oneCount.Dispose();

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string label) => label
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private async Task CountSessions(ApiParts parts, CancellationToken gone)
    {
        await oneCount.WaitAsync(gone);
        try
        {
            while (true)
            {
                var records = await parts.Journal.RecordsAfter(counted, null, PageSize, withFrames: false, gone);
                foreach (var record in records)
                {
                    if (record.Kind is RecordKind.Concluded && await parts.Terminals.Find(record.Session, gone) is { } session)
                        Count(session);
                    counted = record.Sequence;
                }

                if (records.Count < PageSize) return;
            }
        }
        finally
        {
            oneCount.Release();
        }
    }

    private void Count(Session session)
    {
        var outcome = session.Outcome is { } known ? Words<Outcome>.Of(known) : "open";
        var key = (session.Terminal, Words<RequestKind>.Of(session.Request.Kind), outcome);
        sessions.AddOrUpdate(key, 1, (_, count) => count + 1);
    }
}
