using Tillbridge.Protocols;

namespace Tillbridge.Sessions;

/// <summary>A configured terminal.</summary>
/// <param name="Name">Its name; for the command line also its address.</param>
/// <param name="Address">Where it is and what it speaks.</param>
public sealed record TerminalSettings(string Name, TerminalAddress Address)
{
    /// <summary>Longest name in characters.</summary>
    public const int MostNameCharacters = 256;

    /// <summary>What the driver needs.</summary>
    public DriverSettings Driver { get; init; } = new();

    /// <summary>The same with what the address says of the terminal itself.</summary>
    internal DriverSettings DriverAtAddress => Driver with
    {
        TerminalId = Address.Options.GetValueOrDefault(TerminalAddress.TerminalIdOption) ?? Driver.TerminalId,
        SettleTime = Address.SettleTime ?? Driver.SettleTime,
        Without = Address.Without.With(Driver.Without),
        TillPrints = Address.TillPrints ?? Driver.TillPrints,
        AllowsManual = Address.AllowsManual ?? Driver.AllowsManual,
    };

    /// <summary>
    /// True when somebody said which currency the terminal counts in: an order in another one is refused. False leaves it to the terminal.
    /// </summary>
    public bool OnlyOwnCurrency { get; init; }

    /// <summary>A terminal with an unknown session takes no new money session until it is resolved.</summary>
    public bool StrictUnknown { get; init; } = true;

    /// <summary>How long recovery asks before it gives up; null takes the protocol's default.</summary>
    public TimeSpan? RecoveryLimit { get; init; }
}
