using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>
/// What the virtual terminal remembers, all of it in the acquirer: counters, the last transaction, the open period, the last
/// sums.
/// </summary>
internal sealed class BVirtualMemory(VirtualAcquirer acquirer, VirtualTerminalSettings settings, BDialect dialect)
{
    private const int LastReceipt = 9999;
    private const int LastApproval = 999_999;
    private const string ClosedLines = "closed-lines";
    private const string LastSums = "last-sums";
    private const string Booked = "booked";
    private const string Batch = "batch";
    private const int OnlyShift = 1;
    private const int LastBatch = 9; // Fits whatever width a dialect gives it.

    public VirtualAcquirer Acquirer => acquirer;

    public Currency Currency { get; } = Currency.Of(settings.Currency);

    public string NextReceipt() => acquirer.Next("receipt", LastReceipt).ToString("D4", CultureInfo.InvariantCulture);

    public string NextApproval() => acquirer.Next("approval", LastApproval).ToString("D6", CultureInfo.InvariantCulture)
        .PadLeft(Math.Max(6, dialect.ApprovalLength), '0');

    /// <summary>Keeps what T82 tells: these fields behind T.</summary>
    public void Remember(IReadOnlyList<BField> fields) => acquirer.Keep(
        VirtualAcquirer.LastResult, Convert.ToHexString(Encoding.Latin1.GetBytes(
            string.Concat(fields.Select(field => $"\x1C{field.Fid}{field.Raw}")))));

    public void Forget() => acquirer.ForgetLast();

    /// <summary>The fields of the last transaction; null when there is none.</summary>
    public IReadOnlyList<BField>? Last => acquirer.Recall(VirtualAcquirer.LastResult) is { } hex
        ? [.. Encoding.Latin1.GetString(Convert.FromHexString(hex)).Split('\x1C').Where(part => part.Length > 0)
            .Select(part => new BField(part[0], part[1..]))]
        : null;

    /// <summary>A booking with its approval code, and how much of it is cash.</summary>
    public void Book(string kind, long minorUnits, long cash, string? reference, string receipt, string approval)
    {
        acquirer.Keep($"approval.{approval}", receipt);
        acquirer.Keep($"cash.{receipt}", cash == 0 ? null : cash.ToString(CultureInfo.InvariantCulture));
        acquirer.Keep($"booked.{receipt}", null);
        acquirer.Book(kind, minorUnits, Currency.Code, reference, receipt, rrn: null);
    }

    /// <summary>The standing booking of an approval code in the open period; null when there is none.</summary>
    public BooksLine? Standing(string? approval) =>
        approval is not null && acquirer.Recall($"approval.{approval}") is { } receipt && IsOpen(receipt)
            ? acquirer.Standing(receipt) : null;

    /// <summary>Only the newest booking can be taken back (csob-b.md §5).</summary>
    public bool IsNewest(BooksLine line) => acquirer.Lines.LastOrDefault(other => other.State == Booked)?.Receipt == line.Receipt;

    /// <summary>A reservation that was not booked yet.</summary>
    public BooksLine? Reservation(string? approval) =>
        Standing(approval) is { Kind: "preAuthorization" } line && acquirer.Recall($"booked.{line.Receipt}") is null ? line : null;

    public void CloseReservation(string receipt) => acquirer.Keep($"booked.{receipt}", "yes");

    /// <summary>Counts and sums of the open period.</summary>
    public IReadOnlyList<BrandTotal> Totals()
    {
        var open = Open().Where(line => line.State == Booked && acquirer.Standing(line.Receipt) == line
            && line.Kind != "preAuthorization").ToList();
        var paid = open.Where(line => line.Kind != "refund").ToList();
        var given = open.Where(line => line.Kind == "refund").ToList();
        var withCash = paid.Where(line => CashOf(line) != 0).ToList();
        return
        [
            new(TotalsGroup.Debit, paid.Count, new(paid.Sum(line => line.MinorUnits - CashOf(line)), Currency)),
            new(TotalsGroup.Credit, given.Count, new(-given.Sum(line => line.MinorUnits), Currency)),
            new(TotalsGroup.Cashback, withCash.Count, new(withCash.Sum(CashOf), Currency)),
        ];
    }

    /// <summary>Sums go out with the numbers of shift and batch.</summary>
    public bool TellsPeriod => dialect.Simulator.TellsPeriod && dialect.Totals.Period is not null && dialect.Has(BFields.PeriodTotals);

    /// <summary>Counts and sums as the dialect tells them.</summary>
    public string? Tell(IReadOnlyList<BrandTotal> totals) => TellsPeriod
        ? BTotals.WritePeriod(OnlyShift, int.Parse(acquirer.Recall(Batch) ?? "1", CultureInfo.InvariantCulture), totals, dialect)
        : BTotals.Write(totals, dialect);

    public void ClosePeriod(string? totals)
    {
        var batch = int.Parse(acquirer.Recall(Batch) ?? "1", CultureInfo.InvariantCulture);
        acquirer.Keep(Batch, ((batch % LastBatch) + 1).ToString(CultureInfo.InvariantCulture));
        acquirer.Keep(ClosedLines, acquirer.Lines.Count.ToString(CultureInfo.InvariantCulture));
        acquirer.Keep(LastSums, totals);
    }

    /// <summary>The sums of the last close; null when there was none.</summary>
    public string? SumsOfLastClose => acquirer.Recall(LastSums);

    private long CashOf(BooksLine line) => long.Parse(acquirer.Recall($"cash.{line.Receipt}") ?? "0", CultureInfo.InvariantCulture);

    private bool IsOpen(string receipt) => Open().Any(line => line.Receipt == receipt);

    private IEnumerable<BooksLine> Open() =>
        acquirer.Lines.Skip(int.Parse(acquirer.Recall(ClosedLines) ?? "0", CultureInfo.InvariantCulture));
}
