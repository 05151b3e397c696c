using System.Collections.Frozen;
using System.Text.Json;

namespace Tillbridge.Protocols;

/// <summary>Where a virtual terminal hangs up.</summary>
public enum ScriptCut
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>The request arrived, nothing was answered.</summary>
    BeforeAcknowledge,

    /// <summary>After the acknowledge, before anything is booked.</summary>
    AfterAcknowledge,

    /// <summary>After the first progress message, before anything is booked.</summary>
    AfterProgress,

    /// <summary>After the booking, before the result is sent. The booking stands.</summary>
    BeforeResult,

    /// <summary>After the result was sent, without waiting for the ECR's answer. The booking stands.</summary>
    AfterResult,

    /// <summary>After the ECR committed, before the end is told.</summary>
    BeforeCompletion,
}

/// <summary>What the issuer or customer does.</summary>
public enum ScriptOutcome
{
    /// <summary>Approved.</summary>
    Approve,

    /// <summary>Declined by the issuer.</summary>
    Decline,

    /// <summary>Cancelled by the customer.</summary>
    Cancel,

    /// <summary>The customer does nothing; the terminal's own time-out.</summary>
    TimeOut,

    /// <summary>Approved for half the amount.</summary>
    Partial,

    /// <summary>The terminal is busy and does not start.</summary>
    Busy,

    /// <summary>The terminal's memory is full until a reconciliation; it books nothing.</summary>
    MemoryFull,

    /// <summary>The printer has no paper; nothing is booked.</summary>
    NoPaper,
}

/// <summary>What one transaction of a virtual terminal does; common to all protocols.</summary>
public sealed record TerminalScript
{
    /// <summary>Approves, without any fault.</summary>
    public static TerminalScript Plain { get; } = new();

    /// <summary>What the issuer or customer does.</summary>
    public ScriptOutcome Outcome { get; init; }

    /// <summary>Where the terminal hangs up.</summary>
    public ScriptCut Cut { get; init; }

    /// <summary>Seconds for which the terminal is gone after the cut: it answers nothing and refuses connections.</summary>
    public int GoneSeconds { get; init; }

    /// <summary>It forgets its last result at the cut.</summary>
    public bool Forget { get; init; }

    /// <summary>It says nothing more after the acknowledge, and books nothing.</summary>
    public bool Silent { get; init; }

    /// <summary>Seconds of progress messages before the result.</summary>
    public int SlowSeconds { get; init; }

    /// <summary>The result is sent byte by byte.</summary>
    public bool Dribble { get; init; }

    /// <summary>Everything from the first answer on is glued into one write.</summary>
    public bool Glue { get; init; }

    /// <summary>Approved with the cardholder's signature.</summary>
    public bool Signature { get; init; }

    /// <summary>After an approved result the end says that it failed, and the booking is taken back.</summary>
    public bool Withdraw { get; init; }

    /// <summary>Announces a decline first and the approval after it, in the same conversation.</summary>
    public bool LateSuccess { get; init; }

    /// <summary>What the terminal repeats later as its last result names another amount.</summary>
    public bool WrongMemory { get; init; }

    /// <summary>The terminal prints the full number of a test card on its receipts, as badly configured ones do.</summary>
    public bool LeaksCard { get; init; }

    /// <summary>Minor units that the terminal adds to an approved amount, as with a tip that was entered there; 0 to 99 999 999.</summary>
    public int ExtraMinorUnits { get; init; }

    /// <summary>Ends without a booking under this response code of its protocol; null leaves that to the outcome.</summary>
    public string? ResponseCode { get; init; }

    /// <summary>A request to stop is refused: the terminal goes on to its result.</summary>
    public bool IgnoreAbort { get; init; }

    /// <summary>Progress code of its protocol that it shows besides its own; null shows none.</summary>
    public string? ProgressCode { get; init; }

    /// <summary>The last four digits of the amount in minor units choose what happens (contract §5).</summary>
    public static TerminalScript ForAmount(long minorUnits) => (minorUnits % 10_000) switch
    {
        9901 => new() { Outcome = ScriptOutcome.Decline },
        9902 => new() { Outcome = ScriptOutcome.Cancel },
        9903 => new() { Outcome = ScriptOutcome.TimeOut },
        9904 => new() { Cut = ScriptCut.AfterAcknowledge },
        9905 => new() { Cut = ScriptCut.BeforeResult },
        9906 => new() { Outcome = ScriptOutcome.Partial },
        9907 => new() { SlowSeconds = 20 },
        9908 => new() { Outcome = ScriptOutcome.Busy },
        9909 => new() { Silent = true },
        9910 => new() { Dribble = true },
        9911 => new() { Glue = true },
        9912 => new() { Cut = ScriptCut.BeforeResult, GoneSeconds = 3 },
        9913 => new() { Cut = ScriptCut.BeforeResult, GoneSeconds = 3, Forget = true },
        9914 => new() { Signature = true },
        _ => Plain,
    };
}

