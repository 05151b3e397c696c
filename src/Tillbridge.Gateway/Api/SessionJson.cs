using System.Text;
using Tillbridge.Domain;

namespace Tillbridge.Gateway.Api;

/// <summary>The session object as one line of JSON, as the API writes it.</summary>
public static class SessionJson
{
    /// <summary>The line.</summary>
    public static string Of(Session session) =>
        Encoding.UTF8.GetString(ApiJson.Write(SessionView.From(session), ApiJson.Default.SessionView).Span);
}
