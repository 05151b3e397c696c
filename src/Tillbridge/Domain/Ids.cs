using System.Security.Cryptography;

namespace Tillbridge.Domain;

/// <summary>The identity of one session: 32 lower-case hexadecimal digits, sortable by time of creation.</summary>
/// <param name="Value">The digits.</param>
public readonly record struct SessionId(string Value)
{
    /// <summary>How many characters an id has.</summary>
    public const int Length = 32;

    /// <summary>Reads an id; null when the text is none.</summary>
    public static SessionId? TryParse(string? text) =>
        text is { Length: Length } && text.All(char.IsAsciiHexDigitLower) ? new SessionId(text) : null;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Makes ids; the one place where randomness enters, and it can be replaced for a simulation.</summary>
public abstract class IdSource
{
    /// <summary>Ids from the operating system's random source, ordered by the given clock.</summary>
    public static IdSource Of(TimeProvider clock) => new OrderedIds(clock);

    /// <summary>A new session id.</summary>
    public abstract SessionId NewSession();

    /// <summary>A new idempotency key for a caller that gave none, 1 to 128 printable characters.</summary>
    public abstract string NewKey();

    private sealed class OrderedIds(TimeProvider clock) : IdSource
    {
        public override SessionId NewSession() => new(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"));

        public override string NewKey() => "auto-" + RandomNumberGenerator.GetHexString(24, lowercase: true);
    }
}