/// <summary>The scripts of a virtual terminal: a queue that is used up, then one for all the rest, else the amount table.</summary>
public sealed class TerminalScripts
{
    private const int MostQueued = 1000;
    private const int MostCodeCharacters = 8;

    // What moves no money has no amount that could choose, and the check before a payment must not use a script up.
    private static readonly string[] Askable =
        ["subtotals", "lastTotals", "reconciliation", "diagnosis", "balance", "initialise", "configuration"];

    private readonly Lock gate = new();
    private readonly Queue<TerminalScript> queue = new();
    private TerminalScript? always;
    private IReadOnlyDictionary<string, string> answers = FrozenDictionary<string, string>.Empty;

    /// <summary>How many transactions took a script, which is how many commands that can move money arrived.</summary>
    internal long Taken { get; private set; }

    /// <summary>The next transaction's script.</summary>
    public TerminalScript Take(long minorUnits) => TakeTold(minorUnits).Script;

    /// <summary>The same, and whether the amount chose it.</summary>
    internal (TerminalScript Script, bool ByAmount) TakeTold(long minorUnits)
    {
        lock (gate)
        {
            Taken++;
            if (queue.TryDequeue(out var next)) return (next, false);
            return always is null ? (TerminalScript.ForAmount(minorUnits), true) : (always, false);
        }
    }

    /// <summary>
    /// The response code under which the next close is to end, if the next script names one of those; other scripts are a payment's
    /// and stay.
    /// </summary>
    internal string? TakeForClose(Func<string, bool> isOfClose)
    {
        lock (gate)
        {
            if (queue.TryPeek(out var next)) return next.ResponseCode is { } code && isOfClose(code) ? queue.Dequeue().ResponseCode : null;
            return always?.ResponseCode is { } rest && isOfClose(rest) ? rest : null;
        }
    }

    /// <summary>The response code that a command without an amount is answered with; null when the script names none for it.</summary>
    /// <param name="kind">The kind of request as the script file names it.</param>
    internal string? AnswerTo(string kind)
    {
        lock (gate) return answers.GetValueOrDefault(kind);
    }

    /// <summary>Replaces everything: first the queue, then <paramref name="rest"/> for ever, or the amount table when it is null.</summary>
    /// <exception cref="ArgumentException">More than 1000 scripts.</exception>
    public void Replace(IReadOnlyCollection<TerminalScript> next, TerminalScript? rest)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.Count > MostQueued) throw new ArgumentException($"At most {MostQueued} scripts can wait.");
        lock (gate)
        {
            queue.Clear();
            foreach (var script in next) queue.Enqueue(script);
            always = rest;
            answers = FrozenDictionary<string, string>.Empty;
        }
    }

    /// <summary>
    /// Reads <c>{"next":[{…}],"always":{…},"answers":{…}}</c>; the fields are those of <see cref="TerminalScript"/> in camel case, the
    /// answers response codes by kind of request, until the next script.
    /// </summary>
    /// <exception cref="ArgumentException">The JSON is no script; the message names the place and the allowed values.</exception>
    public void ReplaceFromJson(string json)
    {
        var file = Read(json);
        Replace(file.Next ?? [], file.Always);
        lock (gate) answers = file.Answers ?? FrozenDictionary<string, string>.Empty;
    }

    /// <summary>Reads the form of a script file.</summary>
    /// <exception cref="ArgumentException">The JSON is no script.</exception>
    internal static ScriptFile Read(string json)
    {
        try
        {
            var file = JsonSerializer.Deserialize(json, ScriptJson.Default.ScriptFile)
                ?? throw new ArgumentException("The script is empty; write {\"next\":[…],\"always\":{…}}.");
            if ((file.Answers ?? FrozenDictionary<string, string>.Empty).FirstOrDefault(pair => !IsAnswer(pair)) is { Key: { } wrong })
            {
                throw new ArgumentException(
                    $"The script's answers.{wrong} is no response code of a question; name {string.Join(", ", Askable)} with 1 to "
                    + $"{MostCodeCharacters} characters each.");
            }

            return file;
        }
        catch (JsonException wrong)
        {
            throw new ArgumentException(
                $"The script cannot be read at {wrong.Path ?? "$"}, line {(wrong.LineNumber ?? 0) + 1}. Allowed are next (a list), "
                + $"always and answers; in each outcome ({string.Join(", ", Enum.GetNames<ScriptOutcome>())}), "
                + $"cut ({string.Join(", ", Enum.GetNames<ScriptCut>())}), "
                + "goneSeconds, forget, silent, slowSeconds, dribble, glue, signature, withdraw, "
                + "lateSuccess, wrongMemory, leaksCard, extraMinorUnits, responseCode, ignoreAbort, progressCode.",
                wrong);
        }
    }

    private static bool IsAnswer(KeyValuePair<string, string> pair) => Askable.Contains(pair.Key)
        && pair.Value is { Length: > 0 and <= MostCodeCharacters } code && code.All(letter => letter is > ' ' and <= '~');
}
