using Tillbridge.Domain;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Facades.K2.Texts;

namespace Tillbridge.Facades.K2;

/// <summary>The two buttons of the settings window: is the terminal there, is its bank. They never start money.</summary>
/// <param name="terminals">Where the terminals are.</param>
public sealed class K2Settings(K2Terminals terminals)
{
    private static readonly K2Caller Nobody = new(null, null);
    private static readonly TimeSpan TerminalLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BankLimit = TimeSpan.FromSeconds(75);

    /// <summary>"Test connection with terminal".</summary>
    public K2TestResult TestTerminal(K2Caller caller) => Blocking.Run(() => Test(caller, null, RequestKind.Status, TerminalLimit));

    /// <summary>The same for a terminal by its configured name.</summary>
    public K2TestResult TestTerminal(string name) => Blocking.Run(() => Test(Nobody, name, RequestKind.Status, TerminalLimit));

    /// <summary>"Test connection with bank".</summary>
    public K2TestResult TestBank(K2Caller caller) => Blocking.Run(() => Test(caller, null, RequestKind.Diagnosis, BankLimit));

    /// <summary>The same for a terminal by its configured name.</summary>
    public K2TestResult TestBank(string name) => Blocking.Run(() => Test(Nobody, name, RequestKind.Diagnosis, BankLimit));

    private async Task<K2TestResult> Test(K2Caller caller, string? name, RequestKind kind, TimeSpan limit)
    {
        var begun = terminals.Clock.GetTimestamp();
        var language = terminals.Options.Language;
        var mark = terminals.NewMark();
        var order = new K2Order(caller, new(kind) { Language = language }, $"k2:{mark}", mark) { Terminal = name };
        var started = await terminals.Link.Start(order, default);
        if (started.Session is not { } session)
            return Result(ok: false, K2Reasons.Of(started.Refusal!.Kind), started.Refusal.Text, code: null);
        var seen = await terminals.Link.Await(session, limit, default);
        if (seen is not { IsClosed: true, Conclusion: { } end }) return Result(ok: false, "terminal-unreachable", words: null, code: null);
        var ok = end.Outcome is Outcome.Approved;
        return Result(ok, ok ? "done" : K2Reasons.Of(seen), end.TerminalText, end.ResponseCode);

        K2TestResult Result(bool ok, string reason, string? words, string? code)
        {
            var sentence = K2Texts.For(reason, language);
            var text = string.IsNullOrEmpty(words) ? sentence : $"{sentence} [{words}]";
            return new(ok, text, code, terminals.Clock.GetElapsedTime(begun));
        }
    }
}
