using System.Collections.Frozen;
using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>Reads the response codes of a dialect: single codes and ranges as <c>000-009</c>; no code in two lists.</summary>
internal sealed class CodeRuleReader(DialectSection top, DialectSection reversal)
{
    public const string Form = "codes of 3 characters, 056 or -12";

    private static readonly (string Name, CodeGroup Group)[] Lists =
    [
        ("approved", CodeGroup.Approved), ("partial", CodeGroup.Partial), ("reversed", CodeGroup.Reversed), ("busy", CodeGroup.Busy),
        ("cancelled", CodeGroup.Cancelled), ("timeout", CodeGroup.Timeout), ("declined", CodeGroup.Declined), ("failed", CodeGroup.Failed),
        ("notExecuted", CodeGroup.NotExecuted), ("uncertain", CodeGroup.Uncertain), ("reversalRefused", CodeGroup.ReversalRefused),
        ("totalsDifferClosed", CodeGroup.TotalsDifferClosed), ("totalsDifferOpen", CodeGroup.TotalsDifferOpen),
    ];

    private static readonly string[] Reasons =
    [
        Reason.DeclinedByCard, Reason.DeclinedByIssuer, Reason.DeclinedByTerminal, Reason.CancelledByCustomer, Reason.CancelledByOperator,
        Reason.Cancelled, Reason.TerminalTimeOut, Reason.HostUnreachable, Reason.HostAnswerLost, Reason.CurrencyRefused,
        Reason.AmountRefused, Reason.NoPaper, Reason.Unsupported, Reason.TerminalBusy, Reason.TerminalRefused, Reason.TerminalFailed,
        Reason.TerminalNotReady, Reason.ReversedByTerminal, Reason.ReversalRefused,
    ];

    public CodeRule Read()
    {
        var section = top.Section("codes");
        var groups = new Dictionary<string, CodeGroup>(StringComparer.Ordinal);
        foreach (var (name, group) in Lists)
        {
            foreach (var code in Expand(section, name))
            {
                if (!groups.TryAdd(code, group)) section.Fault(name, $"holds {code}, which stands in another list, too");
            }
        }

        if (!groups.ContainsValue(CodeGroup.Approved)) section.Fault("approved", "needs at least one code");
        var notFound = Expand(section, "lastNotFound").ToFrozenSet(StringComparer.Ordinal);
        section.Finish();
        var success = Expand(reversal, "successCodes").ToFrozenSet(StringComparer.Ordinal);
        var names = top.Section("reasons");
        var reasons = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var code in names.Keys)
        {
            if (!IsCode(code)) names.Fault(code, $"must be named by one of {Form}");
            reasons[code] = names.Choice(code, Reasons);
        }

        return new(groups.ToFrozenDictionary(StringComparer.Ordinal), notFound, success,
            reasons.ToFrozenDictionary(StringComparer.Ordinal));
    }

    public static bool IsCode(string text) =>
        text.Length == 3 && (text.All(char.IsAsciiDigit) || (text[0] == '-' && text[1..].All(char.IsAsciiDigit)));

    private static List<string> Expand(DialectSection section, string name)
    {
        var codes = new List<string>();
        foreach (var item in section.List(name, IsCodeOrRange, $"{Form}, or ranges as 000-009"))
        {
            if (IsCode(item))
            {
                codes.Add(item);
                continue;
            }

            var (first, last) = (Number(item[..3]), Number(item[4..]));
            if (first > last) section.Fault(name, $"has the range {item}, which runs backwards");
            for (var code = first; code <= last; code++) codes.Add(code.ToString("D3", CultureInfo.InvariantCulture));
        }

        return codes;
    }

    private static bool IsCodeOrRange(string text) => IsCode(text)
        || (text.Length == 7 && text[3] == '-' && text[..3].All(char.IsAsciiDigit) && text[4..].All(char.IsAsciiDigit));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
