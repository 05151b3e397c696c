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

    private static bool TryRead(string text, out DateTimeOffset instant) =>
        DateTimeOffset.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out instant);
}
