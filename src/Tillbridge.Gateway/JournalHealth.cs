namespace Tillbridge.Gateway;

/// <summary>How the journal is.</summary>
/// <param name="TakesSessions">False when no new session can begin.</param>
/// <param name="Faults">What keeps it from being what it should be, each with what it costs; empty when all is well.</param>
internal sealed record JournalHealth(bool TakesSessions, IReadOnlyList<string> Faults);
