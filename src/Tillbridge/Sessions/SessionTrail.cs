using Microsoft.Extensions.Logging;
using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>A session's steps as lines of the log.</summary>
internal static class SessionTrail
{
    private const string Absent = "-";

    /// <summary>The line of a session whose intent is durable.</summary>
    public static void Begin(ILogger logger, Session session) => logger.SessionAccepted(
        session.Terminal, session.Id.Value, session.Request.Kind.ToString(), Amount(session), session.Key ?? Absent);

    /// <summary>The lines of a step.</summary>
    public static void Write(ILogger logger, Session before, Session next, SessionInput input)
    {
        var (terminal, id) = (next.Terminal, next.Id.Value);
        if (input is ProgressHeard progress) logger.SessionStep(terminal, id, progress.Key, progress.Text ?? Absent);
        else logger.SessionMoved(terminal, id, input.GetType().Name, before.Phase.ToString(), next.Phase.ToString());
        if (next.Incidents.Count > before.Incidents.Count)
            logger.SessionIncident(terminal, id, next.Incidents[^1].Code, next.Incidents[^1].Text);
        if (next.Conclusion is not { } conclusion || ReferenceEquals(conclusion, before.Conclusion)) return;
        logger.SessionConcluded(
            terminal, id, conclusion.Outcome.ToString(), conclusion.Reason,
            conclusion.ApprovedAmount?.ToString() ?? Absent, conclusion.References.Receipt ?? Absent);
        if (next.IsUnresolved) logger.SessionUnknown(terminal, id, next.Request.Kind.ToString(), Amount(next), conclusion.Reason);
    }

    private static string Amount(Session session) => session.Request.Total?.ToString() ?? Absent;
}
