using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>Reads the section <c>retention</c>: how many days what is kept.</summary>
internal static class RetentionReader
{
    private const int MostDays = 36_500;

    /// <summary>The settings with what the section says.</summary>
    public static GatewaySettings Read(JsonFields fields, GatewaySettings settings)
    {
        if (fields.Object("retention") is not { } retention) return settings;
        var frames = retention.Whole("frames", 1, MostDays);
        if (retention.Has("sessions"))
            retention.Fault("sessions", "Sessions are not archived in this version yet; leave it out, and they are all kept.");
        retention.Finish();
        return frames is { } days ? settings with { FramesAreKept = TimeSpan.FromDays(days) } : settings;
    }
}
