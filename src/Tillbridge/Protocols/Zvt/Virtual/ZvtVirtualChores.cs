using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>Commands that move no money and that a terminal answers by itself or by paper (zvt.md §6).</summary>
internal sealed class ZvtVirtualChores(ZvtVirtualClient client)
{
    // Reports of the vendors' class that real tills ask for; what they hold stands in no reference [inferred].
    private const ushort ShiftReport = 0x0F10;
    private const ushort DayReport = 0x0F11;
    private const int PasswordBytes = 3;
    private const int IdBytes = 4;

    private ZvtVirtualMemory Memory => client.Memory;

    /// <summary>True for a command without a form of its own that is answered here.</summary>
    public static bool Knows(ushort code) => code is ZvtCommands.DisplayText or ZvtCommands.SetTerminalId or ShiftReport or DayReport;

    /// <summary>The password of such a command; null where it has none.</summary>
    public static string? PasswordOf(ZvtOther command) =>
        command is { Code: ZvtCommands.SetTerminalId, Data.Length: >= PasswordBytes }
            ? Convert.ToHexString(command.Data.Span[..PasswordBytes])
            : null;

    public async Task Do(ZvtCommand command, CancellationToken stop)
    {
        switch (command.Code)
        {
            case ZvtCommands.LogOff:
                Memory.LogOff();
                await client.Acknowledge(stop);
                return;
            case ZvtCommands.Abort:
                await client.Acknowledge(stop);
                return;
            case ZvtCommands.Totals or ZvtCommands.EndOfDay:
                await client.Acknowledge(stop);
                await Total(command.Code is ZvtCommands.EndOfDay, stop);
                return;
            case ZvtCommands.Diagnosis or ZvtCommands.Initialisation:
                await client.Acknowledge(stop);
                await client.Show(0x17, stop);
                await Report(command.Code is ZvtCommands.Diagnosis ? "DIAGNOSIS" : "INITIALISATION", "Host reached", stop);
                return;
            case ZvtCommands.PrintConfiguration:
                await client.Acknowledge(stop);
                await Report("CONFIGURATION", $"Currency {Memory.Currency.Code}", stop);
                return;
            case ZvtCommands.Selftest:
                await client.Acknowledge(stop);
                await Report("SELFTEST", "All parts work", stop);
                return;
            case ZvtCommands.Reset:
                await client.Acknowledge(stop);
                await client.Say(new ZvtCompletion(), stop);
                throw client.Link.Break("The terminal restarts.");
            default:
                await client.Link.SendAsync(new ZvtNegative(ZvtResultCodes.UnknownCommand), stop);
                return;
        }
    }

    public async Task Do(ZvtOther command, CancellationToken stop)
    {
        await client.Acknowledge(stop);
        switch (command.Code)
        {
            case ZvtCommands.SetTerminalId:
                await SetId(command, stop);
                return;
            case ShiftReport or DayReport:
                await Report(command.Code is ShiftReport ? "SHIFT REPORT" : "DAY REPORT", SumText, stop);
                return;
            default:
                return; // 06 E0 is over with its acknowledge; the virtual terminal has no display.
        }
    }

    private string SumText => $"Sum {new Money(Math.Abs(Memory.OpenNet), Memory.Currency)}";

    // §6: 29 and four bytes set it, nothing sets it back, and both only while no booking waits for the End-of-Day.
    private async Task SetId(ZvtOther command, CancellationToken stop)
    {
        var data = command.Data;
        var isReset = data.Length == PasswordBytes;
        var isSet = data.Length == PasswordBytes + 1 + IdBytes && data.Span[PasswordBytes] == ZvtFields.TerminalId;
        var id = isSet ? Convert.ToHexString(data.Span[^IdBytes..]) : ZvtVirtualMemory.FirstTerminalId;
        byte? fault = !Memory.IsPeriodEmpty ? ZvtResultCodes.OpenPeriod
            : (isSet || isReset) && id.All(char.IsAsciiDigit) ? null
            : ZvtResultCodes.ProtocolError;
        if (fault is null) Memory.TerminalId = id;
        await client.Say(fault is { } code ? new ZvtAbort { ResultCode = code } : new ZvtCompletion { TerminalId = id }, stop);
    }

    private async Task Report(string title, string body, CancellationToken stop)
    {
        await client.Print(ReceiptAudience.Administration, [title, $"Terminal {Memory.TerminalId}", body], stop);
        await client.Say(new ZvtCompletion(), stop);
    }

    private async Task Total(bool close, CancellationToken stop)
    {
        var (totals, sum) = (Memory.Totals(), SumText);
        await client.Show(0x17, stop);
        await client.Link.SendAsync(totals, stop);
        if (await client.Answered(stop) is not ZvtPositive) throw client.Link.Break("The ECR did not take the totals.");
        if (close) Memory.ClosePeriod();
        await client.Print(ReceiptAudience.Administration, [close ? "END OF DAY" : "TOTALS", sum], stop);
        await client.Say(new ZvtCompletion(), stop);
    }
}
