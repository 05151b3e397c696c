namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>A clock for parsers and drivers that are only made to check their settings.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public static StoppedClock Instance { get; } = new();

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
}
