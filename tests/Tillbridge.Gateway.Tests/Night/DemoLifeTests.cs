using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Night;

/// <summary>What a new user leaves behind by trying the demo.</summary>
public sealed class DemoLifeTests : IDisposable
{
    private const string Ready = "Tillbridge demo: ";
    private const string Books = "Books in ";

    private readonly string folder = Directory.CreateTempSubdirectory("tillbridge-life-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Without_data_a_demo_begins_with_fresh_books_says_where_and_every_file_of_its_life_is_its_owners_alone()
    {
        var first = await Life();
        var second = await Life();
        Assert.NotEqual(first, second);
        Assert.StartsWith(folder, first, StringComparison.Ordinal);

        var export = Path.Combine(folder, "export.jsonl");
        var exported = await GatewayProcess.Run(Stop, "journal", "export", "--data", first, "--out", export);
        Assert.True(exported.ExitCode == 0, exported.Output);
        var made = Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories);
        Assert.DoesNotContain(made, IsOthersToo);
        var names = Directory.EnumerateFiles(first, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToList();
        Assert.Contains("journal.db", names);
        Assert.Contains("terminals.json", names);
        Assert.Contains("books.jsonl", names);
        Assert.Contains("gateway.place", names);
        Assert.Contains(names, name => name!.EndsWith(".log", StringComparison.Ordinal));
    }

    // A payment and a change by HTTP; killed, so that nothing is tidied up. Gives where its books were.
    private async Task<string> Life()
    {
        using var demo = Begin();
        try
        {
            using var client = new HttpClient { BaseAddress = new(await Line(demo, Ready)) };
            var books = (await Line(demo, Books)).Split(',')[0];
            _ = demo.StandardOutput.Rest();
            using var list = JsonContent(await client.GetStringAsync("/v1/sessions", Stop));
            Assert.Equal(0, list.RootElement.GetProperty("sessions").GetArrayLength());
            using var sale = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions")
            {
                Content = new StringContent(TestGateway.SaleOf(1250, "demo-zvt"), Encoding.UTF8, "application/json"),
            };
            sale.Headers.Add("Idempotency-Key", "k-1");
            sale.Headers.Add("Prefer", "wait=60");
            using var paid = await client.SendAsync(sale, Stop);
            Assert.Equal(HttpStatusCode.Created, paid.StatusCode);
            using var put = await client.PutAsJsonAsync("/v1/terminals/more", new { uri = "zvt+tcp://127.0.0.1:9" }, Stop);
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            return books;
        }
        finally
        {
            demo.Kill();
            await demo.Gone();
        }
    }

    private Process Begin()
    {
        var (program, first) = GatewayProcess.Find();
        return GatewayProcess.Begin([program, .. first, "demo", "--port", "0"], [("TMPDIR", folder), ("TEMP", folder)]);
    }

    private static bool IsOthersToo(string path)
    {
        const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~Owners) != 0;
    }

    private static System.Text.Json.JsonDocument JsonContent(string text) => System.Text.Json.JsonDocument.Parse(text);

    private static async Task<string> Line(Process demo, string head)
    {
        while (await demo.StandardOutput.Line() is { } line)
        {
            if (line.StartsWith(head, StringComparison.Ordinal)) return line[head.Length..];
        }

        throw new InvalidOperationException($"The demo did not say '{head}'.");
    }
}
