namespace Tillbridge.Journal.Frames;

/// <summary>A frame on the wire as it is kept: its bytes without secrets, or a text in its place.</summary>
/// <param name="At">When it passed, UTC.</param>
/// <param name="FromTerminal">True when the terminal sent it.</param>
/// <param name="Form">Who makes a text of the bytes, a protocol and its dialect as <c>zvt/ccv</c>; empty when they are UTF-8 text.</param>
/// <param name="Bytes">The masked bytes, or the text.</param>
public sealed record JournalFrame(DateTimeOffset At, bool FromTerminal, string Form, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Most characters of a form.</summary>
    public const int MostFormCharacters = 200;
}
