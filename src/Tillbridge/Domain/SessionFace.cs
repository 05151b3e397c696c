namespace Tillbridge.Domain;

/// <summary>The foreign interface through which a session came, with what that interface needs to answer it after a restart.</summary>
/// <param name="Name">Name of the interface, for example <c>zvtCallback</c>.</param>
/// <param name="Data">A JSON object in the interface's own form; never changes once the intent is durable.</param>
public sealed record SessionFace(string Name, string Data);
