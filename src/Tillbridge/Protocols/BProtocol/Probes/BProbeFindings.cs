using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Probes;

/// <summary>What an answer to T80 means, in a sentence, with the keys of the dialect that cure it. Pure.</summary>
/// <param name="name">Name of the protocol.</param>
/// <param name="dialect">In which was asked.</param>
internal sealed class BProbeFindings(string name, BDialect dialect)
{
    private const string NoId = "00000000"; // What stands in requests until the terminal has told its own.
    private const string MacError = "107"; // gpe.md §8
    private const int MostShown = 40;

    /// <summary>Every way to calculate a check (csob-b.md §2.3).</summary>
    public static IReadOnlyList<(string Algorithm, bool WithHeader)> Calculations { get; } =
        [.. BCrc.Algorithms.SelectMany(algorithm => new[] { (algorithm, false), (algorithm, true) })];

    /// <summary>The code with which the check of a message is refused.</summary>
    public string CheckRefused => dialect.Crc.ErrorCode;

    public string? CodeOf(BHeard heard) => heard.Frame.Get(dialect, BFields.Response);

    public bool IsApproved(string? code) => code is not null && GroupOf(code) is CodeGroup.Approved;

    /// <summary>The other ways to check a message, the likely one first.</summary>
    public IEnumerable<CrcRule> Checks((string Algorithm, bool WithHeader)? likely)
    {
        var own = dialect.Crc;
        var rules = (likely is { } first ? [first] : Array.Empty<(string Algorithm, bool WithHeader)>()).Concat(Calculations)
            .Select(way => own with { Calculated = true, Algorithm = way.Algorithm, WithHeader = way.WithHeader }).Distinct();
        if (own.Calculated) rules = rules.Prepend(own with { Calculated = false });
        return rules.Where(rule => rule != own);
    }

    /// <summary>What a driver would drop although it is the answer; null when it would take it.</summary>
    public ProbeAnswer? OfForm(BHeard heard)
    {
        if (heard.Frame.CrcIsWrong)
        {
            var what = heard.Crc == dialect.Crc.Constant ? "crc.acceptConstant to true, or crc.mode to constant"
                : heard.Explained is { } way ? Keys(way)
                : "crc.mode to constant (no calculation that is known gives it)";
            return Wrong(
                $"The terminal answers, and its check (CRC {Shown(heard.Crc)}) is not the dialect's, so that it would be passed over",
                what);
        }

        if (dialect.StrictLength && heard.LengthFault is { } fault)
        {
            return Wrong(
                $"The terminal answers with a wrong length ({fault.TrimEnd('.')}), so that it would be passed over",
                "frame.lengthCheck to lenient");
        }

        return CodeOf(heard) is null
            ? Wrong(
                $"The terminal answers, and FID {dialect.Fids[BFields.Response]} (response) is not in its answer",
                "fids.response and fids.type to the letters of the bank's document")
            : null;
    }

    /// <summary>It refuses how our messages are checked.</summary>
    /// <param name="code">With this.</param>
    /// <param name="taken">What it takes instead; null when that is not known.</param>
    public ProbeAnswer OfCheck(string code, CrcRule? taken)
    {
        var said = $"The terminal answers, and refuses the check (CRC) of our message ({Named(code)})";
        return taken switch
        {
            null => Wrong(said, "crc.mode, crc.algorithm and crc.range to those of the bank's document"),
            { Calculated: false } => Wrong($"{said}; it takes the constant {taken.Constant}", "crc.mode to constant"),
            _ => Wrong(
                $"{said}; it takes {taken.Algorithm} over {RangeOf(taken.WithHeader)}", Keys((taken.Algorithm, taken.WithHeader))),
        };
    }

    public ProbeAnswer Ready(BHeard heard, string terminalId, bool isGuess)
    {
        var own = heard.Frame.TerminalId;
        if (terminalId != NoId && own != terminalId) return OtherId(own, terminalId, code: null);
        var code = CodeOf(heard)!;
        var text = $"The terminal {Shown(own)} answers in {name} (dialect {dialect.Id})";
        text += IsUnsupported(code)
            ? $" and does not know T80 ({Named(code)}), which payments can do without."
            : $" and is ready{Software(heard)}.";
        if (heard.LengthFault is { } fault) text += $" {fault} That is taken, because frame.lengthCheck is lenient.";
        if (!dialect.Crc.Calculated && heard.Explained is { } way)
            text += $" Its check is {way.Algorithm} over {RangeOf(way.WithHeader)}: with crc.mode crc16 it would be looked at.";
        if (isGuess) text += " GPE and ČSOB B answer T80 alike: write gpe or csob-b by the bank.";
        return new(ProbeVerdict.Ready, text, null);
    }

