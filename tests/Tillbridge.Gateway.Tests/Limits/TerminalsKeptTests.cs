using System.Net;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Limits;

public sealed class TerminalsKeptTests : IAsyncLifetime
{
    private const string Full = "/dev/full";

    private TestGateway gateway = null!;

    private string Kept => Path.Combine(gateway.Settings.Data, "terminals.json");

    public async ValueTask InitializeAsync() => gateway = await TestGateway.Start();

    public async ValueTask DisposeAsync() => await gateway.DisposeAsync();

    [Fact]
    public async Task An_address_in_use_is_a_conflict_that_names_the_terminal_and_the_cure()
    {
        var uri = (await gateway.Get("/v1/terminals/till-1")).Json.GetProperty("uri").GetString();
        var answer = await gateway.Put("/v1/terminals/till-2", $$"""{"uri":"{{uri}}"}""");
        answer.IsProblem(409, "address-in-use", "uri");
        Assert.Contains("till-1", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await gateway.Get("/v1/terminals/till-2")).IsProblem(404, "not-found");

        // The same terminal may be sent again, and its address is free when it is gone.
        Assert.Equal(HttpStatusCode.OK, (await Put("till-1", uri!)).Status);
        await Delete("till-1");
        Assert.Equal(HttpStatusCode.Created, (await Put("till-2", uri!)).Status);
    }

    [Fact]
    public async Task Two_names_that_want_one_address_at_once_get_it_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Put($"new-{index}", "zvt+tcp://127.0.0.1:9")));
        Assert.Single(answers, answer => answer.Status is HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.Created), answer => answer.IsProblem(409, "address-in-use"));
    }

    [Fact]
    public async Task On_a_full_disk_a_change_is_neither_live_nor_kept()
    {
        Assert.SkipUnless(File.Exists(Full), "There is no device that is always full.");
        Assert.Equal(HttpStatusCode.Created, (await Put("old", "zvt+tcp://127.0.0.1:9")).Status);
        var before = (await gateway.Get("/v1/terminals")).Text;
        File.CreateSymbolicLink(Kept + ".new", Full);

        (await Put("new", "zvt+tcp://127.0.0.1:7")).IsProblem(507, "terminals-not-kept");
        (await Put("old", "zvt+tcp://127.0.0.1:7")).IsProblem(507, "terminals-not-kept");
        (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/old"))).IsProblem(507, "terminals-not-kept");
        (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/till-1"))).IsProblem(507, "terminals-not-kept");

        Assert.Equal(before, (await gateway.Get("/v1/terminals")).Text);
        await gateway.Sale(100);
        await gateway.Restart();
        Assert.Equal(["old", "till-1"], await Names());

        // What was refused is possible when there is room again.
        File.Delete(Kept + ".new");
        Assert.Equal(HttpStatusCode.Created, (await Put("new", "zvt+tcp://127.0.0.1:7")).Status);
    }

    [Fact]
    public async Task A_change_that_cannot_take_its_place_in_the_directory_is_taken_back()
    {
        Directory.CreateDirectory(Path.Combine(Kept, "in the way"));
        var before = (await gateway.Get("/v1/terminals")).Text;
        (await Put("new", "zvt+tcp://127.0.0.1:7")).IsProblem(507, "terminals-not-kept");
        (await Put("till-1", "zvt+tcp://127.0.0.1:7")).IsProblem(507, "terminals-not-kept");
        (await gateway.Send(new(HttpMethod.Delete, "/v1/terminals/till-1"))).IsProblem(507, "terminals-not-kept");
        Assert.Equal(before, (await gateway.Get("/v1/terminals")).Text);
        Assert.Equal("approved", (await gateway.Sale(100)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_any_more_is_not_written_over()
    {
        await Put("old", "zvt+tcp://127.0.0.1:9");
        await File.WriteAllTextAsync(Kept, "{ no JSON", TestContext.Current.CancellationToken);
        (await Put("new", "zvt+tcp://127.0.0.1:7")).IsProblem(507, "terminals-not-kept");
        Assert.Equal("{ no JSON", await Written());
    }

    [Fact]
    public async Task Names_that_come_and_go_leave_nothing_behind()
    {
        for (var round = 0; round < 25; round++)
        {
            Assert.Equal(HttpStatusCode.Created, (await Put($"passing-{round}", "zvt+tcp://127.0.0.1:9")).Status);
            await Delete($"passing-{round}");
        }

        Assert.DoesNotContain("passing", await Written(), StringComparison.Ordinal);
        // One of the configuration comes back at the next start, unless it is kept that it was removed.
        await Delete("till-1");
        await gateway.Restart();
        Assert.Empty(await Names());
    }

    [Fact]
    public async Task A_file_in_which_thousands_of_removed_names_piled_up_is_read_and_made_small()
    {
        var removed = Enumerable.Range(0, 5000).Select(index => $"\"passing-{index}\": null");
        await File.WriteAllTextAsync(Kept, $"{{ {string.Join(", ", removed)}, \"till-1\": null }}", TestContext.Current.CancellationToken);
        await gateway.Restart();
        Assert.Empty(await Names());
        Assert.Equal(HttpStatusCode.Created, (await Put("new", "zvt+tcp://127.0.0.1:7")).Status);
        Assert.True(new FileInfo(Kept).Length < 500);
        await gateway.Restart();
        Assert.Equal(["new"], await Names());
    }

    [Fact]
    public async Task More_terminals_than_the_limit_are_refused_and_a_known_one_may_still_be_changed()
    {
        await gateway.Restart(settings => settings with { Limits = new GatewayLimits { Terminals = 2 } });
        Assert.Equal(HttpStatusCode.Created, (await Put("second", "zvt+tcp://127.0.0.1:9")).Status);
        (await Put("third", "zvt+tcp://127.0.0.1:7")).IsProblem(409, "too-many-terminals");
        Assert.Equal(HttpStatusCode.OK, (await Put("second", "zvt+tcp://127.0.0.1:7")).Status);
        await Delete("second");
        Assert.Equal(HttpStatusCode.Created, (await Put("third", "zvt+tcp://127.0.0.1:7")).Status);
    }

    private Task<Answer> Put(string name, string uri) => gateway.Put($"/v1/terminals/{name}", $$"""{"uri":"{{uri}}"}""");

    private async Task Delete(string name) =>
        Assert.Equal(HttpStatusCode.NoContent, (await gateway.Send(new(HttpMethod.Delete, $"/v1/terminals/{name}"))).Status);

    private Task<string> Written() => File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken);

    private async Task<List<string?>> Names()
    {
        var terminals = (await gateway.Get("/v1/terminals")).Json.GetProperty("terminals");
        return [.. terminals.EnumerateArray().Select(one => one.GetProperty("name").GetString())];
    }
}
