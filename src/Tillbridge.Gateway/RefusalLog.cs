using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;

namespace Tillbridge.Gateway;

/// <summary>
/// What callers were refused, as lines of the log: whoever is called because a till does not work finds there what it was told. Of each
/// code a few lines come at once and then one every few seconds, with the number of those between, so that nobody fills the disk.
/// </summary>
internal sealed partial class RefusalLog(ILogger logger, TimeProvider clock)
{
    private const int AtOnce = 20;
    private const int MostCharacters = 400;
    private const int MostCodes = 100;
    private const string Others = "other";
    private static readonly TimeSpan OneMoreEvery = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>A request that was refused.</summary>
    /// <param name="what">Method and path, or the command.</param>
    /// <param name="caller">Its address.</param>
    /// <param name="status">The status that it was told.</param>
    /// <param name="code">The stable code that it was told.</param>
    /// <param name="text">The sentence that it was told.</param>
    public void Refused(string what, string caller, int status, string code, string text)
    {
        if (Untold(code) is { } more)
            Log.Refused(logger, Plain(what), caller, status, Plain(code), Plain(text), More(more));
    }

    /// <summary>A wrong key; what was shown as one is told nowhere.</summary>
    /// <param name="caller">Its address.</param>
    /// <param name="untold">How many more there were.</param>
    public void WrongKey(string caller, long untold)
    {
        if (Untold("wrong-key", untold) is { } more) Log.WrongKey(logger, caller, more);
    }

    private static string More(long untold) => untold == 0 ? "" : $" ({untold} more of this code were not told)";

    // What a caller sent stands in some sentences, such as the name of a field that is not known.
    // A session's id is found again by this line: one in a hundred has thirteen decimal digits in a row somewhere, and some of those a
    // check digit that fits.
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        var after = 0;
        foreach (var id in SessionIds().EnumerateMatches(text))
        {
            plain.Append(TerminalWords.Text(text[after..id.Index])).Append(text, id.Index, id.Length);
            after = id.Index + id.Length;
        }

        return VisibleText.Line(plain.Append(TerminalWords.Text(text[after..])).ToString(), MostCharacters);
    }

    [GeneratedRegex(@"\b[0-9a-f]{32}\b")]
    private static partial Regex SessionIds();

    // How many of this code were not told since the last that was; null when this one is not told either.
    private long? Untold(string code, long besides = 0)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (!buckets.TryGetValue(code, out var bucket))
            {
                if (buckets.Count >= MostCodes) code = Others;
                if (!buckets.TryGetValue(code, out bucket)) buckets[code] = bucket = new Bucket { Left = AtOnce, Since = now };
            }

            var earned = (int)Math.Min(AtOnce, clock.GetElapsedTime(bucket.Since, now) / OneMoreEvery);
            if (earned > 0) (bucket.Left, bucket.Since) = (Math.Min(AtOnce, bucket.Left + earned), now);
            bucket.Untold += besides;
            if (bucket.Left == 0)
            {
                bucket.Untold++;
                return null;
            }

            var untold = bucket.Untold;
            (bucket.Left, bucket.Untold) = (bucket.Left - 1, 0);
            return untold;
        }
    }

    private sealed class Bucket
    {
        public int Left { get; set; }

        public long Since { get; set; }

        public long Untold { get; set; }
    }
}
