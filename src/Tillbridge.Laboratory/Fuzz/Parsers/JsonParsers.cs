using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>What the library keeps or takes as JSON. Lists compare by reference in records, so the written texts are compared.</summary>
internal static class JsonParsers
{
    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        new TextParser<Session>(
            "journal/session", ReadSession, JournalJson.Write, (one, other) => JournalJson.Write(one) == JournalJson.Write(other)),
        new TextParser<ScriptFile>("protocols/script", ReadScript, WriteScript, (one, other) => WriteScript(one) == WriteScript(other)),
        new TextParser<AcquirerMemory>(
            "protocols/virtual-memory", ReadMemory, memory => memory.Write(), (one, other) => one.Write() == other.Write()),
    ];

    private static Session? ReadSession(string json)
    {
        try
        {
            return JournalJson.Read(json);
        }
        catch (JournalException)
        {
            return null;
        }
    }

    private static ScriptFile? ReadScript(string json)
    {
        try
        {
            var file = TerminalScripts.Read(json);
            new TerminalScripts().Replace(file.Next ?? [], file.Always);
            return file;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static string WriteScript(ScriptFile file) => JsonSerializer.Serialize(file, ScriptJson.Default.ScriptFile);

    private static AcquirerMemory? ReadMemory(string json)
    {
        try
        {
            return AcquirerMemory.Read(json);
        }
        catch (IOException)
        {
            return null; // The one error that a virtual terminal's memory is known to give (VirtualAcquirer).
        }
    }
}
