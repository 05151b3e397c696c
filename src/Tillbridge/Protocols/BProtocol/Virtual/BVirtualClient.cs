using System.Globalization;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>One ECR at the virtual terminal: takes its requests one after another and answers each (csob-b.md §6).</summary>
internal sealed class BVirtualClient(BVirtualTerminal terminal, MessageLink<BFrame> link, bool isSerial)
{
    private const string VirtualId = "TILLBRDG";
    private const string Software = "TB 1.0";
    private const int MostStray = 10_000;
    private static readonly TimeSpan Idle = TimeSpan.FromDays(20); // The ECR leads.
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly BVirtualReceipts receipts = new(terminal.Dialect, terminal);
    private BFrame? pending;
    private int closed;

    public BVirtualTerminal Terminal => terminal;

    public BDialect Dialect => terminal.Dialect;

    public BVirtualReceipts Receipts => receipts;

    /// <summary>Its connection is gone, whether the transaction goes on or not.</summary>
    public bool IsDetached => link.Broken is not null;

    /// <summary>Nothing of it is left.</summary>
    public bool IsOver { get; set; }

    public bool IsSerial => isSerial;

    /// <summary>A newer client took its place.</summary>
    public void Displace() => link.Break("A newer client took the terminal.");

    /// <summary>Closes its connection for good; the second time changes nothing.</summary>
    public async ValueTask Close()
    {
        if (Interlocked.Exchange(ref closed, 1) == 0) await link.DisposeAsync();
    }

    public LinkLostException HangUp() => link.Break("The script hangs up.");

    public async Task Run(CancellationToken stop)
    {
        while (true)
        {
            if (pending is { } next)
            {
                pending = null;
                await Answer(next, stop);
                continue;
            }

            var heard = await link.ReceiveAsync(Idle, stop, mayClose: true);
            if (heard is Heard.Closed) return;
            if (heard is Heard.Message) await Answer(link.Message!, stop);
        }
    }

    /// <summary>
    /// Says nothing any more. Over TCP until the ECR connects anew; on a serial line, which has no connections, until it asks.
    /// </summary>
    public async Task FallSilent(CancellationToken stop)
    {
        while (pending is null)
        {
            var heard = await link.ReceiveAsync(Idle, stop);
            if (!isSerial || heard is not Heard.Message) continue;
            var asked = OperationOf(link.Message!);
            if (asked is BOperations.AppInfo or BOperations.Passivate or BOperations.LastTransaction) pending = link.Message;
        }
    }

    /// <summary>B0.</summary>
    public Task Activity(CancellationToken stop) => Send(stop, Frame(BFrame.Activity, 0, []));

    /// <summary>B2 for an operation: T, R, then the rest.</summary>
    public BFrame Response(string type, string code, ushort flags, IEnumerable<BField> rest) => Frame(
        BFrame.Response, flags, [Field(BFields.Type, type), Field(BFields.Response, code), .. rest]);

    public BField Field(string name, string text)
    {
        var fid = Dialect.Fids[name];
        var raw = BFrame.RawOf(text, Dialect.Encoding);
        return fid.Length == 1 ? new(fid[0], raw) : new(fid[0], $"{BField.SubMark}{fid[1]}{raw}");
    }

    /// <summary>Sends frames one after another; nothing when the line is gone.</summary>
    public async Task Send(CancellationToken stop, params BFrame[] frames)
    {
        foreach (var frame in frames)
        {
            if (IsDetached) return;
            await Try(async () => await link.SendAsync(frame, stop));
        }
    }

    public Task SendGlued(IReadOnlyList<BFrame> frames, CancellationToken stop) => Try(async () => await link.SendGlued(frames, stop));

    public Task SendDribbling(BFrame frame, CancellationToken stop) => Try(async () => await link.SendDribbling(frame, stop));

    /// <summary>
    /// B0 and the answer: in one segment for T80 and where the dialect says so, else with a pause between. A till that reads once per wait
    /// takes a B0 in a segment of its own for the answer to T80, and is one message behind from then on (csob-b.md §2).
    /// </summary>
    public async Task Reply(BFrame answer, CancellationToken stop)
    {
        var simulator = Dialect.Simulator;
        var isGlued = simulator.Coalesce || (simulator.GluesCheck && OperationOf(answer) is BOperations.AppInfo);
        if (!simulator.SendAck) await Send(stop, answer);
        else if (isGlued && !IsDetached) await SendGlued([Frame(BFrame.Activity, 0, []), answer], stop);
        else
        {
            await Activity(stop);
            if (simulator.AnswerPause > TimeSpan.Zero && !IsDetached) await Task.Delay(simulator.AnswerPause, terminal.Clock, stop);
            await Send(stop, answer);
        }
    }

