namespace Tillbridge.Transports.Serial;

/// <summary>The check bit of each character.</summary>
public enum SerialParity
{
    /// <summary>None.</summary>
    None,

    /// <summary>The number of ones is even.</summary>
    Even,

    /// <summary>The number of ones is odd.</summary>
    Odd,
}
