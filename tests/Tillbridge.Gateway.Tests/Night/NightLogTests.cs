using System.Net;
using System.Reflection;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback.Configuration;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Night;

public sealed class NightLogTests
{
    private const string Key = "the-key-of-the-till-7";

    [Fact]
    public async Task The_log_of_a_bad_night_names_the_unknown_the_refusals_and_the_wrong_keys_and_never_says_null()
    {
        await using var gateway = await TestGateway.Start(change: settings => settings with
        {
            ApiKeys = [Key],
            ZvtCallback = new CallbackSettings { Listen = new(IPAddress.Loopback, 0) },
            Terminals = [.. settings.Terminals.Select(entry => entry with
            {
                Settings = entry.Settings with { RecoveryLimit = TimeSpan.FromSeconds(0.3) },
            })],
        });
        var wrong = await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "k-0");
        wrong.IsProblem(401, "unauthorized");
        gateway.Client.DefaultRequestHeaders.Add("X-Api-Key", "not-the-key-of-the-till");
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "k-0")).IsProblem(401, "unauthorized");
        gateway.Client.DefaultRequestHeaders.Remove("X-Api-Key");
        gateway.Client.DefaultRequestHeaders.Add("X-Api-Key", Key);
        await gateway.Sale(1250);
        var face = gateway.CallbackAddress.ToString();
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.Post(face, "{}")).Status);
        var unknown = await gateway.Sale(9913);
        Assert.Equal("unknown", unknown.GetProperty("outcome").GetString());
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(100), "k-2")).IsProblem(409, "unresolved-session");
        (await gateway.Post("/v1/sessions", """{"kind":"sale\u001b[2J"}""", "k-3")).IsProblem(400, "invalid-request");
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Get("/favicon.ico")).Status);
        await gateway.Restart();

        var id = unknown.GetProperty("id").GetString();
        await Wait.Until(() => LogOf(gateway.Folder).Any(line => line.Contains(" 5017 ", StringComparison.Ordinal)));
        var lines = LogOf(gateway.Folder);
        Assert.Contains(lines, line => Is(line, "ERROR 4010", "till-1", id!, "99.13 EUR", $"journal resolve {id} OUTCOME --by NAME"));
        Assert.Contains(lines, line => Is(line, "ERROR 5016", "Sessions with an unknown outcome: 1."));
        Assert.Contains(lines, line => Is(line, "ERROR 5017", "till-1", id!, "99.13 EUR", $"journal resolve {id} OUTCOME --by NAME"));
        const string Refused = "POST /v1/sessions from 127.0.0.1 was answered 409 unresolved-session";
        Assert.Contains(lines, line => Is(line, "WARNING 5009", Refused, id!));
        Assert.Contains(lines, line => Is(line, "WARNING 5009", "400 invalid-request"));
        Assert.Contains(lines, line => Is(line, "WARNING 5009", "401 unauthorized"));
        Assert.Contains(lines, line => Is(line, "WARNING 5006", "127.0.0.1"));
        Assert.Contains(lines, line => Is(line, "WARNING 5009", "callback face / from 127.0.0.1", "400 "));
        Assert.DoesNotContain(lines, line => line.Contains("favicon", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("(null)", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("of-the-till", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Any(char.IsControl));
    }

    [Fact]
    public void A_flood_of_refusals_leaves_a_few_lines_and_their_number()
    {
        var (clock, lines) = (new StoppedClock(), new Lines());
        var refusals = new RefusalLog(lines, clock);
        for (var order = 0; order < 10_000; order++) refusals.Refused("POST /v1/sessions", "10.0.0.1", 409, "terminal-busy", "busy");
        Assert.Equal(20, lines.All.Count);
        refusals.Refused("POST /v1/sessions", "10.0.0.1", 400, "invalid-request", "another code is told all the same");
        Assert.Equal(21, lines.All.Count);
        clock.Passed += TimeSpan.FromSeconds(3);
        refusals.Refused("POST /v1/sessions", "10.0.0.1", 409, "terminal-busy", "busy");
        Assert.EndsWith("busy (9980 more of this code were not told)", lines.All[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_caller_sent_moves_no_cursor_begins_no_line_and_shows_no_card()
    {
        var lines = new Lines();
        new RefusalLog(lines, new StoppedClock()).Refused(
            "POST /v1\n2026", "10.0.0.1", 400, "invalid-request", "no field '\u202Eabc\u009B4111111111111111'");
        var line = Assert.Single(lines.All);
        Assert.Equal(VisibleText.Line(line), line);
        Assert.DoesNotContain("4111111111111111", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_is_named_is_named_whole_also_when_its_id_looks_like_a_card()
    {
        const string Id = "01a24111111111111111abcdefabcdef";
        var lines = new Lines();
        new RefusalLog(lines, new StoppedClock()).Refused(
            $"POST /v1/sessions/{Id}/confirm", "10.0.0.1", 409, "unresolved-session", $"{Id} is unknown; 4111111111111111 is none.");
        var line = Assert.Single(lines.All);
        Assert.Equal(2, line.Split(Id).Length - 1);
        Assert.DoesNotContain(" 4111111111111111", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(GatewayHost), "Tillbridge.Gateway.Log")]
    [InlineData(typeof(Session), "Tillbridge.Log")]
    public void No_line_of_the_log_takes_a_value_that_may_be_null(Type assembly, string log)
    {
        var nullability = new NullabilityInfoContext();
        var parameters = assembly.Assembly.GetType(log)!.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.NonPublic)
            .Where(method => method.GetCustomAttribute<LoggerMessageAttribute>() is not null)
            .SelectMany(method => method.GetParameters()).ToList();
        Assert.NotEmpty(parameters);
        Assert.Empty(parameters.Where(parameter => nullability.Create(parameter).ReadState is not NullabilityState.NotNull)
            .Select(parameter => $"{parameter.Member.Name}({parameter.Name})"));
    }

    private static bool Is(string line, string head, params string[] words) =>
        line.Contains($" {head} ", StringComparison.Ordinal) && words.All(word => line.Contains(word, StringComparison.Ordinal));

    private static List<string> LogOf(string folder)
    {
        var lines = new List<string>();
        foreach (var path in Directory.GetFiles(Path.Combine(folder, "data", "logs")))
        {
            using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            lines.AddRange(file.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        return lines;
    }

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Passed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Passed.Ticks;
    }

    private sealed class Lines : ILogger
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
