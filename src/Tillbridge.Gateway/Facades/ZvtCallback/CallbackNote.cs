using System.Text.Json;
using System.Text.Json.Serialization;
using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>What the face needs of a command after a restart; stands in the session from its intent on.</summary>
/// <param name="Command">The command as sent.</param>
/// <param name="CallbackUrl">Where its messages go.</param>
/// <param name="Parameter">The parameter as sent.</param>
/// <param name="By">Who sent it.</param>
/// <param name="Language">Language of its texts.</param>
/// <param name="IdempotencyKey">The client's key; null when it sent none.</param>
internal sealed record CallbackOrigin(
    string Command, string CallbackUrl, string Parameter, string By, string Language, string? IdempotencyKey)
{
    /// <summary>The name of this face in the journal.</summary>
    public const string Face = "zvtCallback";

    public SessionFace ToFace() => new(Face, JsonSerializer.Serialize(this, CallbackJson.Default.CallbackOrigin));

    /// <summary>What stands in a session; null for a session of another interface.</summary>
    public static CallbackOrigin? Of(Session session) =>
        session.Face is { Name: Face } face ? JsonSerializer.Deserialize(face.Data, CallbackJson.Default.CallbackOrigin) : null;
}

/// <summary>What the face did about a session: deliveries, the list, acknowledgements. Each change is a record of the journal.</summary>
internal sealed record CallbackNote
{
    /// <summary>An end message that is not delivered for this long stands in the list (reference §7.1).</summary>
    public static readonly TimeSpan UndeliveredAfter = TimeSpan.FromSeconds(30);

    public static CallbackNote None { get; } = new();

    /// <summary>The address of a later repeat of the command; null for the first.</summary>
    public string? NewestUrl { get; init; }

    /// <summary>The process found the session open at its start.</summary>
    public bool FoundOpen { get; init; }

    /// <summary>The client was gone before it was answered.</summary>
    public bool ClientGone { get; init; }

    /// <summary>When an abort was asked for by CancelTransaction or by a lost callback, UTC.</summary>
    public DateTimeOffset? AbortAt { get; init; }

    /// <summary>Why no message could be delivered while the session ran.</summary>
    public string? LostBecause { get; init; }

    /// <summary>Failed attempts of intermediate messages.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>The number of the end message; 0 before there is one.</summary>
    public int EndSequence { get; init; }

    /// <summary>When the end message was made, UTC.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Attempts of the end message.</summary>
    public int Attempts { get; init; }

    /// <summary>What the last failed attempt saw.</summary>
    public string? LastError { get; init; }

    /// <summary>When the end message was delivered, UTC.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The end message is not tried any more.</summary>
    public bool GaveUp { get; init; }

    /// <summary>An attempt of the end message, or the list, got or may have got to the client.</summary>
    public bool MayHaveBeenSeen { get; init; }

    /// <summary>An attempt is under way; after a crash nobody knows how far it got.</summary>
    public bool IsBeingTried { get; init; }

    /// <summary>The outcome that the end message told.</summary>
    public string? Told { get; init; }

    /// <summary>The second end message was dealt with.</summary>
    public bool LateTold { get; init; }

    /// <summary>How often the client sent the command again: what was delivered before that does not answer it.</summary>
    public int Round { get; init; }

    /// <summary>The client sent the command again after its end and is told the end again, also of what was acknowledged.</summary>
    public bool IsAskedAgain { get; init; }

    /// <summary>When it was acknowledged, UTC.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Who acknowledged it.</summary>
    public string? RemovedBy { get; init; }

    /// <summary>The key of the reversal of an approval that nobody saw; null without one.</summary>
    public string? ReversalKey { get; init; }

    /// <summary>That reversal's session.</summary>
    public string? ReversalSession { get; init; }

    /// <summary>The end message is withdrawn while that reversal runs.</summary>
    public bool IsWithdrawn { get; init; }

    /// <summary>That reversal was approved.</summary>
    public bool ReversedUnseen { get; init; }

    /// <summary>That reversal is not tried again.</summary>
    public bool ReversalOver { get; init; }

    /// <summary>Nothing is left to be delivered.</summary>
    public bool IsSettled { get; init; }

    [JsonIgnore]
    public bool IsDelivered => DeliveredAt is not null;

    /// <summary>The note for the journal.</summary>
    public FaceNote ToFace(bool listed) => new(
        CallbackOrigin.Face, IsSettled, listed, JsonSerializer.Serialize(this, CallbackJson.Default.CallbackNote));

    public static CallbackNote Of(FaceNote? note) =>
        note is null ? None : JsonSerializer.Deserialize(note.Data, CallbackJson.Default.CallbackNote) ?? None;
}

/// <summary>Reads and writes what the face keeps.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(CallbackOrigin))]
[JsonSerializable(typeof(CallbackNote))]
internal sealed partial class CallbackJson : JsonSerializerContext;
