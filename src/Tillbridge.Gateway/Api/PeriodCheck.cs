using Tillbridge.Domain;

namespace Tillbridge.Gateway.Api;

/// <summary>The terminal's totals against the journal's, as lines for a person.</summary>
public static class PeriodCheck
{
    /// <summary>What our journal has of the period, and whether the terminal says the same.</summary>
    /// <param name="period">The sessions of the period, oldest first.</param>
    /// <param name="terminal">What the terminal says.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyCollection<Session> period, Totals terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var ours = PeriodTotals.Of(period);
        var head = $"journal {ours.Net?.ToString() ?? "0"} in {ours.Count} bookings";
        var differences = ours.DifferencesTo(terminal).ToList();
        if (differences.Count == 0) return [$"{head}: both agree"];
        return
        [
            $"{head}: they do not agree",
            .. differences.Select(found =>
                $"DIFFERENCE {found.Name}: terminal {found.Terminal ?? "-"}, journal {found.Journal ?? "-"}. {found.Text}"),
        ];
    }
}
