using System.Diagnostics;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>Every wait for another process has an end, so that one that hangs is a test that fails by its name.</summary>
internal static class Waits
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    /// <summary>Until the process has ended.</summary>
    public static async Task Gone(this Process process)
    {
        using var limit = new CancellationTokenSource(Most);
        await process.WaitForExitAsync(limit.Token);
    }

    /// <summary>The next line; null at the end.</summary>
    public static Task<string?> Line(this StreamReader reader) => reader.ReadLineAsync().WaitAsync(Most);

    /// <summary>Everything that comes.</summary>
    public static Task<string> Rest(this StreamReader reader) => reader.ReadToEndAsync().WaitAsync(Most);
}
