namespace Tillbridge.Fuzz;

/// <summary>Tells AFL, which knows crashes only, that a property did not hold.</summary>
internal sealed class FindingException(string message) : Exception(message);
