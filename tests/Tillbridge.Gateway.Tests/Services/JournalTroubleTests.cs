using System.Net;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;

namespace Tillbridge.Gateway.Tests.Services;

/// <summary>A data directory that is moved away, emptied or damaged, seen from outside: no order is taken, and health says why.</summary>
public sealed class JournalTroubleTests
{
    [Fact]
    public async Task A_directory_that_is_moved_away_while_the_gateway_runs_takes_no_orders_and_health_says_so_within_seconds()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells which file stands at a path.");
        await using var gateway = await Start();
        await gateway.Sale(1250, "k1");
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/ready")).Status);
        var data = gateway.Settings.Data;

        Directory.Move(data, data + ".away");

        var refused = await gateway.Post("/v1/sessions", TestGateway.SaleOf(700), "k2", wait: 10);
        refused.IsProblem(507, "journal-full");
        Assert.Contains("bring the data directory back", refused.Text, StringComparison.Ordinal);
        await Wait.Until(async _ => (await gateway.Get("/health/ready")) is { Status: HttpStatusCode.ServiceUnavailable } sick
            && sick.Text.Contains("bring the data directory back", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await gateway.Get("/health/live")).Status);
        Assert.Equal(1250, gateway.Acquirer.Net);

        // The next start makes no new journal, and no directory.
        var error = await Assert.ThrowsAsync<JournalException>(() => gateway.Restart());
        Assert.Equal(JournalFault.Unexpected, error.Fault);
        Assert.False(Directory.Exists(data));
        Directory.Move(data + ".away", data);
        await gateway.Restart();
        Assert.Equal(HttpStatusCode.OK, (await gateway.Post("/v1/sessions", TestGateway.SaleOf(1250), "k1", wait: 10)).Status);
        Assert.Equal(1250, gateway.Acquirer.Net);
    }

    [Fact]
    public async Task An_empty_directory_in_the_place_of_the_journal_is_refused_where_the_configuration_expects_one()
    {
        await using var gateway = await Start();
        await gateway.Sale(1250, "k1");
        var data = gateway.Settings.Data;
        await Assert.ThrowsAsync<JournalException>(() => gateway.Restart(settings =>
        {
            Directory.Delete(data, recursive: true);
            Directory.CreateDirectory(data);
            return settings;
        }));
        Assert.Empty(Directory.GetFileSystemEntries(data));

        // Who has no configuration, as the demo, expects nothing.
        await gateway.Restart(settings => settings with { Configuration = null });
        Assert.Equal(HttpStatusCode.Created, (await gateway.Post("/v1/sessions", TestGateway.SaleOf(1250), "k1", wait: 10)).Status);
    }

    [Fact]
    public async Task Lists_go_on_over_a_damaged_row_which_they_and_health_name()
    {
        await using var gateway = await Start();
        var first = (await gateway.Sale(1250)).GetProperty("id").GetString()!;
        var second = (await gateway.Sale(700)).GetProperty("id").GetString()!;
        await gateway.Restart(settings =>
        {
            using var connection = SqliteConnection.Open(Path.Combine(settings.Data, "journal.db"), SqliteAccess.ReadWrite);
            connection.Execute($"UPDATE sessions SET state = replace(state, '1250', '9250') WHERE id = '{first}'");
            return settings;
        });

        var list = (await gateway.Get("/v1/sessions")).Json;
        Assert.Equal(second, Assert.Single(list.GetProperty("sessions").EnumerateArray().ToList()).GetProperty("id").GetString());
        Assert.Equal(first, Assert.Single(list.GetProperty("damaged").EnumerateArray().ToList()).GetProperty("session").GetString());
        Assert.Contains(first, (await gateway.Get("/")).Text, StringComparison.Ordinal);
        var health = await gateway.Get("/health/ready");
        Assert.Equal((HttpStatusCode.OK, "degraded"), (health.Status, health.Json.GetProperty("status").GetString()));
        Assert.Contains(first, health.Text, StringComparison.Ordinal);
        await gateway.Sale(300);
    }

    [Fact]
    public async Task A_writer_that_is_dead_gives_no_sign_of_life_and_refuses_orders_by_name()
    {
        await using var gateway = await Start();
        await gateway.Sale(1250, "k1");
        Assert.True(await gateway.Host.Answers(TimeSpan.FromSeconds(20)));

        await gateway.Host.Journal.DisposeAsync();

        Assert.False(await gateway.Host.Answers(TimeSpan.FromSeconds(20)));
        (await gateway.Post("/v1/sessions", TestGateway.SaleOf(700), "k2", wait: 10)).IsProblem(507, "journal-full");
        await Wait.Until(async _ => (await gateway.Get("/health/ready")).Status is HttpStatusCode.ServiceUnavailable);
        Assert.Equal(1250, gateway.Acquirer.Net);
    }

    private static Task<TestGateway> Start() => TestGateway.Start(
        change: settings => settings with { Configuration = Path.Combine(settings.Directory, "tillbridge.json") });
}
