using Tillbridge.Domain.Proof;

namespace Tillbridge.Protocols;

/// <summary>What a driver must know of its terminal.</summary>
public sealed record DriverSettings
{
    /// <summary>The terminal's password in the form of its protocol; never logged.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Name of the dialect, or the path of a dialect file where the protocol reads such files; null takes the general one.
    /// </summary>
    public string? Dialect { get; init; }

    /// <summary>
    /// The terminal's own id where its messages carry it and the configuration names it; null asks the terminal or the dialect.
    /// </summary>
    public string? TerminalId { get; init; }

    /// <summary>Alphabetic code of the terminal's own currency.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>Silence on the line before recovery starts; null takes the protocol's default.</summary>
    public TimeSpan? AnswerLimit { get; init; }

    /// <summary>
    /// How long a terminal that says that it is idle may still be booking: its "not booked" is asked for again after that time; null takes
    /// the dialect's value.
    /// </summary>
    public TimeSpan? SettleTime { get; init; }

    /// <summary>Assumptions that are not made of this terminal: what would rest on them is unknown.</summary>
    public Grounds Without { get; init; }

    /// <summary>The till prints the receipts, or the terminal does; null leaves it to the dialect.</summary>
    public bool? TillPrints { get; init; }

    /// <summary>Payments may be begun by hand at the terminal, or not; null leaves it to the dialect.</summary>
    public bool? AllowsManual { get; init; }

    /// <summary>How long a second step of our caller is waited for.</summary>
    public TimeSpan ConfirmLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Sees every frame, already masked; null when nobody looks.</summary>
    public IWireLog? WireLog { get; init; }

    /// <summary><see cref="Without"/>, where the protocol can do without all of them.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal Grounds WithoutAmong(IReadOnlyList<string> possible) => Without.FirstOrDefault(code => !possible.Contains(code)) is { } other
        ? throw new ArgumentException(
            $"'{TerminalAddress.WithoutOption}={other}' is not possible here; what can be left out is {string.Join(", ", possible)}.")
        : Without;

    /// <summary>Text that must not appear in <see cref="object.ToString"/>.</summary>
    public override string ToString() => $"DriverSettings({Dialect}, {Currency})";
}

/// <summary>Sees the frames of a conversation after masking.</summary>
public interface IWireLog
{
    /// <summary>A frame passed. It is only looked at during the call.</summary>
    void Saw(SeenFrame frame);
}

/// <summary>A frame that passed on the wire, of which only forms without secrets can be had.</summary>
public abstract class SeenFrame
{
    /// <summary>Who sent it.</summary>
    public abstract Sender From { get; }

    /// <summary>How its protocol makes a text of the masked bytes later (<see cref="IProtocol.Dump"/>): dialect or character set.</summary>
    public abstract string Form { get; }

    /// <summary>How many bytes it has.</summary>
    public abstract int Length { get; }

    /// <summary>Its bytes, with fillings in the place of whatever is secret; they can be taken apart as before.</summary>
    public abstract byte[] Masked();

    /// <summary>Its readable form, masked.</summary>
    public abstract string Dump();
}
