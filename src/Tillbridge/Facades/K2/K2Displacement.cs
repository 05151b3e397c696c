namespace Tillbridge.Facades.K2;

/// <summary>
/// What happens when a client is made for a terminal that another client holds. Over a gateway the holder is known by workstation and user.
/// </summary>
public enum K2Displacement
{
    /// <summary>The newer client takes the terminal; the older one is told the truth as far as it is known.</summary>
    TakeOver,

    /// <summary>The newer client cannot be made.</summary>
    Refuse,
}
