using Tillbridge.Domain;
using Tillbridge.Domain.Keys;

namespace Tillbridge.Journal;

/// <summary>Finds what a key belongs to, in whatever form the key was kept.</summary>
internal static class JournalKeys
{
    /// <summary>The session under a key; null when there is none that counts.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="key">As the caller wrote it.</param>
    /// <param name="counts">False for a session that holds its key no more; null counts all.</param>
    /// <param name="shutdown">This process is going down; decides no outcome.</param>
    public static async Task<Session?> FindUnder(
        this IJournal journal, string? key, Predicate<Session>? counts, CancellationToken shutdown)
    {
        foreach (var form in OrderKey.Forms(key))
        {
            if (await journal.FindByKey(form, shutdown) is { } known && counts?.Invoke(known) is null or true) return known;
        }

        return null;
    }
}
