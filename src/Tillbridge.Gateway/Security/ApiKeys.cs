using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Security;

/// <summary>Lets only callers in that show a key, when keys are configured.</summary>
internal sealed class ApiKeys(IReadOnlyList<string> keys)
{
    private const int MostCharacters = 4096;

    private readonly byte[][] hashes = [.. keys.Select(Hash)];

    /// <summary>True when no key is needed or the caller shows a right one.</summary>
    public bool Admit(HttpContext context) => IsOpen(context) || Knows(context);

    /// <summary>True when no key is needed for this path: whether a process lives is no secret, and who watches it holds no keys.</summary>
    public static bool IsOpen(HttpContext context) => context.Request.Path.StartsWithSegments("/health");

    /// <summary>True when keys are configured.</summary>
    public bool AreNeeded => hashes.Length > 0;

    /// <summary>True when no keys are configured or the caller shows a right one.</summary>
    public bool Knows(HttpContext context) => !AreNeeded
        || (Shown(context.Request.Headers) is { Length: > 0 and <= MostCharacters } key && IsKnown(Hash(key)));

    /// <summary>True when the caller shows something as its key.</summary>
    public static bool IsShown(HttpContext context) =>
        context.Request.Headers["X-Api-Key"].Count > 0 || context.Request.Headers.Authorization.Count > 0;

    private static string? Shown(IHeaderDictionary headers)
    {
        if (headers["X-Api-Key"] is [{ } plain]) return plain;
        if (headers.Authorization is not [{ } authorization]) return null;
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return authorization[7..].Trim();
        return authorization.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? Password(authorization[6..].Trim()) : null;
    }

    // A browser can only ask for a name and password; the key is the password and the name is free.
    private static string? Password(string encoded)
    {
        var buffer = new byte[MostCharacters];
        if (encoded.Length > MostCharacters || !Convert.TryFromBase64String(encoded, buffer, out var length)) return null;
        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    // Every key is compared, whichever fits, so that the time taken tells nothing.
    private bool IsKnown(byte[] shown)
    {
        var found = false;
        foreach (var hash in hashes) found |= CryptographicOperations.FixedTimeEquals(hash, shown);
        return found;
    }
}
