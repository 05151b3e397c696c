using System.Text;
using System.Text.Json;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>The eight commands (reference §5), spelled as on the wire.</summary>
internal enum CommandName
{
    IsIdle,
    DiagnosisSimple,
    Authorisation,
    Reversal,
    EndOfDay,
    CancelTransaction,
    GetAbortedSessions,
    RemoveAbortedSession,
}

/// <summary>Why a command is not taken: the HTTP status, a stable code, and words for a programmer.</summary>
internal sealed record CallbackRefusal(int Status, string Code, string Message)
{
    /// <summary>The session that stands in the way, if one does.</summary>
    public SessionId? Session { get; init; }
}

/// <summary>A command as it came, examined.</summary>
/// <param name="Name">Which.</param>
/// <param name="CallbackUrl">Where its messages go.</param>
/// <param name="Parameter">"" when there is none.</param>
internal sealed record CallbackCommand(CommandName Name, Uri CallbackUrl, string Parameter)
{
    public const int MostBytes = 16 * 1024;
    private const int MostDepth = 4;
    private const int MostKeyCharacters = 128;

    public string Terminal { get; init; } = "";

    public string? IdempotencyKey { get; init; }

    public string? Reference { get; init; }

    public string? Language { get; init; }

    public string? Currency { get; init; }

    /// <summary>The person or program that sent it.</summary>
    public string By { get; init; } = "client";

    /// <summary>Reads a body.</summary>
    /// <param name="body">The bytes.</param>
    /// <param name="keyHeader">The header <c>Idempotency-Key</c>; null when absent.</param>
    public static (CallbackCommand? Command, CallbackRefusal? Refusal) Read(ReadOnlyMemory<byte> body, string? keyHeader)
    {
        if (body.Span.StartsWith(Encoding.UTF8.Preamble)) body = body[Encoding.UTF8.Preamble.Length..];
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = MostDepth });
            return Read(document.RootElement, keyHeader);
        }
        catch (JsonException wrong)
        {
            return Refuse(400, "invalid-request", $"The body is no valid JSON (line {wrong.LineNumber + 1}, byte "
                + $"{wrong.BytePositionInLine + 1}), or it is nested deeper than {MostDepth} levels. Send one JSON object in UTF-8.");
        }
        catch (InvalidOperationException)
        {
            return Refuse(400, "invalid-request", "The body holds text that is not valid UTF-8.");
        }
    }

    private static (CallbackCommand?, CallbackRefusal?) Read(JsonElement root, string? keyHeader)
    {
        if (root.ValueKind is not JsonValueKind.Object)
            return Refuse(400, "invalid-request", "The body must be one JSON object.");
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in root.EnumerateObject())
        {
            if (!fields.TryAdd(field.Name, field.Value))
                return Refuse(400, "invalid-request", $"The field {Shorten(field.Name)} stands twice.");
        }

        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var name in Fields)
        {
            var value = fields.GetValueOrDefault(name);
            if (value.ValueKind is JsonValueKind.String) texts[name] = value.GetString() is { Length: > 0 } text ? text : null;
            else if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) texts[name] = null;
            else return WrongType(name, value.ValueKind);
        }

        if (texts["Command"] is not { } wanted)
        {
            var near = fields.Keys.FirstOrDefault(key => key.Equals("Command", StringComparison.OrdinalIgnoreCase));
            return Refuse(400, "invalid-request", near is null or "Command"
                ? $"Command is missing; write one of {string.Join(", ", Enum.GetNames<CommandName>())}."
                : $"Command is missing; field names are case-sensitive, and '{near}' is not 'Command'.");
        }

        if (Named(wanted, out var command) is { } unknown) return (null, unknown);
        return Misnamed(command, fields.Keys) is { } wrong ? (null, wrong) : Build(command, texts, keyHeader);
    }

    private static readonly string[] Fields =
        ["Command", "CallbackUrl", "Parameter", "IdempotencyKey", "Reference", "Language", "Currency"];

    // A key that is not seen is a second charge, and so is a repeat that is told by the first answer's SessionId.
    private static CallbackRefusal? Misnamed(CommandName command, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (Fields.FirstOrDefault(field => field.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } meant && meant != name)
                return new(422, "invalid-parameter", $"Field names are case-sensitive: write {meant}, not {Shorten(name)}.");
            if (command is CommandName.Authorisation or CommandName.Reversal or CommandName.EndOfDay
                && name.Equals("SessionId", StringComparison.OrdinalIgnoreCase))
            {
                return new(422, "invalid-parameter", $"{command} takes no SessionId, it makes a new session. To ask again for an earlier "
                    + "one send the same command with its IdempotencyKey; a session to reverse is named by Parameter.");
            }
        }

        return null;
    }

    private static CallbackRefusal? Named(string wanted, out CommandName command)
    {
        // Numbers are names to the parser, too.
        if (Enum.TryParse(wanted, ignoreCase: false, out command) && Enum.GetName(command) == wanted) return null;
        var right = Enum.GetNames<CommandName>().FirstOrDefault(name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        return new(422, "unknown-command", right is null
            ? $"There is no command '{Shorten(wanted)}'; known are {string.Join(", ", Enum.GetNames<CommandName>())}."
            : $"The command is spelled '{right}'; commands are case-sensitive.");
    }

    private static (CallbackCommand?, CallbackRefusal?) Build(
        CommandName name, Dictionary<string, string?> texts, string? keyHeader)
    {
        if (texts["CallbackUrl"] is not { } address)
            return Refuse(422, "invalid-callback-url", "CallbackUrl is missing; every command needs one, for example "
                + "http://127.0.0.1:9000/zvt.");
        if (AddressGuard.Read(address, out var why) is not { } url) return Refuse(422, "invalid-callback-url", why);
        if (texts["IdempotencyKey"] is { } inBody && keyHeader is not null && inBody != keyHeader)
            return Refuse(400, "invalid-request", "IdempotencyKey and the header Idempotency-Key differ; send one of them.");
        var key = texts["IdempotencyKey"] ?? keyHeader;
        if (key is not null && !RequestRules.IsPrintable(key, MostKeyCharacters))
            return Refuse(400, "invalid-request", $"IdempotencyKey must be 1 to {MostKeyCharacters} printable characters.");
        if (texts["Language"] is { } language && !Messages.Knows(language))
            return Refuse(422, "invalid-parameter", "Language must be one of cs, sk, de, en, fr, uk, ru.");
        if (texts["Reference"] is { } reference && !RequestRules.IsPrintable(reference, RequestRules.MostReferenceCharacters))
            return Refuse(422, "invalid-parameter", $"Reference must be 1 to {RequestRules.MostReferenceCharacters} printable characters.");
        return (new(name, url, texts["Parameter"] ?? "")
        {
            IdempotencyKey = key, Reference = texts["Reference"], Language = texts["Language"], Currency = texts["Currency"],
        }, null);
    }

    private static (CallbackCommand?, CallbackRefusal?) WrongType(string name, JsonValueKind kind)
    {
        if (name == "Command") return Refuse(400, "invalid-request", "Command must be a text.");
        if (name == "CallbackUrl") return Refuse(422, "invalid-callback-url", "CallbackUrl must be a text.");
        return Refuse(422, "invalid-parameter", kind is JsonValueKind.Number && name == "Parameter"
            ? "Parameter must be a text, not a number: write \"1250\" for 12.50, the amount in minor units."
            : $"{name} must be a text.");
    }

    private static (CallbackCommand?, CallbackRefusal?) Refuse(int status, string code, string message) =>
        (null, new CallbackRefusal(status, code, message));

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
