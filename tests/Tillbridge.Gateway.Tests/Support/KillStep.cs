using Tillbridge.Protocols;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>One message of a payment's conversation, in the order of the wire.</summary>
/// <param name="Name">How a test calls it.</param>
/// <param name="From">Who sends it.</param>
/// <param name="Code">Its first two bytes.</param>
internal sealed record KillStep(string Name, Sender From, ushort Code)
{
    /// <summary>The step before any message: the gateway's connection has just been taken.</summary>
    public const string Connect = "the connection";

    private static readonly KillStep[] Registration =
    [
        Till("the registration", 0x0600), Terminal("its acknowledge", 0x8000),
        Terminal("its completion", 0x060F), Till("the answer to its completion", 0x8000),
    ];

    private static readonly KillStep[] RepeatWithBooking =
    [
        Till("06 20", 0x0620), Terminal("the acknowledge of 06 20", 0x8000), Terminal("the repeated 04 0F", 0x040F),
        Till("the answer to the repeated 04 0F", 0x8000), Terminal("the completion of 06 20", 0x060F),
        Till("the answer to the completion of 06 20", 0x8000),
    ];

    private static readonly KillStep[] RepeatWithout =
    [
        Till("06 20", 0x0620), Terminal("the acknowledge of 06 20", 0x8000), Terminal("06 1E to 06 20", 0x061E),
        Till("the answer to 06 1E", 0x8000),
    ];

    private static readonly KillStep[] Payment =
    [
        Till("06 01", 0x0601), Terminal("the acknowledge of 06 01", 0x8000), Terminal("04 FF", 0x04FF), Till("the answer to 04 FF", 0x8000),
        Terminal("04 0F", 0x040F), Till("the answer to 04 0F", 0x8000), Terminal("the merchant's 06 D3", 0x06D3),
        Till("the answer to the merchant's 06 D3", 0x8000), Terminal("the customer's 06 D3", 0x06D3),
        Till("the answer to the customer's 06 D3", 0x8000), Terminal("06 0F", 0x060F), Till("the answer to 06 0F", 0x8000),
    ];

    /// <summary>A payment at a terminal that has a booking to repeat.</summary>
    public static IReadOnlyList<KillStep> AfterAnotherPayment { get; } = [.. Registration, .. RepeatWithBooking, .. Payment];

    /// <summary>The first payment of a terminal.</summary>
    public static IReadOnlyList<KillStep> FirstPayment { get; } = [.. Registration, .. RepeatWithout, .. Payment];

    private static KillStep Till(string name, ushort code) => new(name, Sender.Ecr, code);

    private static KillStep Terminal(string name, ushort code) => new(name, Sender.Terminal, code);
}

/// <summary>Where the gateway dies.</summary>
/// <param name="Step">Name of a <see cref="KillStep"/>.</param>
/// <param name="After">After the message was forwarded; false: instead of it.</param>
/// <param name="Silently">The terminal is not told: its connection stays open, as when the till's machine loses its power.</param>
internal sealed record KillPoint(string Step, bool After, bool Silently);
