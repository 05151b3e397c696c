using System.Globalization;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Laboratory.Faults;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Laboratory.Simulation;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Runs;

/// <summary>Which run it is, in a line that a person can copy: equal lines are equal runs.</summary>
/// <param name="Part">random, face, words, faults or crash.</param>
/// <param name="Protocol">Name of the protocol.</param>
/// <param name="Seed">The run's seed.</param>
internal sealed record TrialId(string Part, string Protocol, ulong Seed)
{
    public const string Random = "random";
    public const string Words = "words";
    public const string Around = "faults";
    public const string Crash = "crash";

    /// <summary>A random run in which the callback face is played.</summary>
    public const string Face = "face";

    private const string SerialMark = "+serial";
    private const string FaceMark = "+face";

    /// <summary>The run is on a serial line; a random run throws its own dice for that.</summary>
    public bool OnSerial { get; init; }

    /// <summary>The operation is ordered through the callback face.</summary>
    public bool OnFace { get; init; }

    public RequestKind Kind { get; init; }

    /// <summary>Names of faults, for a run around one operation.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    public long? Point { get; init; }

    public HostDeath Death { get; init; }

    public Bug? Bug { get; init; }

    /// <summary>Reads a line that <see cref="ToString"/> wrote.</summary>
    /// <returns>The id, or null with the reason in <paramref name="why"/>.</returns>
    public static TrialId? TryParse(string text, out string why)
    {
        why = "";
        var parts = text.Split(':');
        var serial = parts.Length > 1 && parts[1].EndsWith(SerialMark, StringComparison.Ordinal);
        var face = parts.Length > 1 && parts[1].EndsWith(FaceMark, StringComparison.Ordinal);
        var protocol = serial ? parts[1][..^SerialMark.Length] : face ? parts[1][..^FaceMark.Length] : parts.ElementAtOrDefault(1) ?? "";
        if (parts.Length < 3 || !ProtocolCatalog.ByName.ContainsKey(protocol)
            || !ulong.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
        {
            why = $"'{text}' names no run; copy the line that soak printed, for example random:zvt:12345.";
            return null;
        }

        var id = new TrialId(parts[0], protocol, seed) { OnSerial = serial, OnFace = face };
        switch (parts)
        {
            case [Random or Words or Face, _, _]:
                return id;
            case [Around, _, var kind, var faults, _] when Enum.TryParse<RequestKind>(kind, out var operation):
                var names = faults.Split('+');
                if (names.FirstOrDefault(name => FaultCatalog.All.All(fault => fault.Name != name)) is { } unknown)
                {
                    why = $"There is no fault '{unknown}'; known are {string.Join(", ", FaultCatalog.All.Select(fault => fault.Name))}.";
                    return null;
                }

                return id with { Kind = operation, Faults = names };
            case [Crash, _, var kind, var point, var death, _]
                when Enum.TryParse<RequestKind>(kind, out var operation) && Enum.TryParse<HostDeath>(death, out var how)
                    && long.TryParse(point, NumberStyles.None, CultureInfo.InvariantCulture, out var at):
                return id with { Kind = operation, Point = at, Death = how };
            default:
                why = $"'{text}' names no run; copy the line that soak printed.";
                return null;
        }
    }

    public TrialPlan MakePlan()
    {
        var protocol = ProtocolCatalog.ByName[Protocol];
        var carrier = OnSerial ? Carrier.Serial : Carrier.Stream;
        return Part switch
        {
            Random => Planner.Random(protocol, Seed, Bug),
            Face => Planner.RandomOnFace(protocol, Seed, Bug),
            Words => Planner.Words(protocol, Seed),
            Around => Planner.Around(protocol, Kind, [.. Faults.Select(Find)], Seed, Bug, carrier, OnFace),
            _ => Planner.DyingAt(protocol, Kind, Point, Death, Seed, carrier, OnFace),
        };
    }

    public override string ToString() => Part switch
    {
        Around => $"{Part}:{Place}:{Kind}:{string.Join('+', Faults)}:{Seed}",
        Crash => $"{Part}:{Place}:{Kind}:{Point}:{Death}:{Seed}",
        _ => $"{Part}:{Protocol}:{Seed}",
    };

    private string Place => Protocol + (OnSerial ? SerialMark : OnFace ? FaceMark : "");

    private static Fault Find(string name) => FaultCatalog.All.First(fault => fault.Name == name);
}
