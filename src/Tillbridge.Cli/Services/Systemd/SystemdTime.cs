using System.Globalization;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>The times that systemctl shows, which we ask for in UTC.</summary>
internal static class SystemdTime
{
    private const string Form = "ddd yyyy-MM-dd HH:mm:ss 'UTC'";

    /// <summary>The time; null when there is none, such as for what never ran.</summary>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParseExact(text, Form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
