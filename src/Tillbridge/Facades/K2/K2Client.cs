using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Facades.K2.Texts;

namespace Tillbridge.Facades.K2;

/// <summary>
/// What the five client objects have in common: set properties, call <see cref="Execute"/>, read the result. One object carries out one
/// request. It takes its terminal when it is made and gives it back when it is freed.
/// </summary>
public abstract class K2Client : IDisposable
{
    /// <summary>The longest variable symbol that any dialect carries.</summary>
    private const int MostSymbolDigits = 20;

    private readonly K2Terminals terminals;
    private readonly K2Caller caller;
    private readonly K2Seat seat;
    private volatile K2End? end;
    private volatile K2Call? call;
    private int begun;
    private bool isFree;

    private protected K2Client(K2Terminals terminals, K2Caller caller)
    {
        ArgumentNullException.ThrowIfNull(terminals);
        ArgumentNullException.ThrowIfNull(caller);
        (this.terminals, this.caller) = (terminals, caller);
        seat = terminals.Seats.Take(terminals.Link.HolderOf(caller), terminals.NewMark(), terminals.Options.Displacement);
    }

    /// <summary>Language of the description: cs, sk, de, en, fr, uk or ru; null takes the configured one.</summary>
    public string? Language { get; set; }

    /// <summary>How long Execute waits at most; null takes the configured limit.</summary>
    public TimeSpan? WaitLimit { get; set; }

    /// <summary>K2's behaviour to the letter (60 s, then an abort); null takes the configured one.</summary>
    public bool? K2Compatible { get; set; }

    /// <summary>As Execute's value: true only for an approval.</summary>
    public bool Successful => Outcome is Domain.Outcome.Approved;

    /// <summary>The statement about money; null before Execute.</summary>
    public Outcome? Outcome => end?.Outcome;

    /// <summary>Why, as a stable code, for example <c>declined-host</c> or <c>no-answer-in-time</c>; null before Execute.</summary>
    public string? Reason => end?.Reason;

    /// <summary>One sentence for the cashier in <see cref="Language"/>; empty before Execute and never after.</summary>
    public string LocalizedResponseDescription => end is null ? "" : Describe(end);

    /// <summary>The terminal's own code, for example <c>000</c>, <c>056</c> or <c>-12</c>.</summary>
    public string? ResponseCode => Conclusion?.ResponseCode;

    /// <summary>The terminal's own words.</summary>
    public string? TerminalText => Conclusion?.TerminalText;

    /// <summary>What was approved in major units, cash included; may be below what was asked.</summary>
    public decimal? ApprovedAmount => Conclusion?.ApprovedAmount?.ToMajor();

    /// <summary>The approval code; a later reversal wants it as its verification code.</summary>
    public string? ApprovalCode => Conclusion?.References.Approval;

    /// <summary>The terminal's receipt number.</summary>
    public string? ReceiptNumber => Conclusion?.References.Receipt;

    /// <summary>The masked card number.</summary>
    public string? CardNumber => Conclusion?.Card?.MaskedPan;

    /// <summary>The card's product or brand.</summary>
    public string? CardProduct => Conclusion?.Card?.Brand;

    /// <summary>The terminal's id.</summary>
    public string? TerminalId => Conclusion?.References.TerminalId;

    /// <summary>When the terminal booked, in its own local time.</summary>
    public DateTime? TransactionTime => Conclusion?.TerminalTime;

    /// <summary>The cardholder has to sign.</summary>
    public bool SignatureRequired => Conclusion?.SignatureRequired ?? false;

    /// <summary>The receipt's text, lines joined by LF.</summary>
    public string? ReceiptText => end?.Result?.ReceiptText;

    /// <summary>The session's id, for the journal and the API; null when there is none.</summary>
    public string? SessionId => end?.Session;

    private protected Conclusion? Conclusion => end?.Result?.Conclusion;

    /// <summary>Carries the request out and blocks until its end, or until the caller's patience is over.</summary>
    /// <returns>True only for an approval. False says nothing about money: look at <see cref="Outcome"/>.</returns>
    /// <exception cref="ArgumentException">A property is missing or wrong; nothing was sent.</exception>
    /// <exception cref="InvalidOperationException">The object has carried out a request already.</exception>
    /// <exception cref="ObjectDisposedException">The object was freed.</exception>
    public bool Execute() => Blocking.Run(() => ExecuteAsync(CancellationToken.None));

    /// <summary>The same without blocking.</summary>
    /// <param name="shutdown">This process is going down; decides no outcome: a request that was handed over is unknown then.</param>
    public async Task<bool> ExecuteAsync(CancellationToken shutdown = default)
    {
        ObjectDisposedException.ThrowIf(isFree, this);
        if (Volatile.Read(ref begun) != 0) throw UsedUp();
        var request = MakeRequest() with { Language = Tongue };
        if (Interlocked.Exchange(ref begun, 1) != 0) throw UsedUp();
        var order = new K2Order(caller, request, $"k2:{seat.Client}", seat.Client);
        terminals.Log.Outcome("-", seat.Client, K2Call.Describe(request));
        var mine = new K2Call(terminals, seat, WaitLimit ?? terminals.Options.WaitLimit, K2Compatible ?? terminals.Options.Compatible);
        call = mine;
        await Keep(await Finish(mine, order, shutdown), shutdown);
        return Successful;
    }

