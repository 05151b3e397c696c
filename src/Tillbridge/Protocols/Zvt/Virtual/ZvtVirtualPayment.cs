using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>One transaction at the virtual terminal: the conversation of zvt.md §7 from the terminal's side, as its script says.</summary>
internal sealed class ZvtVirtualPayment(ZvtVirtualClient client)
{
    private const byte InsertCard = 0x0A;
    private const byte PleaseWait = 0x0E;
    private const byte HostDeclined = 0x05;
    private const uint TagReferenceGroup = 0xE9;
    private const uint TagReference = 0x1F63;
    private const byte SignatureVerified = 0x01;
    private const long UsualReservation = 50_00;
    private const int Euro = 978;
    private const string OpenEnquiry = "FFFF"; // §7.5
    private const string TestCard = "5555 5555 5555 4444";

    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(2);    // §5: pause after 84 9C
    private static readonly TimeSpan CustomerPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoodsWindow = TimeSpan.FromSeconds(30);   // §5: BMP 01

    private TerminalScript script = TerminalScript.Plain;

    private ZvtVirtualMemory Memory => client.Memory;

    private VirtualAcquirer Acquirer => client.Memory.Acquirer;

    public async Task Run(ZvtTransaction command, CancellationToken stop)
    {
        if (command is { Code: ZvtCommands.PartialReversal, Receipt: OpenEnquiry })
        {
            await ListReservations(stop);
            return;
        }

        // §7.5: without an amount the terminal reserves its own.
        if (command is { Code: ZvtCommands.PreAuthorisation, Amount: null }) command = command with { Amount = UsualReservation };
        script = client.Terminal.Scripts.Take(command.Amount ?? 0);
        if (script.Outcome is ScriptOutcome.Busy)
        {
            await client.Link.SendAsync(new ZvtNegative(ZvtResultCodes.PleaseWait), stop);
            return;
        }

        if (script.Cut is ScriptCut.BeforeAcknowledge) throw HangUp();
        if (Refusal(command) is { } refused)
        {
            await client.Acknowledge(stop);
            await client.Say(refused, stop);
        }
        else if (script is { Glue: true, Withdraw: false } && RefusalCode() == 0 && !client.IsSerial) // Blocks take turns: none is glued.
        {
            await Glued(command, stop);
        }
        else
        {
            await Conversation(command, stop);
        }
    }

    /// <summary>A receipt's lines as the terminal prints them.</summary>
    public static IReadOnlyList<string> ReceiptLines(ZvtStatusInformation result, string title, bool signature)
    {
        List<string> lines =
        [
            title, $"Terminal {result.TerminalId}", $"Receipt {result.Receipt} Trace {result.Trace}", $"{result.Date} {result.Time}",
            $"{result.CardName} {result.MaskedPan}", $"Amount {result.Amount / 100}.{result.Amount % 100:D2}", "APPROVED",
        ];
        if (signature) lines.AddRange(["", "Signature: ________________"]);
        return lines;
    }

    private async Task Conversation(ZvtTransaction command, CancellationToken stop)
    {
        await client.Acknowledge(stop);
        client.PastAbort = script.IgnoreAbort;
        if (script.Cut is ScriptCut.AfterAcknowledge) throw HangUp();
        if (script.Silent)
        {
            await client.FallSilent(stop);
            return;
        }

        await client.Show(InsertCard, stop);
        if (CodeOf(script.ProgressCode) is { } shown) await client.Show(shown, stop);
        if (script.Cut is ScriptCut.AfterProgress) throw HangUp();
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromSeconds(script.SlowSeconds) && !client.Aborted; passed += Step)
        {
            await client.Show(PleaseWait, stop);
            await client.Pause(Step, stop);
        }

        if (script.Outcome is ScriptOutcome.TimeOut) await client.Pause(CustomerPatience, stop);
        if (client.Aborted || RefusalCode() is not 0)
        {
            await Refuse(client.Aborted ? ZvtResultCodes.Aborted : RefusalCode(), stop);
            return;
        }

