using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols.Zvt;

/// <summary>
/// Is it ZVT, and does it take us? 05 01, and with settings one 06 00 that is the driver's own and the 06 20 without print that goes
/// before a payment. Besides these it sends only 80 00 00, to what answers and ends its questions: a result (04 0F) of somebody's
/// payment is neither committed nor taken back.
/// </summary>
internal sealed class ZvtProbe : IProtocolProbe
{
    private const int MostMessages = 50;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5); // T3; 05 01 and 06 00 need no host.

    private static readonly SerialMode Usual = new(9600, 8, SerialParity.None, 2);

    /// <inheritdoc/>
    public IReadOnlyList<int> UsualPorts { get; } = [20007, 22000, 5577]; // zvt.md §1

    // zvt.md §1, §4. Two stop bits are heard by a device that wants one.
    /// <inheritdoc/>
    public IReadOnlyList<SerialMode> SerialModes { get; } =
        [Usual, Usual with { StopBits = 1 }, .. new[] { 115200, 57600, 19200 }.Select(baud => Usual with { Baud = baud })];

    /// <inheritdoc/>
    public async Task<ProbeAnswer> Ask(ITransport transport, DriverSettings? settings, TimeProvider clock, CancellationToken shutdown)
    {
        var known = settings ?? new DriverSettings();
        var dialect = ZvtDialect.Find(known.Dialect ?? ZvtDialect.All[0].Id)
            ?? throw new ArgumentException($"ZVT has no dialect '{known.Dialect}'.");
        // The same registration as the driver's: another would change who prints and what is locked.
        dialect = dialect.For(known);
        var requests = new ZvtRequests(dialect, known, clock);
        try
        {
            return await AskReady(transport, settings, dialect, requests, known, clock, shutdown);
        }
        catch (LinkLostException lost) when (lost.IsSilence && settings is not null && dialect.Register
            && transport.Carrier is Carrier.Stream)
        {
            // Some know no 05 01, and take the registration all the same.
            if (await AskToRegister(transport, dialect, requests, known, clock, shutdown) is { } registered) return registered;
            throw;
        }
    }

    private static async Task<ProbeAnswer> AskReady(
        ITransport transport, DriverSettings? settings, ZvtDialect dialect, ZvtRequests requests, DriverSettings known, TimeProvider clock,
        CancellationToken shutdown)
    {
        await using var talk = await ZvtTalk.Open(transport, dialect, LimitOf(known), clock, known.WireLog, shutdown);
        var spoken = new Spoken();
        try
        {
            var ready = await Say(talk, new ZvtStatusEnquiry(), spoken, shutdown);
            if (OfEnquiry(ready) is { } busy) return busy;
            var state = OfStatus(ready);
            if (settings is null || !dialect.Register) return state;
            var registered = await Say(talk, requests.Registration(), spoken, shutdown);
            return registered switch
            {
                ZvtNegative refused => await WhyRefused(talk, refused, requests.Password, known, spoken, shutdown) ?? state,
                ZvtAbort aborted => Refused(aborted.ResultCode ?? ZvtResultCodes.SystemError),
                ZvtCompletion => await WithRepeat(
                    talk, dialect, requests.Password, state with { Text = $"{state.Text} It took our registration." }, shutdown),
                _ => InTheMiddle(),
            };
        }
        catch (Exception over) when (spoken.IsZvt && over is (LinkLostException or OperationCanceledException))
        {
            return new(
                ProbeVerdict.Busy, "It answers in ZVT and then falls silent or hangs up.",
                "Somebody else may be using it, or it is restarting or updating: look at its display and ask again in a minute.");
        }
    }

    // Null when it is silent on that, too.
    private static async Task<ProbeAnswer?> AskToRegister(
        ITransport transport, ZvtDialect dialect, ZvtRequests requests, DriverSettings known, TimeProvider clock,
        CancellationToken shutdown)
    {
        await using var talk = await ZvtTalk.Open(transport, dialect, LimitOf(known), clock, known.WireLog, shutdown);
        var spoken = new Spoken();
        try
        {
            return await Say(talk, requests.Registration(), spoken, shutdown) switch
            {
                ZvtNegative { Code: ZvtResultCodes.UnknownCommand } => null,
                ZvtNegative { Code: var code } when IsBusy(code) => OfEnquiry(new ZvtNegative(code)),
                ZvtNegative refused => Refused(refused is { Code: 0x1E, Data.Length: > 0 } ? refused.Data.Span[0] : refused.Code),
                ZvtAbort aborted => Refused(aborted.ResultCode ?? ZvtResultCodes.SystemError),
                ZvtCompletion => await WithRepeat(
                    talk, dialect, requests.Password,
                    new(ProbeVerdict.Ready, "ZVT answers: it is silent on the status enquiry (05 01), and took our registration.", null),
                    shutdown),
                _ => InTheMiddle(),
            };
        }
        catch (LinkLostException) when (!spoken.IsZvt)
        {
            return null;
        }
    }

    // What the driver asks before each payment. A terminal that does not know it is paid at without, five seconds later.
    private static async Task<ProbeAnswer> WithRepeat(
        ZvtTalk talk, ZvtDialect dialect, string password, ProbeAnswer state, CancellationToken shutdown)
    {
        if (state.Verdict is not ProbeVerdict.Ready || talk.IsSerial) return state;
        var questions = new ZvtQuestions(talk, password, dialect);
        try
        {
            await questions.LastBooking(shutdown);
            return state;
        }
        catch (LinkLostException) when (questions.RepeatWasSilent)
        {
            return state with
            {
                Text = $"{state.Text} It does not say what it booked last: it is silent on 06 20.",
                Cure = "Payments go on without that answer, and more of them may end unknown after a broken line. Set the terminal's "
                    + "dialect to no-repeat, so that nobody waits for it.",
            };
        }
    }

    /// <inheritdoc/>
    public string? Recognise(ReadOnlySpan<byte> heard, Carrier carrier)
    {
        if (carrier is Carrier.Stream)
        {
            return heard.Length >= 2 && ZvtFraming.IsSerialFrame(heard)
                ? "ZVT in serial frames (10 02) comes out of a network connection: set the terminal, or the converter before it, to "
                + "ZVT over TCP without serial frames, or use a serial port."
                : null;
        }

        var begins = heard.IndexOf([(byte)0x80, (byte)0x00, (byte)0x00]);
        if (begins < 0) begins = heard.IndexOf([(byte)0x84]);
        return begins == 0 && ZvtFraming.TryMeasure(heard, out _, out var size) && size <= heard.Length
            ? "ZVT without serial frames comes out of a serial line: set the terminal, or the converter before it, to ZVT with serial "
            + "frames (DLE STX), or reach it over TCP."
            : null;
    }

    // Null when it answers at all; then its state is in the same message.
    private static ProbeAnswer? OfEnquiry(ZvtMessage answer) => answer switch
    {
        ZvtNegative { Code: var code } when IsBusy(code) => new(
            ProbeVerdict.Busy, $"It answers in ZVT and is busy (84 {code:X2}, {ZvtCodes.ResultText(code, "en")}).",
            "Wait until its display is idle, end what somebody began at it, and ask again."),
        ZvtNegative or ZvtCompletion or ZvtAbort => null,
        _ => InTheMiddle(),
    };

    private static ProbeAnswer OfStatus(ZvtMessage answer)
    {
        var status = answer switch
        {
            ZvtCompletion { TerminalStatus: { } said } => said,
            ZvtAbort { ResultCode: { } said } => said,
            _ => (byte)0,
        };
        if (status != 0)
        {
            return new(
                ProbeVerdict.NotReady, $"ZVT answers; its status is {status:X2}, {ZvtCodes.TerminalStatusText(status, "en")}.",
                CureOf(status));
        }

        var version = answer is ZvtCompletion { SoftwareVersion: { } software } ? $", software {software}" : "";
        return new(ProbeVerdict.Ready, $"ZVT answers and is ready{version}.", null);
    }

    // zvt.md §13, recovery actions.
    private static string CureOf(byte status) => status switch
    {
        0x51 => "Initialise it: tillbridge initialise.",
        0x62 => "Set its clock: tillbridge set-clock.",
        0xB1 or 0xF0 => "Close its period: tillbridge reconcile.",
        0xC1 or 0xC2 => "Let it ask its host: tillbridge diagnose.",
        0xCC => "Look after its printer: paper, cover.",
        0xDC or 0xE1 => "Take the card out of it.",
        0x9C => "Wait until its update is done.",
        _ => "Look at its display; if that does not help, ask its service line.",
    };

    private static async Task<ZvtMessage> Say(ZvtTalk talk, ZvtMessage question, Spoken spoken, CancellationToken shutdown)
    {
        ZvtMessage? message = await talk.Command(question, null, shutdown);
        for (var messages = 0; messages < MostMessages; messages++)
        {
            // Nobody but a till says these: they are our own, and whoever sent them back is no terminal.
            if (message is ZvtStatusEnquiry or ZvtRegistration or ZvtOther { Code: ZvtCommands.StatusEnquiry or ZvtCommands.Registration })
                throw new ProtocolViolationException("Our own message came back.");
            spoken.IsZvt |= message is not null;
            switch (message)
            {
                case ZvtCompletion { TerminalStatus: null } when talk.IsSerial && question is ZvtStatusEnquiry:
                    await talk.Acknowledge(shutdown); // The end of an earlier conversation; ours follows it on a line.
                    break;
                case ZvtCompletion or ZvtAbort:
                    await talk.AcknowledgeLast(shutdown);
                    return message;
                case ZvtIntermediateStatus:
                    await talk.Acknowledge(shutdown);
                    break;
                case null or ZvtPositive:
                    break;
                default:
                    return message;
            }

            message = await talk.Next(shutdown);
        }

        throw new ProtocolViolationException("The terminal's answer does not come to an end.");
    }

    // No reference names the code of a wrong password. What tells it apart is that the same password is refused in 05 01, too,
    // which was answered without one a moment ago [inferred]. Null when the terminal works without a registration.
    private static async Task<ProbeAnswer?> WhyRefused(
        ZvtTalk talk, ZvtNegative refused, string password, DriverSettings settings, Spoken spoken, CancellationToken shutdown)
    {
        var code = refused is { Code: 0x1E, Data.Length: > 0 } ? refused.Data.Span[0] : refused.Code;
        if (IsBusy(code)) return OfEnquiry(new ZvtNegative(code));
        if (code == ZvtResultCodes.WrongCurrency)
        {
            return new(
                ProbeVerdict.WrongSettings, $"ZVT answers, and refuses the currency {settings.Currency} (84 1E 6F).",
                "Set the terminal's own currency in the configuration (currency).");
        }

        var again = await Say(talk, new ZvtStatusEnquiry(password), spoken, shutdown);
        if (again is ZvtNegative { Code: var other } && other == refused.Code)
        {
            var which = settings.Password is null ? "none is configured, so that 000000 was sent" : "the configured one was sent";
            return new(
                ProbeVerdict.WrongPassword, $"ZVT answers, and refuses the password ({which}; 84 {code:X2}).",
                "Set the password that stands in the terminal's menu for the till (ECR), in the configuration (password) or as "
                + "TILLBRIDGE_TERMINAL_PASSWORD. Do not try out: some devices lock after a few.");
        }

        return code == ZvtResultCodes.UnknownCommand ? null : Refused(code);
    }

    private static ProbeAnswer Refused(byte code) => new(
        ProbeVerdict.WrongSettings, $"ZVT answers, and refuses our registration ({code:X2}, {ZvtCodes.ResultText(code, "en")}).",
        "Check password and dialect in the configuration (dialect plain leaves out what old devices do not know), then ask its "
        + "service line.");

    private static ProbeAnswer InTheMiddle() => new(
        ProbeVerdict.Busy, "ZVT answers, and is in the middle of a payment or another conversation.",
        "Let it come to its end, and ask again. Nothing of it was answered.");

    private static TimeSpan LimitOf(DriverSettings settings) =>
        settings.AnswerLimit is { } most && most < AnswerLimit ? most : AnswerLimit;

    private static bool IsBusy(byte code) =>
        code is ZvtResultCodes.PleaseWait or ZvtResultCodes.ReceiverNotReady or ZvtResultCodes.NoAnswer;

    private sealed class Spoken
    {
        public bool IsZvt { get; set; }
    }
}