    /// <summary>Waits further for a request whose caller stopped waiting, and takes over what it then learns.</summary>
    /// <returns>True when the outcome is known now.</returns>
    public bool WaitForOutcome(TimeSpan limit) => Blocking.Run(() => WaitForOutcomeAsync(limit, CancellationToken.None));

    /// <summary>The same without blocking.</summary>
    public async Task<bool> WaitForOutcomeAsync(TimeSpan limit, CancellationToken shutdown = default)
    {
        if (end is not { Outcome: Domain.Outcome.Unknown, Session: { } session }) return Outcome is not (null or Domain.Outcome.Unknown);
        if (await terminals.Link.Await(session, limit, shutdown) is { IsClosed: true } closed) await Keep(K2End.Of(closed), shutdown);
        return Outcome is not Domain.Outcome.Unknown;
    }

    /// <summary>Asks the terminal to stop; a request only. May be called while Execute blocks.</summary>
    public void Abort() => Blocking.Run(async () =>
    {
        if (call is { } running) await running.Abort(CancellationToken.None);
        return true;
    });

    /// <summary>Gives the terminal back. A request that still runs goes on in the engine.</summary>
    public void Free() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (isFree) return;
        isFree = true;
        seat.Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>The request out of the properties.</summary>
    /// <exception cref="ArgumentException">A property is missing or wrong.</exception>
    private protected abstract TerminalRequest MakeRequest();

    /// <summary>Which sentence stands for an approval.</summary>
    private protected virtual string ApprovedText => K2Reasons.Approved;

    /// <summary>Major units as money, exactly.</summary>
    private protected static Money MoneyOf(string name, decimal? major, string? currency)
    {
        if (major is not { } value) throw new ArgumentException($"{name} is missing.", name);
        if (value <= 0) throw new ArgumentException($"{name} must be above zero.", name);
        if (!Currency.TryRead(currency, out var found))
            throw new ArgumentException($"Currency '{currency}' is no ISO 4217 code; write CZK or 203.", nameof(currency));
        // The shortest form: 12.50 and 12.5 are one amount, 12.345 is not one of a currency with two decimals.
        var text = (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture);
        return Money.TryParse(text, found, out var why) ?? throw new ArgumentException($"{name}: {why}", name);
    }

    /// <summary>A variable symbol as a reference; null and empty send none of the caller's own.</summary>
    private protected static string? SymbolOf(string? symbol)
    {
        if (string.IsNullOrEmpty(symbol)) return null;
        if (CallerWords.Holds(symbol)) throw new ArgumentException(CallerWords.Sentence("VariableSymbol"), nameof(symbol));
        return symbol.Length <= MostSymbolDigits && symbol.All(char.IsAsciiDigit)
            ? symbol
            : throw new ArgumentException($"VariableSymbol must be 1 to {MostSymbolDigits} digits.", nameof(symbol));
    }

    private string Tongue => Language ?? terminals.Options.Language;

    private static InvalidOperationException UsedUp() =>
        new("This object has carried out its request; make a new one for the next, and free this one first.");

    // Whatever ends the call in the middle: a request that may be under way is unknown, not without an outcome.
    private async Task<K2End> Finish(K2Call running, K2Order order, CancellationToken shutdown)
    {
        try
        {
            return await running.Run(order, shutdown);
        }
        catch (Exception left) when (Note(running, left))
        {
            throw;
        }
    }

    // The log has an end for every beginning.
    private bool Note(K2Call running, Exception left)
    {
        end = running.Left;
        var what = end is null ? "Failed not-sent" : $"{end.Outcome} {end.Reason}";
        terminals.Log.Fault("-", end?.Session ?? seat.Client, $"{what} {left.GetType().Name}: {left.Message}");
        return true;
    }

    private async Task Keep(K2End reached, CancellationToken shutdown)
    {
        end = reached;
        var (terminal, session) = (reached.Result?.Terminal ?? "-", reached.Session ?? seat.Client);
        if (reached is { Result: not null, Session: { } id }) await LogFrames(id, terminal, shutdown);

        var text = $"{reached.Outcome} {reached.Reason} {Conclusion?.ApprovedAmount} {ResponseCode} {reached.Text}".TrimEnd();
        if (reached.Outcome is Domain.Outcome.Unknown) terminals.Log.Fault(terminal, session, text);
        else terminals.Log.Outcome(terminal, session, text);
    }

    private async Task LogFrames(string session, string terminal, CancellationToken shutdown)
    {
        try
        {
            foreach (var frame in await terminals.Link.Frames(session, shutdown)) terminals.Log.Frame(terminal, session, frame);
        }
        catch (OperationCanceledException)
        {
            // The process goes down: the log goes without them, the session's end is told all the same.
        }
    }

    private string Describe(K2End reached)
    {
        var reason = reached switch
        {
            { Reason: K2Reasons.Approved } => ApprovedText,
            { Reason: K2Reasons.Displaced, Outcome: Domain.Outcome.Failed } => "displaced-unsent",
            _ => reached.Reason,
        };
        object[] values = reason switch
        {
            K2Reasons.NoAnswerInTime => [reached.Seconds],
            K2Reasons.Partial or K2Reasons.OtherAmount => [Conclusion!.ApprovedAmount!.Value, reached.Result!.Asked!.Value],
            _ => [],
        };
        var sentence = K2Texts.For(reason, Tongue, values);
        return (TerminalText ?? reached.Text) is { Length: > 0 } words ? $"{sentence} [{words}]" : sentence;
    }
}
