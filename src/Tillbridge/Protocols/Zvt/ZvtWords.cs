using System.Globalization;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt;

/// <summary>What driver and virtual terminal can say, in the words of the decoder.</summary>
internal static class ZvtWords
{
    // What the driver sends, what the virtual terminal sends, and the two answers that both give.
    private static readonly ushort[] Said =
    [
        ZvtCommands.Registration, ZvtCommands.Authorisation, ZvtCommands.LogOff, ZvtCommands.Balance, ZvtCommands.Totals,
        ZvtCommands.Reset, ZvtCommands.RepeatReceipt, ZvtCommands.PreAuthorisation, ZvtCommands.BookTotal,
        ZvtCommands.PreAuthReversal, ZvtCommands.Reversal, ZvtCommands.Refund, ZvtCommands.EndOfDay, ZvtCommands.Diagnosis,
        ZvtCommands.SetClock, ZvtCommands.Initialisation, ZvtCommands.Abort, ZvtCommands.ReadCard, ZvtCommands.StatusEnquiry,
        ZvtCommands.StatusInformation, ZvtCommands.IntermediateStatus, ZvtCommands.Completion, ZvtCommands.AbortPt,
        ZvtCommands.PrintLine, ZvtCommands.PrintTextBlock, 0x8000, 0x8400,
    ];

    public static ProtocolVocabulary All { get; } = new(
        [.. Said.Select(ZvtCommands.Name).Distinct()],
        [.. Enumerable.Range(0, ZvtCodes.LastHostCode + 1).Select(code => Hex((byte)code)), .. ZvtCodes.KnownResults.Order().Select(Hex)],
        [.. ZvtCodes.KnownProgress.Order().Select(Hex)]);

    private static string Hex(byte code) => code.ToString("X2", CultureInfo.InvariantCulture);
}
