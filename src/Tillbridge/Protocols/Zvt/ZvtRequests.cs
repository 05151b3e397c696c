using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.Zvt;

/// <summary>The ECR's commands for our requests (zvt.md §6, §7). Pure but for the time of day of 06 91.</summary>
internal sealed class ZvtRequests(ZvtDialect dialect, DriverSettings settings, TimeProvider clock)
{
    private const byte SendStatusAndPrint = 0x01;
    private const uint TagCommandsAccepted = 0x26;
    private const uint TagCommand = 0x0A;
    private const uint TagCashback = 0x1F25;
    private const uint TagTip = 0x1F36;
    private const uint TagReferenceGroup = 0xE9;
    private const uint TagReference = 0x1F63;

    /// <summary>The password as six digits; 000000 where none is configured, as in most of the field (§3.1).</summary>
    public string Password { get; } = ReadPassword(settings.Password);

    public static bool HasCompletion(RequestKind kind) => kind is not RequestKind.LogOff;

    public ZvtRegistration Registration()
    {
        // Text blocks instead of single lines, and nothing that the ECR could not answer (§6.1).
        Octets? container = dialect.RegistrationTlv
            ? new TlvWriter().Add(TagCommandsAccepted, new TlvWriter().Add(TagCommand, 0x06, 0xD3)).ToOctets()
            : null;
        return new ZvtRegistration(Password, dialect.Configuration)
        {
            Currency = Currency.Of(settings.Currency).Numeric,
            Service = dialect.RegistrationService,
            Tlv = container,
        };
    }

    public ZvtMessage For(TerminalRequest request) => request.Kind switch
    {
        RequestKind.Sale or RequestKind.SaleWithCashback => Payment(request),
        RequestKind.Refund => Money(ZvtCommands.Refund, request) with { Password = Password },
        RequestKind.Reversal => Money(ZvtCommands.Reversal, request) with { Password = Password, Receipt = ReceiptOf(request) },
        RequestKind.PreAuthorization => Money(ZvtCommands.PreAuthorisation, request),
        RequestKind.Capture => Money(ZvtCommands.BookTotal, request) with { Receipt = ReceiptOf(request) },
        RequestKind.CancelPreAuthorization => Money(ZvtCommands.PreAuthReversal, request) with { Receipt = ReceiptOf(request) },
        RequestKind.Reconciliation => new ZvtCommand(ZvtCommands.EndOfDay, Password),
        RequestKind.Subtotals => new ZvtCommand(ZvtCommands.Totals, Password),
        RequestKind.Diagnosis => new ZvtCommand(ZvtCommands.Diagnosis),
        RequestKind.Repeat => new ZvtRepeatReceipt(Password, dialect.RepeatHasService ? SendStatusAndPrint : null),
        RequestKind.Status => new ZvtStatusEnquiry(),
        RequestKind.Balance => new ZvtTransaction(ZvtCommands.Balance),
        RequestKind.ReadCard => new ZvtReadCard(ZvtDriver.CardSeconds),
        RequestKind.Initialise => new ZvtCommand(ZvtCommands.Initialisation, Password),
        RequestKind.Reset => new ZvtCommand(ZvtCommands.Reset),
        RequestKind.LogOff => new ZvtCommand(ZvtCommands.LogOff),
        RequestKind.SetClock => Clock(),
        _ => throw new InvariantException($"ZVT has no command for {request.Kind}."),
    };

    private ZvtTransaction Payment(TerminalRequest request)
    {
        var seconds = (byte)Math.Clamp(settings.ConfirmLimit.TotalSeconds + 10, 1, byte.MaxValue);
        return Money(ZvtCommands.Authorisation, request) with
        {
            PaymentType = dialect.PaymentType,
            AnswerSeconds = request.Confirm ? seconds : null, // BMP 01, §5
        };
    }

    private ZvtTransaction Money(ushort code, TerminalRequest request)
    {
        var total = request.Total ?? (request.Kind is RequestKind.Reversal ? request.Original?.Amount : null);
        return new ZvtTransaction(code)
        {
            Amount = total?.MinorUnits,
            Currency = total is not null && dialect.SendCurrency ? total.Value.Currency.Numeric : null,
            Tlv = Container(request),
        };
    }

    // Cashback and tip stand inside the total of BMP 04, as in the terminal's own answer (§8.1) [inferred].
    private Octets? Container(TerminalRequest request)
    {
        if (!dialect.RegistrationTlv) return null;
        var container = new TlvWriter();
        if (request.Cashback is { MinorUnits: > 0 } cashback) container.Add(TagCashback, Bcd6(cashback.MinorUnits));
        if (request.Tip is { MinorUnits: > 0 } tip) container.Add(TagTip, Bcd6(tip.MinorUnits));
        if (request.Reference is { } reference)
            container.Add(TagReferenceGroup, new TlvWriter().Add(TagReference, Encoding.Latin1.GetBytes(reference)));
        return container.IsEmpty ? null : container.ToOctets();
    }

    private ZvtSetClock Clock()
    {
        var now = clock.GetLocalNow();
        return new ZvtSetClock(
            ZvtCommands.SetClock, Password, now.ToString("yyMMdd", CultureInfo.InvariantCulture),
            now.ToString("HHmmss", CultureInfo.InvariantCulture));
    }

    // §7.4: never 87 00 00; the engine filled the number from the journal or the caller gave it.
    private static string ReceiptOf(TerminalRequest request)
    {
        var receipt = request.Original?.Receipt ?? "";
        Invariant.Holds(IsReceipt(receipt), "a receipt number is checked before the conversation");
        return receipt.PadLeft(4, '0');
    }

    /// <summary>True for one to four digits that are not all zero.</summary>
    public static bool IsReceipt(string? text) =>
        text is { Length: > 0 and <= 4 } && text.All(char.IsAsciiDigit) && text.Any(digit => digit != '0');

    private static byte[] Bcd6(long minorUnits) =>
        Convert.FromHexString(minorUnits.ToString(CultureInfo.InvariantCulture).PadLeft(12, '0'));

    private static string ReadPassword(string? configured)
    {
        if (configured is null or "") return "000000";
        if (configured.Length > 6 || !configured.All(char.IsAsciiDigit))
            throw new ArgumentException("A ZVT password is one to six digits.");
        return configured.PadLeft(6, '0');
    }
}
