namespace Tillbridge.Sessions;

/// <summary>Why a held session does not begin.</summary>
/// <param name="Reason">A stable code out of <see cref="Domain.Reason"/>.</param>
/// <param name="Text">What was seen, for people.</param>
public sealed record HeldBack(string Reason, string Text);
