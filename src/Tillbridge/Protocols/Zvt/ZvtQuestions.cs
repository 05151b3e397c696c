using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Transports;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt;

/// <summary>How a question that moves no money was answered: a status information, and how it ended.</summary>
internal sealed record ZvtAnswer(ZvtStatusInformation? Status, ZvtCompletion? Completion, ZvtAbort? Aborted, ZvtNegative? Refused)
{
    /// <summary>
    /// The terminal said what its last booking is, or with 64 that it has none (protocols README §5.6). Silence about it, as
    /// from terminals that ignore the service byte, and any other refusal is no answer (§9.3).
    /// </summary>
    public bool Answered => Status?.Receipt is not null || Aborted is { ResultCode: ZvtResultCodes.CardNotReadable };

    public bool IsBusy => Refused is { Code: ZvtResultCodes.PleaseWait or ZvtResultCodes.ReceiverNotReady or ZvtResultCodes.NoAnswer };

    public Baseline ToBaseline() => Status is { Receipt: not null } ? ZvtMark.Of(Status) : Baseline.Nothing;
}

/// <summary>Questions to a registered terminal; receipts that it prints meanwhile belong to somebody else and are dropped.</summary>
internal sealed class ZvtQuestions(ZvtTalk talk, string password, ZvtDialect dialect)
{
    /// <summary>More messages than any answer has.</summary>
    public const int MostMessages = 2000;

    // The terminal answers out of its own memory and asks no host: T4 (zvt.md §5) is for people and hosts.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(15);

    private const byte SendStatusNoPrint = 0x03; // §9.4
    private const uint TagCharacterSet = 0x14;
    private const uint TagCharacterSets = 0x27;

    /// <summary>06 20 ended in silence: the terminal may not know it.</summary>
    public bool RepeatWasSilent { get; private set; }

    /// <summary>06 20: the last stored booking.</summary>
    public async Task<ZvtAnswer> LastBooking(CancellationToken shutdown)
    {
        if (!dialect.RepeatHasService || !dialect.KnowsRepeat) return new(null, null, null, null);
        try
        {
            return await Ask(new ZvtRepeatReceipt(password, SendStatusNoPrint), shutdown);
        }
        catch (LinkLostException lost) when (lost.IsSilence)
        {
            RepeatWasSilent = true;
            throw;
        }
    }

    /// <summary>05 01: is it ready?</summary>
    public Task<ZvtAnswer> Ready(CancellationToken shutdown) => Ask(new ZvtStatusEnquiry(), shutdown, bringsStatus: false);

    /// <summary>
    /// On a serial line only an answer to 05 01 itself shows that an earlier conversation is over: its end carries a status byte
    /// (§8.2), that of a payment does not, and what was said before it has come before it.
    /// </summary>
    public bool IsSettled(ZvtAnswer ready) =>
        !talk.IsSerial || ready.Completion?.TerminalStatus is not null || ready.Refused is { Code: ZvtResultCodes.UnknownCommand };

    /// <summary>06 10: the totals of the open period; does not close it.</summary>
    public Task<ZvtAnswer> Totals(CancellationToken shutdown) => Ask(new ZvtCommand(ZvtCommands.Totals, password), shutdown);

    /// <summary>Tag 14, alone or inside 27, of the registration's end (§6.1).</summary>
    public static byte? CharacterSetOf(ZvtCompletion completion)
    {
        if (Tlv.TryFind(completion.Tlv.Span, out var set, TagCharacterSet) && set.Length == 1) return set[0];
        return Tlv.TryFind(completion.Tlv.Span, out set, TagCharacterSets, TagCharacterSet) && set.Length == 1 ? set[0] : null;
    }

    private async Task<ZvtAnswer> Ask(ZvtMessage question, CancellationToken shutdown, bool bringsStatus = true)
    {
        ZvtStatusInformation? status = null;
        var message = talk.IsSerial && !bringsStatus
            ? await talk.CommandPastStrays(question, shutdown)
            : await talk.Command(question, null, shutdown);
        if (message is ZvtNegative refused) return new(null, null, null, refused);
        if (message is ZvtPositive) message = null;
        talk.Shorten(AnswerLimit);
        for (var messages = 0; messages < MostMessages; messages++)
        {
            message ??= await talk.Next(shutdown);
            switch (message)
            {
                case ZvtCompletion completion:
                    await talk.Acknowledge(shutdown);
                    return new(status, completion, null, null);
                case ZvtAbort aborted:
                    await talk.Acknowledge(shutdown);
                    return new(status, null, aborted, null);
                case ZvtStatusInformation stray when !bringsStatus:
                    await talk.AnswerStray(stray, shutdown);
                    break;
                case ZvtStatusInformation heard:
                    status = heard;
                    await talk.Acknowledge(shutdown);
                    break;
                case ZvtIntermediateStatus progress:
                    await talk.Acknowledge(shutdown);
                    talk.SetMinutes(progress.Minutes);
                    break;
                case ZvtPrintLine or ZvtPrintBlock or ZvtSetClock:
                    await talk.Acknowledge(shutdown);
                    break;
                case ZvtOther:
                    await talk.Refuse(ZvtResultCodes.UnknownCommand, shutdown);
                    break;
            }

            message = null;
        }

        throw new ProtocolViolationException("The terminal's answer does not come to an end.");
    }
}
