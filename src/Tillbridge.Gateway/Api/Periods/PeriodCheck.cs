using Tillbridge.Domain;

namespace Tillbridge.Gateway.Api.Periods;

/// <summary>The terminal's totals against the journal's, as lines for a person.</summary>
public static class PeriodCheck
{
    /// <summary>What our journal has of the period, and whether the terminal says the same.</summary>
    /// <param name="period">The sessions of the period, oldest first.</param>
    /// <param name="terminal">What the terminal says.</param>
    public static IReadOnlyList<string> Lines(IReadOnlyCollection<Session> period, Totals terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var (ours, before) = PeriodTotals.Of(period, terminal);
        var head = $"journal {ours.Net?.ToString() ?? "0"} in {ours.Count} bookings";
        var differences = ours.DifferencesTo(terminal).ToList();
        var sign = terminal.IsUnsigned && ours.Net is { MinorUnits: < 0 } ? " (the terminal names no sign)" : "";
        var lines = new List<string> { differences.Count == 0 ? $"{head}: both agree{sign}" : $"{head}: they do not agree" };
        lines.AddRange(differences.Select(found =>
            $"DIFFERENCE {found.Name}: terminal {found.Terminal ?? "-"}, journal {found.Journal ?? "-"}. {found.Text}"));
        if (before is not null)
        {
            lines.Add(
                $"NOTE the terminal closed by itself between receipts {before.LastReceipt ?? "-"} and {ours.FirstReceipt ?? "-"}: "
                + $"{before.Net} in {before.Count} bookings of the journal stand before that.");
        }

        return lines;
    }
}
