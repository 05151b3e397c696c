using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt.Apdu;

/// <summary>How a command ends once it was acknowledged (zvt.md §6).</summary>
internal enum ZvtEnd
{
    /// <summary>With the acknowledge itself.</summary>
    Acknowledge,

    /// <summary>With 06 0F or 06 1E; the terminal leads until then.</summary>
    Completion,

    /// <summary>With a status information and its answer, without 06 0F.</summary>
    StatusInformation,

    /// <summary>It is an answer itself, or the end of something else.</summary>
    Nothing,
}

/// <summary>A field without a tag at the beginning of a command's data.</summary>
internal sealed record ZvtPart(string Name, int Size, FieldFormat Format = FieldFormat.Hex, bool Optional = false, bool Secret = false)
{
    /// <summary>The part takes all data that is left.</summary>
    public const int Rest = -1;

    public static ZvtPart Password { get; } = new("password", 3, FieldFormat.Digits, Secret: true);

    public static ZvtPart OptionalPassword { get; } = Password with { Optional = true };
}

/// <summary>A command: code, name, how it ends, what its data begins with. BMPs follow unless the last part takes the rest.</summary>
internal sealed record ZvtCommandRow(ushort Code, string Name, ZvtEnd End, params ZvtPart[] Parts);

/// <summary>All commands of zvt.md §6 and §8 under the names of the specification.</summary>
internal static class ZvtCommands
{
    public const ushort EcrSetClock = 0x0401;
    public const ushort WriteFileRequest = 0x040C;
    public const ushort InputRequest = 0x040D;
    public const ushort MenuRequest = 0x040E;
    public const ushort StatusInformation = 0x040F;
    public const ushort IntermediateStatus = 0x04FF;
    public const ushort StatusEnquiry = 0x0501;
    public const ushort Registration = 0x0600;
    public const ushort Authorisation = 0x0601;
    public const ushort LogOff = 0x0602;
    public const ushort Balance = 0x0603;
    public const ushort ActivateCard = 0x0604;
    public const ushort Procurement = 0x0605;
    public const ushort PrepaidTopUp = 0x0609;
    public const ushort TaxFree = 0x060A;
    public const ushort BookTip = 0x060C;
    public const ushort Completion = 0x060F;
    public const ushort Totals = 0x0610;
    public const ushort ReprintReceipts = 0x0612;
    public const ushort Reset = 0x0618;
    public const ushort PrintConfiguration = 0x061A;
    public const ushort SetTerminalId = 0x061B;
    public const ushort AbortPt = 0x061E;
    public const ushort RepeatReceipt = 0x0620;
    public const ushort TelephonicAuthorisation = 0x0621;
    public const ushort PreAuthorisation = 0x0622;
    public const ushort PartialReversal = 0x0623;
    public const ushort BookTotal = 0x0624;
    public const ushort PreAuthReversal = 0x0625;
    public const ushort ExternalReversal = 0x0626;
    public const ushort Reversal = 0x0630;
    public const ushort Refund = 0x0631;
    public const ushort EndOfDay = 0x0650;
    public const ushort SendOffline = 0x0651;
    public const ushort PartialReconciliation = 0x0652;
    public const ushort Diagnosis = 0x0670;
    public const ushort Selftest = 0x0679;
    public const ushort SetClock = 0x0691;
    public const ushort Initialisation = 0x0693;
    public const ushort ChangePassword = 0x0695;
    public const ushort Abort = 0x06B0;
    public const ushort ReadCard = 0x06C0;
    public const ushort PrintLine = 0x06D1;
    public const ushort PrintTextBlock = 0x06D3;
    public const ushort DisplayText = 0x06E0;
    public const ushort CardPoll = 0x06E6;
    public const ushort SoftwareUpdate = 0x0810;
    public const ushort WriteFile = 0x0814;
    public const ushort Positive = 0x8000;

    private static readonly ZvtPart Rest = new("data", ZvtPart.Rest);
    private static readonly ZvtPart Currency = new("currency", 2, FieldFormat.Digits, Optional: true);
    private static readonly ZvtPart Keyboard = new("display_data", ZvtPart.Rest);

