using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Page;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>docs/facades/zvt-callback.md: everything is named there, and its client pays.</summary>
public sealed partial class PageTests : FaceBench
{
    private const int MostClientLines = 25;

    private static readonly string Page = Pages.Read("docs", "facades", "zvt-callback.md");

    [Fact]
    public void Every_setting_is_listed()
    {
        const string Strange = """
            { "facades": { "zvtCallback": { "no": 1, "auth": { "no": 1 }, "tls": { "no": 1 },
              "callback": { "no": 1, "authorization": { "https://pos.example": { "no": 1 } } } } } }
            """;
        var reading = GatewaySettings.Parse(System.Text.Encoding.UTF8.GetBytes(Strange), ".", ProtocolCatalog.ByName, TimeProvider.System);
        var known = reading.Faults.Select(fault => Known.Match(fault.Text)).Where(match => match.Success)
            .SelectMany(match => match.Groups[1].Value.Split(", ")).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("listen", known);
        Assert.Contains("giveUpSeconds", known);
        Assert.Contains("scheme", known);
        Listed(known);
    }

    [Fact]
    public async Task Every_field_is_listed()
    {
        await Ended("Authorisation", "1009902");
        await Ended("EndOfDay");
        var list = await Ended("GetAbortedSessions");
        var answer = await Command("Reversal");
        var names = Sink.Messages.Select(message => message.Json)
            .Append(Assert.Single(JsonElement.Parse(list.Value).EnumerateArray()))
            .Append(answer.Json).SelectMany(json => json.EnumerateObject().Select(field => field.Name));
        string[] rare = ["Late", "More", "Recovered", "Receipts", "Card", "ResponseCode", "Totals", "Session"];
        string[] asked = ["Command", "CallbackUrl", "Parameter", "IdempotencyKey", "Reference", "Language", "Currency"];
        Listed([.. names, .. rare, .. asked]);
    }

    [Fact]
    public void Every_code_is_listed()
    {
        // Codes of the face are written where they are given; what the engine says is a constant.
        var folder = Pages.PathOf("src", "Tillbridge.Gateway", "Facades", "ZvtCallback");
        string[] files = [.. Directory.GetFiles(folder, "*.cs"), .. Directory.GetFiles(Path.Combine(folder, "Server"))];
        var written = files.SelectMany(file => Written.Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["code"].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(new HashSet<string> { "terminal-busy", "wrong-host", "still-open", "already-reversed", "outbox-full" }, written);
        Listed([.. written, .. Constants(typeof(Reason)), .. Constants(typeof(ProgressCode))]);
    }

    [Theory]
    [InlineData("1250", 0, "approved Approved")]
    [InlineData("9901", 1, "declined-by-issuer ")]
    public async Task The_client_of_the_page_pays(string amount, int exit, string says)
    {
        var program = Page.Split("```python\n")[1].Split("```")[0];
        Assert.InRange(program.TrimEnd('\n').Split('\n').Length, 1, MostClientLines);
        var file = Path.Combine(Gateway.Folder, "pay.py");
        await File.WriteAllTextAsync(file, program, Stop);
        Assert.SkipUnless(HasPython(), "python3 is missing, so the Python client of docs/facades/zvt-callback.md was not run.");

        using var client = GatewayProcess.Begin(["python3", file, Gateway.CallbackAddress.ToString(), amount, "order-1"], []);
        var said = await client.StandardOutput.Rest();
        var wrong = await client.StandardError.Rest();
        await client.Gone();

        Assert.True(client.ExitCode == exit, $"{client.ExitCode} {said} {wrong}");
        Assert.Contains(says, said, StringComparison.Ordinal);
        Assert.Equal(exit == 0 ? 1250 : 0, Gateway.Acquirer.Net);
    }

    private static void Listed(IEnumerable<string> names)
    {
        var missing = names.Distinct().Where(name => !Page.Contains($"`{name}`", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        Assert.Empty(missing);
    }

    private static bool HasPython() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "python3")));

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex("known are (.+)\\.$")]
    private static partial Regex Known { get; }

    // A code stands behind a status, behind the verdict of a query, or is one of two.
    [GeneratedRegex(
        """(?:\d{3}, |Refuse\(\s*|(?:true|false), (?:"", |json, |failure\.Message, )?)"(?<code>[a-z]+(?:-[a-z]+)*)""" + "\""
        + """|\? "(?<code>[a-z]+(?:-[a-z]+)*)" :""")]
    private static partial Regex Written { get; }
}
