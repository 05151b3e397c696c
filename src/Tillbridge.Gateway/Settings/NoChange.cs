using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Settings;

/// <summary>Why a change of the terminals was not made.</summary>
internal abstract record NoChange
{
    /// <summary>The engine refuses it now.</summary>
    public sealed record Refused(Refusal Refusal) : NoChange;

    /// <summary>The device at this address belongs to another terminal.</summary>
    public sealed record AddressInUse(string Place, string By) : NoChange;

    /// <summary>There are as many terminals as there may be.</summary>
    public sealed record TooMany(int Most) : NoChange;

    /// <summary>The data directory does not take it. Usually nothing has changed then.</summary>
    /// <param name="Why">What the system says.</param>
    /// <param name="IsLive">True when it could not be taken back: it works until the next start.</param>
    public sealed record NotKept(string Why, bool IsLive) : NoChange;
}
