namespace Tillbridge.Protocols;

/// <summary>The words of a protocol as its decoder prints them.</summary>
/// <param name="Messages">Names of the messages that driver or virtual terminal send.</param>
/// <param name="ResponseCodes">Response codes with which a terminal can end a transaction, success included.</param>
/// <param name="ProgressCodes">Codes of progress that a terminal can show.</param>
public sealed record ProtocolVocabulary(
    IReadOnlyList<string> Messages, IReadOnlyList<string> ResponseCodes, IReadOnlyList<string> ProgressCodes);
