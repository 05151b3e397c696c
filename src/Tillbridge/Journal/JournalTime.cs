using System.Globalization;

namespace Tillbridge.Journal;

/// <summary>Instants as the file keeps them: ISO 8601 in UTC with seven decimals, so that text order is time order.</summary>
internal static class JournalTime
{
    public static string Write(DateTimeOffset instant) => instant.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static string? Write(DateTimeOffset? instant) => instant is { } some ? Write(some) : null;

    public static bool CanRead(string text) => TryRead(text, out _);

    public static DateTimeOffset Read(string text) =>
        TryRead(text, out var instant)
            ? instant
            : throw new JournalException(JournalFault.Corrupt, $"'{text}' is no instant. {JournalDirectory.CorruptCure}");

    /// <summary>True when the number can be an instant.</summary>
    public static bool IsTicks(long ticks) => ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;

    /// <summary>The instant of as many ticks of 100 ns since the year 1, as records have it.</summary>
    public static DateTimeOffset OfTicks(long ticks) =>
        IsTicks(ticks)
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : throw new JournalException(JournalFault.Corrupt, $"{ticks} is no instant. {JournalDirectory.CorruptCure}");

    private static bool TryRead(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out instant);
}
