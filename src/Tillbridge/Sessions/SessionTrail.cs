using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;

namespace Tillbridge.Sessions;

/// <summary>A session's steps as lines of the log, and as figures for whoever listens.</summary>
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
        {
            logger.SessionIncident(terminal, id, next.Incidents[^1].Code, next.Incidents[^1].Text);
            Instruments.Incident(next.Incidents[^1].Code);
        }

        if (next.Phase is SessionPhase.Recovering && before.Phase is not SessionPhase.Recovering)
            Instruments.Recovers(Word(next.Request.Kind));
        if (next.Conclusion is not { } conclusion || ReferenceEquals(conclusion, before.Conclusion)) return;
        logger.SessionConcluded(
            terminal, id, conclusion.Outcome.ToString(), conclusion.Reason,
            conclusion.ApprovedAmount?.ToString() ?? Absent, conclusion.References.Receipt ?? Absent);
        if (next.IsUnresolved) logger.SessionUnknown(terminal, id, next.Request.Kind.ToString(), Amount(next), conclusion.Reason);
        if (before.Conclusion is not null || next.ClosedAt is not { } closed) return;
        Instruments.Ended(id, terminal, Word(next.Request.Kind), Word(conclusion.Outcome), next.CreatedAt, closed);
    }

    /// <summary>An order that was not taken.</summary>
    public static void Refused(Refusal refusal) =>
        Instruments.Refused(JsonNamingPolicy.KebabCaseLower.ConvertName(refusal.Code.ToString()));

    private static string Word<T>(T value)
        where T : struct, Enum => Words<T>.All[value];

    // The words of the API.
    private static class Words<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> All =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()));
    }

    private static string Amount(Session session) => session.Request.Total?.ToString() ?? Absent;
}
