using System.Text;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

/// <summary>How we show a receiver who we are.</summary>
/// <param name="Scheme"><c>Basic</c> or <c>Bearer</c>.</param>
/// <param name="Secret">For Basic <c>user:password</c>, for Bearer the token.</param>
public sealed record CallbackCredential(string Scheme, string Secret)
{
    /// <summary>The value of the header <c>Authorization</c>.</summary>
    internal string Header => Scheme == "Basic" ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))}" : $"Bearer {Secret}";

    /// <summary>Says nothing of the secret.</summary>
    public override string ToString() => $"CallbackCredential({Scheme})";
}
