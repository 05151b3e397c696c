using System.Globalization;
using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt.Virtual;

/// <summary>What the virtual terminal remembers: registration, counters, its last result, reservations, the open period.</summary>
internal sealed class ZvtVirtualMemory(VirtualAcquirer acquirer, VirtualTerminalSettings settings, TimeProvider clock)
{
    public const byte ConfigurationAfterLogOff = 0x86; // zvt.md §6
    public const string FirstTerminalId = "65000001";
    public const long MostMinorUnits = 999_999_999_999; // BMP 04 has twelve digits.
    public const string VuNumber = "100000000000001";

    private const int LastReceipt = 9999;
    private const int LastTrace = 999_999;
    private const string LastStored = "last-stored";
    private const string ClosedLines = "closed-lines";
    private const string OwnId = "terminal-id";
    private const int KindsInTotals = 7;
    private const int OurKind = 2; // Mastercard, in the order of §8.4
    private const int MostInByte = 255;

    public byte Configuration { get; private set; } = ConfigurationAfterLogOff;

    public bool TakesBlocks { get; private set; }

    /// <summary>The registration had a container: only then may ours carry one, until the log-off (§6.1).</summary>
    public bool TakesTlv { get; private set; }

    /// <summary>The registration named our currency: then amounts without BMP 49 are in it, and sums name it.</summary>
    public bool IsCurrencyNamed { get; private set; }

    /// <summary>Eight digits; 06 1B sets it.</summary>
    public string TerminalId
    {
        get => acquirer.Recall(OwnId) ?? FirstTerminalId;
        set => acquirer.Keep(OwnId, value == FirstTerminalId ? null : value);
    }

    /// <summary>No booking waits for the End-of-Day.</summary>
    public bool IsPeriodEmpty => !Open.Any();

    public Domain.Currency Currency { get; } = Domain.Currency.Of(settings.Currency);

    public VirtualAcquirer Acquirer => acquirer;

    public void Register(ZvtRegistration registration)
    {
        Configuration = registration.Configuration;
        (TakesTlv, IsCurrencyNamed) = (registration.Tlv is not null, registration.Currency is not null);
        // 06 D3 only if the ECR lists it in tag 26 (§6.1).
        var container = registration.Tlv is { } tlv ? tlv.Memory : default;
        TakesBlocks = Wire.Tlv.TryFind(container.Span, out var accepted, 0x26)
            && Convert.ToHexString(accepted).Contains("0A0206D3", StringComparison.Ordinal);
    }

    public void LogOff() =>
        (Configuration, TakesBlocks, TakesTlv, IsCurrencyNamed) = (ConfigurationAfterLogOff, false, false, false);

    /// <summary>A new result with numbers of its own.</summary>
    public ZvtStatusInformation NewResult(long minorUnits, bool sendCurrency)
    {
        var now = clock.GetLocalNow();
        return new ZvtStatusInformation
        {
            ResultCode = 0,
            Amount = minorUnits,
            Currency = sendCurrency ? Currency.Numeric : null,
            Trace = acquirer.Next("trace", LastTrace).ToString("D6", CultureInfo.InvariantCulture),
            Receipt = acquirer.Next("receipt", LastReceipt).ToString("D4", CultureInfo.InvariantCulture),
            Turnover = acquirer.Next("turnover", LastTrace).ToString("D6", CultureInfo.InvariantCulture),
            Time = now.ToString("HHmmss", CultureInfo.InvariantCulture),
            Date = now.ToString("MMdd", CultureInfo.InvariantCulture),
            TerminalId = TerminalId,
            VuNumber = VuNumber,
            Authorisation = "A" + acquirer.Next("approval", 99999).ToString("D5", CultureInfo.InvariantCulture),
            PaymentType = 0x70,
            MaskedPan = "541333******9999",
            CardSequence = "0001",
            CardType = 6,
            CardName = "Mastercard",
            CardholderVerification = 2,
            Technology = 2,
        };
    }

