using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

/// <summary>
/// Proves to a receiver that a message is ours and young: <c>t=SECONDS,v1=HEX</c>, where HEX is HMAC-SHA256 over
/// <c>SECONDS.BODY</c> under the shared secret.
/// </summary>
internal static class Signature
{
    /// <summary>The header's value.</summary>
    public static string Of(string secret, ReadOnlySpan<byte> body, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(seconds), (byte)'.', .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
