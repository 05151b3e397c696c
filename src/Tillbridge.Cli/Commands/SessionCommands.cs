using System.CommandLine;
using System.Globalization;
using Tillbridge.Domain;

namespace Tillbridge.Cli.Commands;

/// <summary>The commands that run one session in the foreground: sale, refund, reversal and so on.</summary>
internal static class SessionCommands
{
    private static readonly Argument<string> Amount = new("AMOUNT") { Description = "Major units with a point, for example 12.50" };
    private static readonly Argument<string> Currency = new("CURRENCY") { Description = "ISO 4217 code, for example EUR" };
    private static readonly Argument<string?> MaybeAmount =
        new("AMOUNT") { Description = "Amount, where it is known", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string?> MaybeCurrency =
        new("CURRENCY") { Description = "Its currency", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Cashback = new("--cashback") { Description = "Cash that the customer takes besides" };
    private static readonly Option<string?> Tip = new("--tip") { Description = "Tip" };
    private static readonly Option<string?> Reference =
        new("--reference") { Description = "Order or invoice number, sent where the protocol carries it" };
    private static readonly Option<int?> Merchant = new("--merchant") { Description = "Merchant index of a terminal that serves several" };
    private static readonly Option<string?> Original =
        new("--original") { Description = "Receipt number (or session id) of the booking that is meant" };
    private static readonly Option<string?> Approval = new("--approval") { Description = "Approval code of the booking that is meant" };

    public static IEnumerable<Command> Build()
    {
        yield return Paying(
            "sale", "The customer pays.", parsed => parsed.GetValue(Cashback) is null ? RequestKind.Sale : RequestKind.SaleWithCashback);
        yield return Paying("refund", "Money back to a customer, without binding to one sale.", _ => RequestKind.Refund);
        yield return Paying("preauthorize", "Reserve an amount.", _ => RequestKind.PreAuthorization);
        yield return Paying("capture", "Book a reserved amount (--original RECEIPT).", _ => RequestKind.Capture);
        yield return Naming("reversal", "Undo one booked sale (--original RECEIPT or --approval CODE).", RequestKind.Reversal);
        yield return Naming(
            "cancel-preauthorization", "Give a reserved amount free (--original RECEIPT).", RequestKind.CancelPreAuthorization);
        yield return Plain("reconcile", "Close the terminal's period and compare totals.", RequestKind.Reconciliation);
        yield return Plain("subtotals", "Ask for totals without closing.", RequestKind.Subtotals);
        yield return Plain("diagnose", "Can the terminal reach its acquirer?", RequestKind.Diagnosis);
        yield return Plain("repeat", "Ask for the last result again, with its receipt.", RequestKind.Repeat);
        yield return Plain("status", "Is the terminal ready?", RequestKind.Status);
        yield return Plain("balance", "Balance of a prepaid card.", RequestKind.Balance);
        yield return Plain("read-card", "Read a card without paying.", RequestKind.ReadCard);
        yield return Plain("initialise", "Initialise the terminal with its host.", RequestKind.Initialise);
        yield return Plain("configuration", "Ask what the terminal is set up for.", RequestKind.Configuration);
        yield return Plain("last-totals", "Ask for the totals of the last close again.", RequestKind.LastTotals);
        yield return Plain("reset", "Restart the terminal.", RequestKind.Reset);
        yield return Plain("log-off", "End the registration at the terminal.", RequestKind.LogOff);
        yield return Plain("set-clock", "Set the terminal's date and time from this machine.", RequestKind.SetClock);
    }

    private static Command Paying(string name, string help, Func<ParseResult, RequestKind> kind)
    {
        var command = new Command(name, help) { Amount, Currency, Cashback, Tip };
        return Finish(command, parsed => WithExtras(parsed, new TerminalRequest(kind(parsed))
        {
            Amount = Read("AMOUNT", parsed.GetRequiredValue(Amount), parsed.GetRequiredValue(Currency)),
            Cashback = ReadOptional("--cashback", parsed.GetValue(Cashback), parsed.GetRequiredValue(Currency)),
            Tip = ReadOptional("--tip", parsed.GetValue(Tip), parsed.GetRequiredValue(Currency)),
        }));
    }

    private static Command Naming(string name, string help, RequestKind kind)
    {
        var command = new Command(name, help) { MaybeAmount, MaybeCurrency };
        return Finish(command, parsed => WithExtras(parsed, new TerminalRequest(kind)
        {
            Amount = parsed.GetValue(MaybeAmount) is { } amount
                ? Read("AMOUNT", amount, parsed.GetValue(MaybeCurrency)
                    ?? throw CliException.Usage("AMOUNT needs its CURRENCY, for example 12.50 EUR."))
                : null,
        }));
    }

    private static Command Plain(string name, string help, RequestKind kind) =>
        Finish(new Command(name, help), parsed => WithExtras(parsed, new TerminalRequest(kind)));

    private static Command Finish(Command command, Func<ParseResult, TerminalRequest> read)
    {
        foreach (var option in new Option[] { Reference, Merchant, Original, Approval }) command.Options.Add(option);
        foreach (var option in SessionRun.Options) command.Options.Add(option);
        command.SetAction((parsed, stop) => SessionRun.Run(parsed, read(parsed), stop));
        return command;
    }

    private static TerminalRequest WithExtras(ParseResult parsed, TerminalRequest request)
    {
        var original = parsed.GetValue(Original);
        var session = SessionId.TryParse(original);
        var named = original is null && parsed.GetValue(Approval) is null
            ? null
            : new Original(session, session is null ? original : null, Approval: parsed.GetValue(Approval));
        return request with { Reference = parsed.GetValue(Reference), Merchant = parsed.GetValue(Merchant), Original = named };
    }

    private static Money? ReadOptional(string name, string? text, string currency) => text is null ? null : Read(name, text, currency);

    private static Money Read(string name, string text, string code)
    {
        if (!Domain.Currency.TryFind(code.ToUpper(CultureInfo.InvariantCulture), out var currency))
            throw CliException.Usage($"'{code}' is no ISO 4217 currency code; write for example EUR, CHF or CZK.");
        if (Money.TryParse(text, currency, out var why) is not { } money) throw CliException.Usage($"{name}: {why}");
        return money.MinorUnits > 0 || name != "AMOUNT" ? money : throw CliException.Usage("AMOUNT must be above zero.");
    }
}