    /// <summary>It goes by another id than we call it.</summary>
    /// <param name="own">Its own.</param>
    /// <param name="called">Ours.</param>
    /// <param name="code">With this it refused ours; null when it took it.</param>
    public static ProbeAnswer OtherId(string own, string called, string? code)
    {
        var refused = code is null ? "" : $" and refuses the other id ({Named(code)})";
        return new(
            ProbeVerdict.WrongSettings, $"The terminal calls itself {Shown(own)}, we call it {called}{refused}.",
            $"Is it the right terminal, by the label on it? Then write tid={Shown(own)} into the address; else correct host and port.");
    }

    public ProbeAnswer OfRefusal(BHeard heard, string terminalId, bool isGuess)
    {
        var code = CodeOf(heard);
        Invariant.Holds(code is not null, "an answer without a code was judged before");
        if (IsUnsupported(code)) return Ready(heard, terminalId, isGuess); // About the question alone.
        if (GroupOf(code) is CodeGroup.Busy)
        {
            return new(
                ProbeVerdict.Busy, $"The terminal answers in {name} and is busy ({Named(code)}).",
                "Wait until its display is idle, end what somebody began at it, and ask again.");
        }

        if (SisterOf(code) is { } sister)
        {
            return new(
                ProbeVerdict.WrongSettings, $"The terminal answers with {Named(code)}, a code of {sister} and not of {name}.",
                $"Write {sister}+… instead of {name}+… in the address.");
        }

        if (code == dialect.Simulator.FormatError && GroupOf(code) is not CodeGroup.Other)
        {
            return Wrong(
                $"The terminal answers, and refuses the form of our message ({Named(code)})",
                "frame.version, types.appInfo, fids.type and flags.request to those of the bank's document");
        }

        if (code == MacError && GroupOf(code) is not CodeGroup.Other)
        {
            return new(
                ProbeVerdict.WrongSettings, $"The terminal wants messages that are authenticated ({Named(code)}).",
                "Let the bank switch the MAC off at this terminal: its calculation is not public, and not served.");
        }

        return new(
            ProbeVerdict.NotReady, $"The terminal answers in {name}, and T80 with {Named(code)}.",
            "Look at its display; if that does not help, ask its service line.");
    }

    /// <summary>It spoke, and then no answer came.</summary>
    public ProbeAnswer BrokenOff(BProbeTalk talk)
    {
        if (talk.Unreadable is { } fault)
        {
            return Wrong(
                $"Messages of the B-protocol come that cannot be read ({fault.Field}: {fault.Text.TrimEnd('.')})",
                "frame and fids to those of the bank's document");
        }

        return talk.IsElse
            ? new(
                ProbeVerdict.Busy, $"The terminal answers in {name}, and to somebody else's request.",
                "Let a payment that runs come to its end, and ask again. Nothing of it was answered.")
            : new(
                ProbeVerdict.Busy, $"The terminal answers in {name} and then falls silent or hangs up.",
                "Somebody else may be using it, or it is restarting or updating: look at its display and ask again in a minute.");
    }

    private ProbeAnswer Wrong(string text, string keys) => new(
        ProbeVerdict.WrongSettings, $"{text}.",
        $"Set {keys} in a dialect file that extends {(name == "gpe" ? BDialectFiles.Gpe : BDialectFiles.Csob)}, and name the file as the "
        + $"terminal's dialect. What a recorded trace disagrees with is told by tillbridge decode {name} --lint FILE.");

    private static string Keys((string Algorithm, bool WithHeader) way) =>
        $"crc.mode to crc16, crc.algorithm to {way.Algorithm} and crc.range to {RangeOf(way.WithHeader)}";

    private static string RangeOf(bool withHeader) => withHeader ? "header32+data" : "data";

    private CodeGroup GroupOf(string code) => dialect.Codes.GroupOf(code);

    private bool IsUnsupported(string code) => code == dialect.Simulator.Unsupported && GroupOf(code) is CodeGroup.NotExecuted;

    // The two share no code but 000, so that a code tells which one it is.
    private string? SisterOf(string code)
    {
        if (dialect.Codes.All.Contains(code)) return null;
        var sister = name == "gpe" ? BDialectFiles.Csob : BDialectFiles.Gpe;
        if (!BDialectFiles.Of(sister).Codes.All.Contains(code)) return null;
        return sister == BDialectFiles.Gpe ? "gpe" : "csob-b";
    }

    private string Software(BHeard heard) =>
        heard.Frame.Get(dialect, BFields.Version) is { Length: > 0 } version ? $", software {Shown(version)}" : "";

    private static string Named(string code) =>
        BCodes.Text(code, "en") is { } text ? $"{Shown(code)}, {text}" : Shown(code);

    // A peer's words go to somebody's screen.
    private static string Shown(string text)
    {
        var most = text.Length > MostShown ? text[..MostShown] + "…" : text;
        return string.Concat(most.Select(letter => char.IsControl(letter) ? '?' : letter));
    }
}
