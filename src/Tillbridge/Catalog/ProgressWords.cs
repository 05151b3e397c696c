using Tillbridge.Protocols;

namespace Tillbridge.Catalog;

/// <summary>Finds who can word a progress key: it begins with the name of a protocol or of a family of protocols.</summary>
public static class ProgressWords
{
    /// <summary>The protocol that knows the key; null when none does.</summary>
    public static IProtocol? Of(IEnumerable<IProtocol> protocols, string key)
    {
        ArgumentNullException.ThrowIfNull(protocols);
        return protocols.FirstOrDefault(protocol => protocol.ProgressText(key, "en") is not null);
    }
}
