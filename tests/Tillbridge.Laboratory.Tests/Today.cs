using System.Globalization;

namespace Tillbridge.Laboratory.Tests;

/// <summary>The seed that changes every day, so that every day looks at something new; it is printed.</summary>
internal static class Today
{
    public static ulong Seed { get; } = ulong.Parse(
        TimeProvider.System.GetUtcNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
