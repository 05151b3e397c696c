using Tillbridge.Domain;

namespace Tillbridge.Tests.Architecture;

/// <summary>The library's public surface changes only when somebody says so.</summary>
public sealed class PublicApiTests
{
    private const string Approved = "tests/Tillbridge.Tests/Architecture/PublicApi.approved.txt";

    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        var now = PublicSurface.Of(typeof(Money).Assembly);
        if (Environment.GetEnvironmentVariable("TILLBRIDGE_APPROVE") == "1")
            File.WriteAllText(Repository.PathOf(Approved), string.Join('\n', now) + "\n");

        var before = File.Exists(Repository.PathOf(Approved)) ? File.ReadAllLines(Repository.PathOf(Approved)) : [];
        var difference = before.Except(now).Select(line => "- " + line).Concat(now.Except(before).Select(line => "+ " + line)).ToList();
        if (difference.Count == 0) return;
        Assert.Fail(
            "The public surface of Tillbridge is not the approved one. If this is meant, run the tests with TILLBRIDGE_APPROVE=1 "
            + $"and commit {Approved}; a line that goes away also needs a line in CHANGELOG.md.\n  {string.Join("\n  ", difference)}");
    }
}
