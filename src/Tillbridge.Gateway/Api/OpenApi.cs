namespace Tillbridge.Gateway.Api;

/// <summary>The description of the API, written by hand beside this file; a test compares it with the routes.</summary>
internal static class OpenApi
{
    /// <summary>The document as it is sent.</summary>
    public static byte[] Document { get; } = Load();

    private static byte[] Load()
    {
        using var stream = typeof(OpenApi).Assembly.GetManifestResourceStream("Tillbridge.Gateway.Api.openapi.v1.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