    /// <summary>Every command, in the order of its code.</summary>
    public static IReadOnlyList<ZvtCommandRow> All { get; } =
    [
        new(EcrSetClock, "SetDateTimeEcr", ZvtEnd.Acknowledge),
        new(WriteFileRequest, "WriteFileRequest", ZvtEnd.Acknowledge),
        new(InputRequest, "InputRequest", ZvtEnd.Acknowledge),
        new(MenuRequest, "MenuRequest", ZvtEnd.Acknowledge),
        new(StatusInformation, "StatusInformation", ZvtEnd.Nothing),
        new(IntermediateStatus, "IntermediateStatus", ZvtEnd.Nothing,
            new ZvtPart("intermediate_status", 1), new ZvtPart("timeout_minutes_bcd", 1, Optional: true)),
        new(StatusEnquiry, "StatusEnquiry", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(Registration, "Registration", ZvtEnd.Completion, ZvtPart.Password, new ZvtPart("config_byte", 1), Currency),
        new(Authorisation, "Authorisation", ZvtEnd.Completion),
        new(LogOff, "LogOff", ZvtEnd.Acknowledge),
        new(Balance, "AccountBalanceRequest", ZvtEnd.Completion),
        new(ActivateCard, "ActivateCard", ZvtEnd.Completion),
        new(Procurement, "Procurement", ZvtEnd.Completion),
        new(PrepaidTopUp, "PrepaidTopUp", ZvtEnd.Completion,
            new ZvtPart("product_id", 2, FieldFormat.Digits), new ZvtPart("mode", 1)),
        new(TaxFree, "TaxFree", ZvtEnd.Completion),
        new(BookTip, "BookTip", ZvtEnd.Completion),
        new(Completion, "Completion", ZvtEnd.Nothing),
        new(Totals, "SendTurnoverTotals", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(ReprintReceipts, "ReprintReceipts", ZvtEnd.Completion, ZvtPart.Password,
            new ZvtPart("first_receipt", 2, FieldFormat.Digits), new ZvtPart("last_receipt", 2, FieldFormat.Digits, Optional: true)),
        new(Reset, "ResetTerminal", ZvtEnd.Completion),
        new(PrintConfiguration, "PrintSystemConfiguration", ZvtEnd.Completion),
        new(SetTerminalId, "SetTerminalId", ZvtEnd.Completion, ZvtPart.Password),
        new(AbortPt, "AbortPT", ZvtEnd.Nothing, new ZvtPart("result_code", 1, Optional: true), Currency),
        new(RepeatReceipt, "RepeatReceipt", ZvtEnd.Completion, ZvtPart.Password),
        new(TelephonicAuthorisation, "TelephonicAuthorisation", ZvtEnd.Completion, ZvtPart.Password),
        new(PreAuthorisation, "PreAuthorisation", ZvtEnd.Completion),
        new(PartialReversal, "PartialReversal", ZvtEnd.Completion),
        new(BookTotal, "BookTotal", ZvtEnd.Completion),
        new(PreAuthReversal, "PreAuthReversal", ZvtEnd.Completion),
        new(ExternalReversal, "ReversalOfExternalTransaction", ZvtEnd.Completion),
        new(Reversal, "Reversal", ZvtEnd.Completion, ZvtPart.Password),
        new(Refund, "Refund", ZvtEnd.Completion, ZvtPart.Password),
        new(EndOfDay, "EndOfDay", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(SendOffline, "SendOfflineTransactions", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(PartialReconciliation, "PartialReconciliation", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(Diagnosis, "Diagnosis", ZvtEnd.Completion),
        new(Selftest, "Selftest", ZvtEnd.Completion),
        new(SetClock, "SetDateTime", ZvtEnd.Completion, ZvtPart.Password),
        new(Initialisation, "Initialisation", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(ChangePassword, "ChangePassword", ZvtEnd.Completion, ZvtPart.Password, ZvtPart.Password with { Name = "new_password" }),
        new(Abort, "Abort", ZvtEnd.Acknowledge),
        new(ReadCard, "ReadCard", ZvtEnd.StatusInformation, new ZvtPart("timeout_s", 1, Optional: true)),
        new(0x06C5, "CloseCardSession", ZvtEnd.Acknowledge),
        new(0x06C6, "SendApdus", ZvtEnd.Acknowledge),
        // What it carries is not public, and may be a picture of a signature.
        new(0x06D0, "GraphicMenu", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(PrintLine, "PrintLine", ZvtEnd.Acknowledge,
            new ZvtPart("attribute", 1, Optional: true), new ZvtPart("text", ZvtPart.Rest, FieldFormat.Text)),
        new(PrintTextBlock, "PrintTextBlock", ZvtEnd.Acknowledge),
        new(0x06D8, "DialUp", ZvtEnd.Acknowledge, Rest),
        // What the terminal and its host say to each other through the ECR may hold card data.
        new(0x06D9, "TransmitData", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(0x06DA, "ReceiveData", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(0x06DB, "HangUp", ZvtEnd.Acknowledge, Rest),
        new(0x06DD, "TransparentMode", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(DisplayText, "DisplayText", ZvtEnd.Acknowledge),
        new(0x06E1, "DisplayTextWithFunctionKey", ZvtEnd.Acknowledge),
        new(0x06E2, "DisplayTextWithNumericInput", ZvtEnd.Acknowledge),
        new(0x06E3, "PinVerification", ZvtEnd.Acknowledge),
        new(0x06E4, "BlockedListQuery", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(CardPoll, "CardPollWithAuthorisation", ZvtEnd.Completion),
        new(0x06E7, "DisplayTextWithDukptInput", ZvtEnd.Acknowledge),
        new(0x06F0, "DisplayImage", ZvtEnd.Acknowledge),
        new(0x06F1, "DisplayImageWithFunctionKey", ZvtEnd.Acknowledge),
        new(0x0685, "DisplayTextOld", ZvtEnd.Acknowledge, Keyboard),
        new(0x0686, "DisplayTextWithNumericInputOld", ZvtEnd.Acknowledge, Keyboard),
        new(0x0687, "PinVerificationOld", ZvtEnd.Acknowledge, Rest with { Secret = true }),
        new(0x0688, "DisplayTextWithFunctionKeyOld", ZvtEnd.Acknowledge, Keyboard),
        new(0x0801, "ServiceMode", ZvtEnd.Completion),
        new(0x0802, "SwitchProtocol", ZvtEnd.Acknowledge, new ZvtPart("target", 1, Optional: true)),
        new(SoftwareUpdate, "SoftwareUpdate", ZvtEnd.Completion),
        new(0x0811, "ReadFile", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(0x0812, "DeleteFile", ZvtEnd.Completion, ZvtPart.OptionalPassword),
        new(0x0813, "ChangeConfiguration", ZvtEnd.Completion),
        new(WriteFile, "WriteFile", ZvtEnd.Completion, ZvtPart.Password),
        new(0x0820, "StartOptAction", ZvtEnd.Completion, Rest),
        new(0x0821, "SetOptPointInTime", ZvtEnd.Completion, Rest),
        new(0x0822, "StartOptPreInitialisation", ZvtEnd.Completion, Rest),
        new(0x0823, "OutputOptData", ZvtEnd.Completion, Rest),
        new(0x0824, "OptOutOfOrder", ZvtEnd.Completion, Rest),
        new(0x0830, "SelectLanguage", ZvtEnd.Completion, new ZvtPart("language", 1, Optional: true)),
        new(0x0840, "ChangeBaudRate", ZvtEnd.Acknowledge, new ZvtPart("baud_rate", 1, Optional: true)),
        new(0x0850, "ActivateCardReader", ZvtEnd.Acknowledge, new ZvtPart("card_reader", 1, Optional: true)),
    ];

    private static readonly Dictionary<ushort, ZvtCommandRow> ByCode = All.ToDictionary(row => row.Code);

    public static ZvtCommandRow? Find(ushort code) => ByCode.GetValueOrDefault(code);

    /// <summary>The specification's name of a code; for one that it does not list, its class or the code itself.</summary>
    public static string Name(ushort code) => (code >> 8) switch
    {
        0x80 => "Ack",
        0x84 => "Nack",
        0x0F => "VendorPrivate",
        _ => Find(code)?.Name ?? "Unknown",
    };

    /// <summary>zvt.md §6, §8: 04 and 05 status, 06 and 08 commands, 0F vendor private, 80 and 84 answers. No other class exists.</summary>
    public static bool IsClass(byte first) => first is 0x04 or 0x05 or 0x06 or 0x08 or 0x0F or 0x80 or 0x84;

    /// <summary>Commands that <see cref="ZvtTransaction"/> stands for.</summary>
    public static bool IsTransaction(ushort code) => code is Authorisation or Balance or ActivateCard or Procurement or TaxFree or BookTip
        or TelephonicAuthorisation or PreAuthorisation or PartialReversal or BookTotal or PreAuthReversal or ExternalReversal
        or Reversal or Refund or CardPoll;

    /// <summary>Commands that <see cref="ZvtCommand"/> stands for: a code, perhaps a password, perhaps a container.</summary>
    public static bool IsPlain(ushort code) => code is LogOff or Totals or Reset or PrintConfiguration or EndOfDay or SendOffline
        or PartialReconciliation or Diagnosis or Selftest or Initialisation or Abort or SoftwareUpdate or 0x06C5 or 0x0801;
}
