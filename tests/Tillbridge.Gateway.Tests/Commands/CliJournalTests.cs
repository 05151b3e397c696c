using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Commands;

/// <summary>journal verify, init and restore of the built program, and sales over a directory that is gone.</summary>
public sealed class CliJournalTests : CliBench
{
    [Fact]
    public async Task A_directory_that_was_deleted_is_begun_anew_for_a_new_key_and_refused_for_one_that_it_may_have_known()
    {
        var first = await Sale("12.50", "--key", "k1");
        Assert.True(first.ExitCode == 0, first.Output);
        Directory.Delete(Data, recursive: true);

        var again = await Sale("12.50", "--key", "k1");
        Assert.True(again.ExitCode == 3, again.Output);
        Assert.Contains("Nothing was sent", again.Output, StringComparison.Ordinal);
        Assert.Contains("is missing", again.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
        Assert.Equal(1250, Booked());

        var fresh = await Sale("3.00");
        Assert.True(fresh.ExitCode == 0, fresh.Output);
        Assert.Contains("is gone and a new one is begun", fresh.Output, StringComparison.Ordinal);
        Assert.Equal(1550, Booked());
    }

    [Fact]
    public async Task An_older_copy_is_refused_until_a_person_restores_it()
    {
        await Sale("12.50", "--key", "k1");
        var backup = Path.Combine(Folder, "backup");
        Directory.CreateDirectory(backup);
        File.Copy(Path.Combine(Data, "journal.db"), Path.Combine(backup, "journal.db"));
        await Sale("3.00", "--key", "k2");
        Directory.Move(Data, Path.Combine(Folder, "old"));

        var elsewhere = await GatewayProcess.Run(Stop, "journal", "verify", "--data", backup);
        Assert.True(elsewhere.ExitCode == 0, elsewhere.Output);
        Directory.CreateDirectory(Data);
        File.Copy(Path.Combine(backup, "journal.db"), Path.Combine(Data, "journal.db"));
        var verified = await GatewayProcess.Run(Stop, "journal", "verify", "--data", Data);
        Assert.True(verified.ExitCode == 1, verified.Output);
        Assert.Contains("is older", verified.Output, StringComparison.Ordinal);
        var refused = await Sale("1.00");
        Assert.True(refused.ExitCode == 3, refused.Output);
        Assert.Contains("journal restore", refused.Output, StringComparison.Ordinal);

        var restored = await GatewayProcess.Run(Stop, "journal", "restore", "--data", Data);
        Assert.True(restored.ExitCode == 0, restored.Output);
        Assert.Contains("records are missing at its end", restored.Output, StringComparison.Ordinal);
        var after = await GatewayProcess.Run(Stop, "journal", "verify", "--data", Data);
        Assert.True(after.ExitCode == 0, after.Output);
        Assert.Contains("agrees with", after.Output, StringComparison.Ordinal);
        var replayed = await Sale("12.50", "--key", "k1");
        Assert.Contains("this key was used before", replayed.Output, StringComparison.Ordinal);
        Assert.Equal(1550, Booked());
    }

    [Fact]
    public async Task Init_lets_a_new_journal_begin_where_one_was_lost_and_not_over_one_that_is_there()
    {
        await Sale("12.50", "--key", "k1");
        var there = await GatewayProcess.Run(Stop, "journal", "init", "--data", Data);
        Assert.True(there.ExitCode == 3, there.Output);
        Directory.Delete(Data, recursive: true);
        Directory.CreateDirectory(Data);
        Assert.Equal(3, (await Sale("12.50", "--key", "k2")).ExitCode);
        var begun = await GatewayProcess.Run(Stop, "journal", "init", "--data", Data);
        Assert.True(begun.ExitCode == 0, begun.Output);
        Assert.Equal(0, (await Sale("12.50", "--key", "k2")).ExitCode);
    }

    [Fact]
    public async Task The_journal_of_a_configuration_is_found_without_naming_its_directory()
    {
        var configuration = Path.Combine(Folder, "tillbridge.json");
        var text = $$"""{ "data": "kept", "terminals": { "till-1": { "uri": "{{Simulator.Address}}" } } }""";
        await File.WriteAllTextAsync(configuration, text, Stop);
        var paid = await GatewayProcess.Run(Stop, "sale", "12.50", "EUR", "--terminal", "till-1", "--config", configuration, "--key", "k1");
        Assert.True(paid.ExitCode == 0, paid.Output);
        var verified = await GatewayProcess.Run(Stop, "journal", "verify", "--config", configuration);
        Assert.True(verified.ExitCode == 0, verified.Output);
        Assert.Contains($"the journal in {Path.Combine(Folder, "kept")}", verified.Output, StringComparison.Ordinal);
        string[] byAddress = ["sale", "2.00", "EUR", "--terminal", Simulator.Address, "--config", configuration, "--key", "k1"];
        var known = await GatewayProcess.Run(Stop, byAddress);
        Assert.True(known.ExitCode == 64, known.Output);
        Assert.Contains($"the journal in {Path.Combine(Folder, "kept")}, of {configuration}", known.Output, StringComparison.Ordinal);
        Directory.Delete(Path.Combine(Folder, "kept"), recursive: true);
        var refused = await GatewayProcess.Run(Stop, "sale", "3.00", "EUR", "--terminal", "till-1", "--config", configuration);
        Assert.True(refused.ExitCode == 3, refused.Output);
        Assert.Contains($"--config {configuration}", refused.Output, StringComparison.Ordinal);
        Assert.Equal(1250, Booked());
    }
}