    /// <summary>Remembers the committed result for 06 20, and the trace of its receipt for a later reversal.</summary>
    public void Remember(ZvtStatusInformation result)
    {
        acquirer.Keep(VirtualAcquirer.LastResult, Convert.ToHexString(ZvtCodec.Encode(result)));
        if (result is { Receipt: { } receipt, Trace: { } trace }) acquirer.Keep($"trace.{receipt}", trace);
    }

    public void Forget() => acquirer.ForgetLast();

    public ZvtStatusInformation? Last =>
        acquirer.Recall(VirtualAcquirer.LastResult) is { } hex
        && ZvtCodec.TryDecode(Convert.FromHexString(hex), Sender.Terminal, ZvtText.Default, out var message, out _)
            ? message as ZvtStatusInformation
            : null;

    public string? TraceOf(string receipt) => acquirer.Recall($"trace.{receipt}");

    public bool IsOpenReservation(string receipt) =>
        acquirer.Standing(receipt) is { Kind: "preAuthorization" } && acquirer.Recall($"booked.{receipt}") is null;

    public void CloseReservation(string receipt) => acquirer.Keep($"booked.{receipt}", "yes");

    public IReadOnlyList<string> OpenReservations =>
        [.. acquirer.Lines.Where(line => line.Kind == "preAuthorization").Select(line => line.Receipt).Where(IsOpenReservation).Distinct()];

    /// <summary>What the open period comes to, with its sign.</summary>
    public long OpenNet => OpenBookings.Sum(VirtualAcquirer.SignedAmount);

    private List<BooksLine> OpenBookings =>
        [.. Open.Where(line => line.State == "booked" && acquirer.Standing(line.Receipt) == line)];

    /// <summary>The open period as a status information (§8.4). The sign of the sum is not on the wire.</summary>
    public ZvtStatusInformation Totals()
    {
        var open = OpenBookings;
        var net = OpenNet;
        var count = open.Count(line => line.Kind != "preAuthorization");
        var kinds = new ZvtKindTotal[KindsInTotals];
        var (leftCount, leftSum) = (count, Math.Abs(net));
        // What does not fit into one kind goes on in the next.
        for (var kind = OurKind; kind < KindsInTotals; kind++)
        {
            kinds[kind] = new(Math.Min(leftCount, MostInByte), Math.Min(leftSum, MostMinorUnits));
            (leftCount, leftSum) = (leftCount - kinds[kind].Count, leftSum - kinds[kind].MinorUnits);
        }

        var now = clock.GetLocalNow();
        return new ZvtStatusInformation
        {
            ResultCode = 0,
            // A sum that BMP 04 cannot hold is not told as another one; the kinds have it.
            Amount = Math.Abs(net) <= MostMinorUnits ? Math.Abs(net) : null,
            Currency = IsCurrencyNamed ? Currency.Numeric : null,
            Time = now.ToString("HHmmss", CultureInfo.InvariantCulture),
            Date = now.ToString("MMdd", CultureInfo.InvariantCulture),
            // The last number that was stored, also that of a reversal: it tells whether anything happened since.
            Totals = leftSum > 0 ? null : new ZvtTotals(
                open.FirstOrDefault()?.Receipt ?? "0000", Open.Any() ? LastReceiptNumber : "0000", kinds),
        };
    }

    public void ClosePeriod() => acquirer.Keep(ClosedLines, acquirer.Lines.Count.ToString(CultureInfo.InvariantCulture));

    /// <summary>True while the receipt belongs to a booking that no End-of-Day has closed.</summary>
    public bool IsInOpenPeriod(string receipt) => Open.Any(line => line.Receipt == receipt);

    /// <summary>Notes a stored receipt number; the turnover memory knows it even if the last result is forgotten.</summary>
    public void Stored(ZvtStatusInformation result) => acquirer.Keep(LastStored, result.Receipt);

    private string LastReceiptNumber => acquirer.Recall(LastStored) ?? "0000";

    private IEnumerable<BooksLine> Open =>
        acquirer.Lines.Skip(int.Parse(acquirer.Recall(ClosedLines) ?? "0", CultureInfo.InvariantCulture));
}
