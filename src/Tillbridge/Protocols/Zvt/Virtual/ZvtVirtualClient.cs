using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>One ECR at the virtual terminal: takes its commands one after another and answers each exactly once (zvt.md §2.2).</summary>
internal sealed class ZvtVirtualClient(
    ZvtVirtualTerminal terminal,
    ZvtVirtualMemory memory,
    MessageLink<ZvtMessage> link,
    VirtualTerminalSettings settings,
    TimeProvider clock,
    Transports.Carrier carrier)
{
    private const string SoftwareVersion = "TB 1.0";
    private const int MostStraySignals = 1000;
    private static readonly TimeSpan Idle = TimeSpan.FromDays(20); // No T3 runs while the ECR leads.

    private ZvtVirtualChores Chores => field ??= new(this);
    private ZvtRegistration? beginning;

    public ZvtVirtualMemory Memory => memory;

    public ZvtVirtualTerminal Terminal => terminal;

    public TimeProvider Clock => clock;

    public MessageLink<ZvtMessage> Link => link;

    /// <summary>The command at hand had a container, which permits ours for its answer (§6.1).</summary>
    private bool permitsTlv;

    public bool IsSerial => carrier is Transports.Carrier.Serial;

    /// <summary>The ECR asked to stop, at a moment when the terminal still could.</summary>
    public bool Aborted { get; set; }

    /// <summary>From here on an abort comes too late.</summary>
    public bool PastAbort { get; set; }

    public async Task Run(CancellationToken stop)
    {
        while (true)
        {
            (Aborted, PastAbort) = (false, false);
            try
            {
                if (beginning is { } registration)
                {
                    beginning = null;
                    await Answer(registration, stop);
                    continue;
                }

                var heard = await link.ReceiveAsync(Idle, stop, mayClose: true);
                if (heard is Heard.Closed) return;
                if (heard is Heard.Message) await Answer(link.Message!, stop);
            }
            catch (ProtocolViolationException wrong) when (wrong.Reason == Domain.Reason.ProtocolViolation)
            {
                await link.SendAsync(new ZvtNegative(ZvtResultCodes.ProtocolError), stop);
            }
        }
    }

    /// <summary>
    /// Says nothing any more, until the ECR begins anew. Over TCP it does so with a connection; a serial line has none, and the
    /// registration takes its place.
    /// </summary>
    public async Task FallSilent(CancellationToken stop)
    {
        while (beginning is null)
        {
            var heard = await link.ReceiveAsync(Idle, stop);
            if (IsSerial && heard is Heard.Message) beginning = link.Message as ZvtRegistration;
        }
    }

    /// <summary>Waits for the ECR's answer to a command of ours; takes its abort meanwhile. Null after T3.</summary>
    public async Task<ZvtMessage?> Answered(CancellationToken stop, TimeSpan? limit = null)
    {
        var begun = clock.GetTimestamp();
        for (var strays = 0; strays < MostStraySignals; strays++)
        {
            // What is no answer does not begin the time anew: a till that only knocks again would hold the payment open for ever.
            var left = (limit ?? settings.AcknowledgeLimit) - clock.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero || await link.ReceiveAsync(left, stop) is not Heard.Message) return null;
            switch (link.Message)
            {
                case ZvtPositive or ZvtNegative:
                    return link.Message;
                case ZvtCommand { Code: ZvtCommands.Abort }:
                    await TakeAbort(stop);
                    break;
                default:
                    // While the terminal leads the ECR may send nothing else (§2.1).
                    await link.SendAsync(new ZvtNegative(ZvtResultCodes.PleaseWait), stop);
                    break;
            }
        }

        return null;
    }

    /// <summary>Sends a command of ours and waits for the ECR's answer.</summary>
    /// <exception cref="Transports.LinkLostException">The ECR did not answer within T3: the terminal closes (§5).</exception>
    public async Task Say(ZvtMessage message, CancellationToken stop)
    {
        await link.SendAsync(Fit(message), stop);
        if (await Answered(stop) is null) throw link.Break("The ECR did not answer within T3.");
    }

    /// <summary>A container may be sent.</summary>
    public bool MayList => memory.TakesTlv || permitsTlv;

    /// <summary>A message without its container where the ECR has permitted none.</summary>
    public ZvtMessage Fit(ZvtMessage message) => MayList ? message : message switch
    {
        ZvtStatusInformation status => status with
        {
            Tlv = Octets.None, CardholderVerification = null, Technology = null, ErrorText = null, LongCardType = null,
        },
        ZvtAbort abort => abort with { Tlv = Octets.None, ErrorText = null },
        _ => message,
    };

    /// <summary>04 FF, if the ECR wants to hear it (§6.1).</summary>
    public async Task Show(byte status, CancellationToken stop)
    {
        if ((memory.Configuration & 0x08) != 0) await Say(new ZvtIntermediateStatus(status), stop);
    }

    /// <summary>Lets time pass while the ECR may abort.</summary>
    public async Task Pause(TimeSpan time, CancellationToken stop)
    {
        var until = clock.GetTimestamp();
        while (!Aborted && clock.GetElapsedTime(until) < time)
        {
            var left = time - clock.GetElapsedTime(until);
            var heard = await link.ReceiveAsync(left, stop);
            if (heard is not Heard.Message) continue;
            if (link.Message is ZvtCommand { Code: ZvtCommands.Abort }) await TakeAbort(stop);
            else if (link.Message is not (ZvtPositive or ZvtNegative))
                await link.SendAsync(new ZvtNegative(ZvtResultCodes.PleaseWait), stop);
        }
    }

    public async Task Acknowledge(CancellationToken stop) => await link.SendAsync(ZvtPositive.Plain, stop);

    public async Task Print(Domain.ReceiptAudience audience, IReadOnlyList<string> lines, CancellationToken stop)
    {
        var bit = audience is Domain.ReceiptAudience.Administration ? 0x04 : 0x02;
        // What the till does not print the terminal prints; without 80 the till makes it from the result (§6.1).
        if ((memory.Configuration & bit) == 0) terminal.Paper.Print(lines);
        if ((memory.Configuration & 0x80) == 0 || (memory.Configuration & bit) == 0) return;
        List<ZvtPrintLine> printed = [.. lines.Select(line => new ZvtPrintLine(0x00, line)), new ZvtPrintLine(0x81, "")];
        if (memory.TakesBlocks)
        {
            byte type = audience switch { Domain.ReceiptAudience.Merchant => 1, Domain.ReceiptAudience.Cardholder => 2, _ => 3 };
            await Say(new ZvtPrintBlock(type, printed), stop);
            return;
        }

        foreach (var line in printed) await Say(line, stop);
    }

    private async Task TakeAbort(CancellationToken stop)
    {
        // Accepted until the booking is under way (§16.5).
        if (PastAbort)
        {
            await link.SendAsync(new ZvtNegative(ZvtResultCodes.UnknownCommand), stop);
            return;
        }

        Aborted = true;
        await Acknowledge(stop);
    }

    private async Task Answer(ZvtMessage command, CancellationToken stop)
    {
        if (settings.Password is { } wanted && PasswordOf(command) is { } given && given != wanted)
        {
            // No reference names the code; 6B also says that nobody is registered [inferred].
            await link.SendAsync(new ZvtNegative(ZvtResultCodes.NotRegistered), stop);
            return;
        }

        permitsTlv = command is ZvtTransaction { Tlv: not null } or ZvtCommand { Tlv: not null } or ZvtReadCard { Tlv: not null };
        switch (command)
        {
            case ZvtTransaction transaction when !transaction.Undecoded.IsEmpty:
                await link.SendAsync(new ZvtNegative(ZvtResultCodes.UnknownCommand), stop); // Unknown BMP (§2.2).
                break;
            case ZvtTransaction transaction:
                await new ZvtVirtualPayment(this).Run(transaction, stop);
                break;
            case ZvtRegistration registration:
                await Register(registration, stop);
                break;
            case ZvtRepeatReceipt repeat:
                await Repeat(repeat, stop);
                break;
            case ZvtStatusEnquiry enquiry:
                await Acknowledge(stop);
                // zvt.md §8.2: bit 02 leaves it out. What is not there has no bits.
                var version = ((enquiry.Service ?? 0) & 0x02) != 0 ? null : SoftwareVersion;
                await Say(new ZvtCompletion { SoftwareVersion = version, TerminalStatus = 0 }, stop);
                break;
            case ZvtReadCard:
                await Acknowledge(stop);
                await Say(new ZvtStatusInformation { ResultCode = 0, MaskedPan = "541333******9999", CardType = 6 }, stop);
                break;
            case ZvtSetClock:
                await Acknowledge(stop);
                await Say(new ZvtCompletion(), stop);
                break;
            case ZvtCommand plain:
                await Chores.Do(plain, stop);
                break;
            case ZvtOther other when ZvtVirtualChores.Knows(other.Code):
                await Chores.Do(other, stop);
                break;
            case ZvtPositive or ZvtNegative:
                break; // An answer to nothing; answers are never answered (§2.2).
            default:
                await link.SendAsync(new ZvtNegative(ZvtResultCodes.UnknownCommand), stop);
                break;
        }
    }

    private static string? PasswordOf(ZvtMessage command) => command switch
    {
        ZvtRegistration registration => registration.Password,
        ZvtTransaction transaction => transaction.Password,
        ZvtRepeatReceipt repeat => repeat.Password,
        ZvtStatusEnquiry enquiry => enquiry.Password,
        ZvtSetClock clock => clock.Password,
        ZvtCommand plain => plain.Password,
        ZvtOther other => ZvtVirtualChores.PasswordOf(other),
        _ => null,
    };

    private async Task Register(ZvtRegistration registration, CancellationToken stop)
    {
        if (registration.Currency is { } numeric && numeric != memory.Currency.Numeric)
        {
            // 84 1E LEN 6F [CC] in place of the acknowledge, and no completion (§6.1).
            await link.SendAsync(new ZvtNegative(0x1E, Octets.Copy([ZvtResultCodes.WrongCurrency])), stop);
            return;
        }

        memory.Register(registration);
        await Acknowledge(stop);
        var completion = new ZvtCompletion
        {
            RegistrationStatus = 0, TerminalId = memory.TerminalId, Currency = memory.Currency.Numeric,
        };
        await Say(completion, stop);
    }

    // §9.4: bit 01 sends the status information, bit 02 leaves the printing out.
    private async Task Repeat(ZvtRepeatReceipt repeat, CancellationToken stop)
    {
        await Acknowledge(stop);
        if (memory.Last is not { } last)
        {
            await Say(new ZvtAbort { ResultCode = ZvtResultCodes.CardNotReadable }, stop); // Nothing stored (README §5.6).
            return;
        }

        var service = repeat.Service ?? 0; // What is not there has no bits: only printed.
        if ((service & 0x01) != 0) await Say(last, stop);
        if ((service & 0x02) == 0)
            await Print(Domain.ReceiptAudience.Merchant, ZvtVirtualPayment.ReceiptLines(last, "REPEATED RECEIPT", signature: false), stop);
        await Say(new ZvtCompletion(), stop);
    }
}
