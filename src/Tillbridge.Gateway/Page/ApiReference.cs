using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Tillbridge.Gateway.Page;

/// <summary>The API's document as pages that can be tried, by Scalar. Everything comes out of this program.</summary>
internal static class ApiReference
{
    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapScalarApiReference("/docs", Configure);

    private static void Configure(ScalarOptions options, HttpContext context)
    {
        options.Title = "Tillbridge API";
        options.OpenApiRoutePattern = "/openapi/v1.json";
        // The document names the usual address; here it is the one that the browser has.
        options.Servers = [new ScalarServer("/")];
        // Fonts, questions to a language model, uploads and counts would all go to somebody else's servers.
        options.DefaultFonts = false;
        options.Telemetry = false;
        options.Agent = new() { Disabled = true };
        options.Mcp = new() { Disabled = true };
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        options.HideClientButton = true;
        // A key stays in the page and goes with it.
        options.PersistentAuthentication = false;
        options.Nonce = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        // Whatever a later version of the page tries, the browser asks nobody but this gateway.
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{options.Nonce}'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
            + "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
