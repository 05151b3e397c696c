namespace Tillbridge.Tests.Architecture;

/// <summary>
/// Old violations that are still to be cured, one line <c>rule file count</c> each. No new file is added here; a line that
/// is cured has to go, so the list only becomes shorter. TILLBRIDGE_DEBT=1 writes the list anew, for the time in which
/// branches older than these rules come together.
/// </summary>
internal static class TidyDebt
{
    private const string Path = "tests/Tillbridge.Tests/Architecture/TidyDebt.txt";

    /// <summary>What is no known debt, and every debt that is paid.</summary>
    public static IEnumerable<Violation> Without(string rule, IEnumerable<Violation> found)
    {
        found = found.ToList();
        if (Environment.GetEnvironmentVariable("TILLBRIDGE_DEBT") == "1") Rewrite(rule, found);
        var allowed = Entries().Where(entry => entry.Rule == rule).ToDictionary(entry => entry.File, entry => entry.Count);
        foreach (var file in found.GroupBy(violation => violation.File))
        {
            if (!allowed.Remove(file.Key, out var most)) most = 0;
            if (file.Count() <= most) continue;
            foreach (var violation in file) yield return violation;
        }

        foreach (var paid in allowed.Keys) yield return new(Path, 0, $"{rule} {paid} is cured; take the line out");
    }

    private static void Rewrite(string rule, IEnumerable<Violation> found)
    {
        var now = found.GroupBy(violation => violation.File).Select(file => $"{rule} {file.Key} {file.Count()}");
        var others = Entries().Where(entry => entry.Rule != rule).Select(entry => $"{entry.Rule} {entry.File} {entry.Count}");
        File.WriteAllLines(Repository.PathOf(Path), others.Concat(now).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(string Rule, string File, int Count)> Entries() =>
        from line in Repository.Read(Path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        let parts = line.Split(' ')
        select (parts[0], parts[1], int.Parse(parts[2]));
}