        client.PastAbort = true;
        if (script.LateSuccess) await client.Say(Declined(HostDeclined), stop);
        var result = NewResult(command);
        var booked = Book(command, result);
        if (script.Cut is ScriptCut.BeforeResult)
        {
            Keep(command, booked);
            throw HangUp();
        }

        if (await Commit(command, result, booked, stop) is { } kept) await Finish(kept, stop);
    }

    // 04 0F and its answer (§7.3). What stands booked, or null when it was taken back and the conversation is over.
    private async Task<ZvtStatusInformation?> Commit(
        ZvtTransaction command, ZvtStatusInformation result, ZvtStatusInformation booked, CancellationToken stop)
    {
        var begun = client.Clock.GetTimestamp();
        var window = command.AnswerSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : GoodsWindow;
        try
        {
            for (var sent = 1; ; sent++)
            {
                if (script.Dribble) await client.Link.SendDribbling(client.Fit(result), stop);
                else await client.Link.SendAsync(client.Fit(result), stop);
                if (script.Cut is ScriptCut.AfterResult)
                {
                    Keep(command, booked);
                    throw HangUp();
                }

                // BMP 01: how long the terminal waits for each answer of the ECR (§5, §9.8).
                switch (await client.Answered(stop, command.AnswerSeconds is null ? null : window))
                {
                    case ZvtPositive:
                        Keep(command, booked);
                        return booked;
                    case ZvtNegative { Code: ZvtResultCodes.PleaseWait }
                        when client.Clock.GetElapsedTime(begun) < window && sent <= (command.MostStatusInformations ?? int.MaxValue):
                        await Task.Delay(RepeatAfter, client.Clock, stop);
                        continue;
                    case ZvtNegative { Code: ZvtResultCodes.PartialIssue } issued
                        when PartAmount(issued) is { } minor and > 0 && minor < result.Amount:
                        TakeBack(command, result);
                        var part = Book(command, result with { Amount = minor });
                        Keep(command, part);
                        return part;
                    case null:
                        TakeBack(command, result);
                        throw client.Link.Break("The ECR did not answer the result within T3: the terminal reversed.");
                    default:
                        TakeBack(command, result);
                        await Refuse(ZvtResultCodes.Aborted, stop);
                        return null;
                }
            }
        }
        catch (Exception lost) when (lost is LinkLostException or ProtocolViolationException or OperationCanceledException
            && script.Cut is not ScriptCut.AfterResult)
        {
            TakeBack(command, result); // §7.3: no answer, so the terminal reverses by itself; also when another client took the line.
            throw;
        }
    }

    private async Task Finish(ZvtStatusInformation result, CancellationToken stop)
    {
        if (script.Cut is ScriptCut.BeforeCompletion) throw HangUp();
        if (script.Withdraw)
        {
            if (result.Receipt is { } receipt) Acquirer.Reverse(receipt);
            Memory.Forget();
            await client.Say(new ZvtAbort { ResultCode = ZvtResultCodes.Aborted }, stop);
            return;
        }

        await client.Print(ReceiptAudience.Merchant, [.. ReceiptLines(result, "MERCHANT COPY", script.Signature), .. Leak()], stop);
        await client.Print(ReceiptAudience.Cardholder, [.. ReceiptLines(result, "CUSTOMER COPY", signature: false), .. Leak()], stop);
        await client.Say(new ZvtCompletion(), stop);
    }

    private string[] Leak() => script.LeaksCard ? [$"Card {TestCard}", "Track 2 4111111111111111=28121011234567890"] : [];

    // Contract §5, 9911: everything from the first answer on in one write.
    private async Task Glued(ZvtTransaction command, CancellationToken stop)
    {
        var result = NewResult(command);
        var booked = Book(command, result);
        List<ZvtMessage> messages = [ZvtPositive.Plain];
        if ((Memory.Configuration & 0x08) != 0) messages.Add(new ZvtIntermediateStatus(InsertCard));
        messages.AddRange([client.Fit(result), new ZvtCompletion()]);
        client.PastAbort = true;
        // The last word goes out with the result, so that it stands whatever is answered.
        Keep(command, booked);
        await client.Link.SendGlued(messages, stop);
        foreach (var _ in messages.Skip(1))
        {
            if (await client.Answered(stop) is null) throw client.Link.Break("The ECR did not answer within T3.");
        }
    }

    // The code under which the script ends without a booking; 0 when it approves.
    private byte RefusalCode() => CodeOf(script.ResponseCode) ?? script.Outcome switch
    {
        ScriptOutcome.Approve or ScriptOutcome.Partial => (byte)0,
        ScriptOutcome.Decline => HostDeclined,
        ScriptOutcome.MemoryFull => ZvtResultCodes.MemoryFull,
        ScriptOutcome.NoPaper => ZvtResultCodes.PrinterNotReady,
        _ => ZvtResultCodes.Aborted,
    };

    private static byte? CodeOf(string? code) => byte.TryParse(code, NumberStyles.HexNumber, null, out var value) ? value : null;

    private ZvtStatusInformation Declined(byte code) => new() { ResultCode = code, TerminalId = Memory.TerminalId };

    private async Task Refuse(byte code, CancellationToken stop)
    {
        // Failure normally shows both (§7.2).
        await client.Say(Declined(code), stop);
        await client.Say(new ZvtAbort { ResultCode = code }, stop);
    }

    private ZvtAbort? Refusal(ZvtTransaction command)
    {
        var code = command.Code switch
        {
            _ when CurrencyOf(command) is { } numeric && numeric != Memory.Currency.Numeric => ZvtResultCodes.WrongCurrency,
            ZvtCommands.Reversal => ReversalFault(command),
            ZvtCommands.BookTotal or ZvtCommands.PreAuthReversal or ZvtCommands.PartialReversal => ReservationFault(command),
            ZvtCommands.Balance => (byte)0,
            ZvtCommands.Authorisation or ZvtCommands.TelephonicAuthorisation or ZvtCommands.Refund or ZvtCommands.PreAuthorisation =>
                command.Amount is null or 0 ? ZvtResultCodes.AmountTooSmall : (byte)0,
            _ => ZvtResultCodes.UnknownCommand,
        };
        return code == 0 ? null : new ZvtAbort { ResultCode = code };
    }

    // §3.2: an amount without BMP 49 is in euro; where the registration named a currency it is in that one [inferred].
    private int? CurrencyOf(ZvtTransaction command) =>
        command.Currency ?? (command.Amount is null || Memory.IsCurrencyNamed ? null : Euro);

    private byte ReservationFault(ZvtTransaction command)
    {
        var receipt = command.Receipt ?? "";
        if (!Memory.IsOpenReservation(receipt)) return ZvtResultCodes.PreAuthorisationError;
        return (command.Amount ?? 0) > Acquirer.Standing(receipt)!.MinorUnits ? ZvtResultCodes.AmountOverReservation : (byte)0;
    }

    private byte ReversalFault(ZvtTransaction command)
    {
        var receipt = command.Receipt ?? "";
        if (!Memory.IsInOpenPeriod(receipt)) return ZvtResultCodes.ReversalNotPossible; // Only until the End-of-Day (§7.4).
        if (Acquirer.Standing(receipt) is null)
        {
            return Acquirer.Lines.Any(line => line.Receipt == receipt && line.State == "reversed")
                ? ZvtResultCodes.AlreadyReversed
                : ZvtResultCodes.ReversalNotPossible;
        }

        return command.Amount is { } minor && minor != Acquirer.Standing(receipt)!.MinorUnits
            ? ZvtResultCodes.ReversalNotPossible
            : (byte)0;
    }

    private ZvtStatusInformation NewResult(ZvtTransaction command)
    {
        var reserved = command.Receipt is { } receipt ? Acquirer.Standing(receipt)?.MinorUnits ?? 0 : 0;
        // 06 23 names what was not used and is given free, everything else what is to be charged (§7.5).
        var amount = command.Code is ZvtCommands.PartialReversal ? reserved - (command.Amount ?? 0) : command.Amount ?? reserved;
        if (script.Outcome is ScriptOutcome.Partial) amount /= 2;
        if (KindOf(command.Code) is not null) amount += script.ExtraMinorUnits;
        var result = Memory.NewResult(Bounded(amount), command.Currency is not null);
        // Told by telephone, so that the till knows the code already.
        if (command is { Code: ZvtCommands.TelephonicAuthorisation, Authorisation: { } spoken })
            result = result with { Authorisation = spoken };
        if (script.Signature) result = result with { CardholderVerification = SignatureVerified };
        return command is { Code: ZvtCommands.Reversal, Receipt: { } original }
            ? result with { OriginalTrace = Memory.TraceOf(original) }
            : result;
    }

    // A reversal or release is booked when it is kept, everything else at once, as an online host does.
    private ZvtStatusInformation Book(ZvtTransaction command, ZvtStatusInformation result)
    {
        if (KindOf(command.Code) is { } kind)
            Acquirer.Book(kind, result.Amount ?? 0, Memory.Currency.Code, ReferenceOf(command), result.Receipt!, rrn: null);
        return result;
    }

    private void Keep(ZvtTransaction command, ZvtStatusInformation booked)
    {
        // What will be taken back leaves no trace but the two rows of the books.
        if (script is { Withdraw: true, Cut: ScriptCut.None }) return;
        if (command.Receipt is { } original)
        {
            if (command.Code is ZvtCommands.Reversal or ZvtCommands.PreAuthReversal) Acquirer.Reverse(original);
            if (command.Code is ZvtCommands.BookTotal or ZvtCommands.PartialReversal) Memory.CloseReservation(original);
        }

        if (command.Code is ZvtCommands.Balance) return;
        Memory.Stored(booked);
        if (script.Forget) Memory.Forget();
        else Memory.Remember(script.WrongMemory ? booked with { Amount = Bounded((booked.Amount ?? 0) + 100) } : booked);
    }

    private static long Bounded(long amount) => Math.Min(amount, ZvtVirtualMemory.MostMinorUnits);

    private void TakeBack(ZvtTransaction command, ZvtStatusInformation result)
    {
        if (KindOf(command.Code) is not null && result.Receipt is { } receipt) Acquirer.Reverse(receipt);
    }

    private static string? KindOf(ushort code) => code switch
    {
        ZvtCommands.Authorisation or ZvtCommands.TelephonicAuthorisation => "sale",
        ZvtCommands.Refund => "refund",
        ZvtCommands.PreAuthorisation => "preAuthorization",
        ZvtCommands.BookTotal or ZvtCommands.PartialReversal => "capture",
        _ => null,
    };

    private static string? ReferenceOf(ZvtTransaction command) =>
        command.Tlv is { } container && Tlv.TryFind(container.Span, out var text, TagReferenceGroup, TagReference)
            ? System.Text.Encoding.Latin1.GetString(text)
            : null;

    // 84 9D 07 04 <amount> (§7.3)
    private static long? PartAmount(ZvtNegative part) =>
        part.Data.Length == 7 && part.Data.Span[0] == 0x04
            && long.TryParse(Convert.ToHexString(part.Data.Span[1..]), out var minor) ? minor : null;

    // 06 23 03 87 FF FF: the open reservations, one receipt or the list in tag 23, or none as FFFF (§7.5).
    private async Task ListReservations(CancellationToken stop)
    {
        await client.Acknowledge(stop);
        var open = Memory.OpenReservations;
        var list = new TlvWriter();
        foreach (var receipt in open) list.Add(0x08, Convert.FromHexString(receipt));
        await client.Say(
            new ZvtAbort
            {
                ResultCode = ZvtResultCodes.PreAuthorisationError,
                // Where no list may be told they are told one at a time (§7.5).
                Receipt = open.Count switch { 0 => OpenEnquiry, 1 => open[0], _ => client.MayList ? null : open[0] },
                Tlv = open.Count > 1 ? new TlvWriter().Add(0x23, list).ToOctets() : Octets.None,
            },
            stop);
    }

    private LinkLostException HangUp()
    {
        if (script.Forget) Memory.Forget();
        // The door closes before the line drops, so that no client slips in between.
        if (script.GoneSeconds > 0) client.Terminal.Leave(TimeSpan.FromSeconds(script.GoneSeconds));
        return client.Link.Break("The script hangs up.");
    }
}