    /// <summary>Lets time pass in a transaction while the ECR, or another one, may stop it.</summary>
    public async Task Pause(TimeSpan time, BVirtualRun run, bool ignoresAbort, CancellationToken stop)
    {
        var from = terminal.Clock.GetTimestamp();
        while (!run.IsCancelled && terminal.Clock.GetElapsedTime(from) < time)
        {
            var left = time - terminal.Clock.GetElapsedTime(from);
            if (IsDetached)
            {
                await Close(); // It may have been displaced between two waits.
                // Delays are whole milliseconds: a rest below one would be no delay at all.
                await Task.Delay(left < Glance ? left + Least : Glance, terminal.Clock, stop);
                continue;
            }

            // On a line that others may use, somebody else may stop it at any moment.
            var heard = Heard.Silence;
            await Try(async () => heard = await link.ReceiveAsync(left, stop));
            if (heard is Heard.Message) await AnswerWhileRunning(link.Message!, ignoresAbort, stop);
        }
    }

    /// <summary>Waits for the ECR's B0 after a result; true when it came.</summary>
    public async Task<bool> Confirmed(CancellationToken stop)
    {
        for (var strays = 0; strays < MostStray && !IsDetached; strays++)
        {
            var heard = Heard.Silence;
            await Try(async () => heard = await link.ReceiveAsync(terminal.Settings.AcknowledgeLimit, stop));
            if (heard is not Heard.Message) return false;
            if (link.Message is { Type: BFrame.Activity }) return true;
            if (!link.Message!.IsSound) continue;
            pending = link.Message; // It goes on without a B0, as some do.
            return false;
        }

        return false;
    }

    public string? OperationOf(BFrame request) => Dialect.OperationOf(request.Get(Dialect, BFields.Type));

    public BFrame Frame(string type, ushort flags, IReadOnlyList<BField> fields) => new(type)
    {
        Version = Dialect.Version,
        TerminalId = IdOf(),
        Time = terminal.Clock.GetLocalNow().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture),
        FlagsText = flags.ToString("X4", CultureInfo.InvariantCulture),
        Fields = fields,
    };

    private string IdOf() => Dialect.TerminalId == "00000000" ? VirtualId : Dialect.TerminalId;

    // A transaction goes on without its client, so a lost line is no end of it.
    private async Task Try(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (LinkLostException)
        {
            // The older connection is dropped at once, not when the transaction ends.
            await Close();
        }
    }

    private async Task Answer(BFrame request, CancellationToken stop)
    {
        if (IsDetached) throw link.Break("The line is gone.");
        switch (request.Type)
        {
            case BFrame.ReceiptRequest when request.IsSound && Dialect.Receipts.Fetch:
                await Send(stop, Frame(BFrame.ReceiptPart, 0, receipts.Next(request)));
                break;
            case BFrame.Request or BFrame.TmsRequest:
                await AnswerRequest(request, stop);
                break;
            default:
                break; // B0 belongs to an answer that is over; everything else is ignored (csob-b.md §3).
        }
    }

    private async Task AnswerRequest(BFrame request, CancellationToken stop)
    {
        var type = request.Get(Dialect, BFields.Type) ?? "00";
        if (Refusal(request) is { } code)
        {
            await Send(stop, Response(type, code, 0, []));
            return;
        }

        var operation = OperationOf(request);
        if (BOperations.MovesMoney(operation)) await new BVirtualPayment(this, request, operation!).Run(stop);
        else if (operation is BOperations.Passivate) await Passivate(type, ignoresAbort: false, stop);
        else if (terminal.Running is not null) await Send(stop, Response(type, BusyCode, 0, []));
        else await new BVirtualQuestions(this).Answer(request, operation, type, stop);
    }

    // Found before the start, so answered at once (gpe.md §5).
    private string? Refusal(BFrame request)
    {
        if (request.CrcIsWrong) return Dialect.Crc.ErrorCode;
        if (request.Fault is not null) return Dialect.Simulator.FormatError;
        if (Dialect.RejectForeignTid && request.TerminalId != IdOf()) return Dialect.Simulator.Tid;
        return OperationOf(request) is null ? Dialect.Simulator.Unsupported : null;
    }

    public string BusyCode => Dialect.Codes.FirstOf(CodeGroup.Busy) ?? Dialect.Simulator.Unsupported;

    private async Task AnswerWhileRunning(BFrame request, bool ignoresAbort, CancellationToken stop)
    {
        if (request.Type is not (BFrame.Request or BFrame.TmsRequest)) return;
        var type = request.Get(Dialect, BFields.Type) ?? "00";
        if (Refusal(request) is { } code) await Send(stop, Response(type, code, 0, []));
        else if (OperationOf(request) is BOperations.Passivate) await Passivate(type, ignoresAbort, stop);
        else await Send(stop, Response(type, BusyCode, 0, [])); // csob-b.md §6: a second B1 during a running operation.
    }

    // Exactly one answer: cancelled, nothing ran, or too late (csob-b.md §6).
    private async Task Passivate(string type, bool ignoresAbort, CancellationToken stop)
    {
        var run = terminal.Running;
        var rule = Dialect.Passivate;
        var cancelled = run is not null && !ignoresAbort && run.TryCancel(rule.Cancelled[0]);
        if (cancelled) terminal.End(run!);
        var code = cancelled ? rule.Cancelled[0] : run is null ? rule.Nothing[0] : rule.Late[0];
        // The transaction's own answer follows where the dialect says so.
        if (!cancelled || rule.Answer != "original") await Send(stop, Response(type, code, 0, []));
    }

    /// <summary>What T80 tells beside its code.</summary>
    public static string SoftwareVersion => Software;
}
