using System.Diagnostics;
using System.Globalization;
using Tillbridge.Journal;
using Tillbridge.Journal.Sqlite;
using Tillbridge.Tests.Journal.Earlier;

namespace Tillbridge.Benchmarks;

/// <summary>
/// Moves a journal of the version before with 10 000 sessions over, after ten starts that were killed at ten moments of it, and holds the
/// sessions against those of before.
/// </summary>
internal static class MoveBench
{
    /// <summary>The argument by which this program only opens a journal.</summary>
    public const string Opens = "open";

    private const int Kills = 10;
    private const int Times = 834;

    public static async Task Run()
    {
        var directory = Directory.CreateTempSubdirectory("tillbridge-bench-").FullName;
        try
        {
            await Move(directory);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Opens the journal of a directory and closes it.</summary>
    public static async Task Open(string directory)
    {
        await using var journal = await SqliteJournal.Open(directory, TimeProvider.System, null, default);
    }

    private static async Task Move(string directory)
    {
        var file = Path.Combine(directory, "journal.db");
        EarlierJournal.Unpack(file);
        EarlierJournal.Grow(file, Times);
        var (sessions, sum) = Known(file);
        Console.WriteLine($"  made: {sessions} sessions, {new FileInfo(file).Length >> 20} MB");
        var whole = await Timed(directory, killAfter: null, copyFirst: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  moved in a copy, without a kill: {whole.TotalSeconds:F1} s"));
        for (var kill = 1; kill <= Kills; kill++)
        {
            await Timed(directory, whole * kill / (Kills + 0.5), copyFirst: false);
            var left = Known(file);
            if (left != (sessions, sum)) throw new InvalidOperationException($"After kill {kill} there are {left} of {(sessions, sum)}.");
        }

        await Timed(directory, killAfter: null, copyFirst: false);
        using var reader = JournalReader.Open(directory);
        var check = await reader.Verify(default);
        if (check.Why is not null || Known(file) != (sessions, sum)) throw new InvalidOperationException($"Not whole: {check.Why}");
        Console.WriteLine(
            $"  {Kills} kills, then moved: {new FileInfo(file).Length >> 20} MB, {check.Records} records, whole; "
            + $"kept: {string.Join(", ", Directory.GetFiles(directory, "*.before-*").Select(Path.GetFileName))}");
    }

    private static async Task<TimeSpan> Timed(string directory, TimeSpan? killAfter, bool copyFirst)
    {
        var at = directory;
        if (copyFirst)
        {
            at = Path.Combine(directory, "copy");
            Directory.CreateDirectory(at);
            File.Copy(Path.Combine(directory, "journal.db"), Path.Combine(at, "journal.db"));
        }

        var begun = Stopwatch.GetTimestamp();
        using var program = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Opens, at]))!;
        if (killAfter is { } moment)
        {
            await Task.Delay(moment, TimeProvider.System);
            program.Kill();
        }

        await program.WaitForExitAsync();
        var took = Stopwatch.GetElapsedTime(begun);
        if (killAfter is null && program.ExitCode != 0) throw new InvalidOperationException("The move failed.");
        if (copyFirst) Directory.Delete(at, recursive: true);
        return took;
    }

    // Of either form: how many sessions, and the sum of what their ids and places say.
    private static (long Sessions, string Sum) Known(string file)
    {
        using var connection = SqliteConnection.Open(file, SqliteAccess.ReadOnly);
        using var row = connection.Prepare(
            "SELECT count(*), total(place) || '/' || count(DISTINCT id) || '/' || count(DISTINCT key) || '/' || sum(outcome = 'approved') "
            + "FROM sessions");
        return row.Step() ? (row.Long(0), row.Text(1)) : default;
    }
}
