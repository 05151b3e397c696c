using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Protocols.BProtocol.Lint;
using Tillbridge.Protocols.BProtocol.Probes;
using Tillbridge.Protocols.BProtocol.Virtual;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Protocols.BProtocol;

/// <summary>The family of Czech terminals that speak in frames of STX and a header of 36 characters: GPE and ČSOB B.</summary>
public sealed class BProtocolProtocol : IProtocol
{
    private const string Prefix = "bprotocol.";
    private const int MintedDigits = 12;

    /// <summary>A minted number of fewer digits could meet its predecessor.</summary>
    internal const int ShortestMint = 6;
    private const int LongestMint = 18;

    private readonly BDialect dialect;

    private BProtocolProtocol(string name, string summary, BDialect dialect) => (Name, Summary, this.dialect) = (name, summary, dialect);

    /// <summary>One of the family.</summary>
    /// <param name="name"><c>gpe</c> or <c>csob-b</c>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public BProtocolProtocol(string name)
        : this(name, SummaryOf(name), BDialectFiles.Of(name == "gpe" ? BDialectFiles.Gpe : BDialectFiles.Csob)) { }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Summary { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Dialects => [dialect.Id];

    /// <inheritdoc/>
    public ProtocolVocabulary Vocabulary => BWords.Of(dialect);

    /// <inheritdoc/>
    public SerialMode? SerialMode { get; } = new(9600, 8, SerialParity.None, 1); // csob-b.md §1: the same frame, 8N1, no layer below.

    /// <inheritdoc/>
    public IProtocolProbe Probe => new BProbe(Name, dialect);

    /// <inheritdoc/>
    public bool ChecksFrames(string carrier) => dialect.ChecksFrames;

    /// <inheritdoc/>
    public TerminalDriver MakeDriver(DriverSettings settings, ITransport transport, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new BDriver(In(settings.Dialect), settings, transport, clock);
    }

    /// <inheritdoc/>
    public VirtualTerminal MakeVirtualTerminal(VirtualTerminalSettings settings, TimeProvider clock, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new BVirtualTerminal(In(settings.Dialect), settings, clock, logger);
    }

    /// <inheritdoc/>
    public string Dump(ReadOnlySpan<byte> bytes, Sender? from, string? form = null) =>
        BInspector.Dump(bytes, from, BDialectFiles.OfId(form) ?? dialect);

    /// <inheritdoc/>
    public DecodedFrame Decode(ReadOnlySpan<byte> bytes, Sender? from) => BInspector.Inspect(bytes, dialect);

    /// <inheritdoc/>
    public IReadOnlyList<ProtocolParser> Parsers => BParsers.Of(dialect);

    /// <inheritdoc/>
    public IProtocol InDialect(string? dialect) => dialect is null ? this : new BProtocolProtocol(Name, Summary, In(dialect));

    /// <inheritdoc/>
    public ITraceLinter MakeLinter() => new BLinter(dialect);

    /// <inheritdoc/>
    public bool ReadsDialectFiles => true;

    /// <inheritdoc/>
    public string UsualCurrency => "CZK";

    /// <inheritdoc/>
    public string? ProgressText(string key, string language)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(Prefix, StringComparison.Ordinal) ? BCodes.Step(key[Prefix.Length..], language) : null;
    }

    /// <inheritdoc/>
    public string ProgressCode(string key) => key switch
    {
        "bprotocol.connecting" or "bprotocol.working" or "bprotocol.rereading" => Domain.ProgressCode.PleaseWait,
        "bprotocol.accepted" => Domain.ProgressCode.InsertCard,
        "bprotocol.receipt" => Domain.ProgressCode.Printing,
        "bprotocol.recovering" => Domain.ProgressCode.Recovering,
        "bprotocol.passivating" or "bprotocol.abort.taken" => Domain.ProgressCode.AbortRequested,
        _ => Domain.ProgressCode.Other,
    };

    /// <inheritdoc/>
    public string? ResponseText(string code, string language) => BCodes.Text(code, language);

    internal static Capabilities CapabilitiesOf(BDialect dialect) => new(
        Kinds.Where(kind => kind is not RequestKind.SaleWithCashback || dialect.Has(BFields.Cashback)).ToFrozenSet(),
        FrozenSet<string>.Empty)
    {
        CarriesReference = dialect.RequestFields[BOperations.Purchase].Contains(BFields.Invoice),
        // T10 undoes the terminal's last transaction, whatever is named (csob-b.md §5).
        ReversesOnlyLast = true,
        WireExponents = dialect.Exponents,
        // The till's number alone tells bookings apart where the dialect has no field for one of ours.
        NeedsUniqueReferences = !HasOwnReference(dialect),
        MintedReferenceDigits = HasOwnReference(dialect)
            ? MintedDigits
            : Math.Clamp(dialect.Invoice.ShortMax, ShortestMint, LongestMint),
    };

    private static readonly RequestKind[] Kinds =
    [
        RequestKind.Sale, RequestKind.SaleWithCashback, RequestKind.Refund, RequestKind.Reversal, RequestKind.PreAuthorization,
        RequestKind.Capture, RequestKind.Reconciliation, RequestKind.Subtotals, RequestKind.Diagnosis, RequestKind.Repeat,
        RequestKind.Status, RequestKind.Balance, RequestKind.Initialise, RequestKind.Reset, RequestKind.Configuration,
        RequestKind.LastTotals,
    ];

    private static bool HasOwnReference(BDialect dialect) => dialect.RequestFields[BOperations.Purchase].Contains(BFields.Reference);

    private BDialect In(string? named) => named is null || named == dialect.Id ? dialect : BDialectFiles.Find(named);

    private static string SummaryOf(string name) => name switch
    {
        "gpe" => "GPE terminals (Czechia), dialect gpe-1: our own assumption, no public proof of its bytes; usual TCP port 2050",
        "csob-b" => "ČSOB B-protocol (Czechia), as one independent client speaks it; usual TCP port 33333",
        _ => throw new ArgumentException($"The family has gpe and csob-b, not '{name}'."),
    };
}
