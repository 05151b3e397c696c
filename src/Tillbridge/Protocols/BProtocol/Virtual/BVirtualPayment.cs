using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>One transaction at the virtual terminal (csob-b.md §6), as its script says. It goes on when its client is lost.</summary>
internal sealed class BVirtualPayment
{
    private static readonly TimeSpan CustomerPatience = TimeSpan.FromSeconds(1);

    private readonly BVirtualClient client;
    private readonly BFrame request;
    private readonly string operation;
    private readonly string type;
    private readonly BVirtualRun run;
    private TerminalScript script = TerminalScript.Plain;

    public BVirtualPayment(BVirtualClient client, BFrame request, string operation)
    {
        (this.client, this.request, this.operation) = (client, request, operation);
        type = request.Get(client.Dialect, BFields.Type)!;
        run = new BVirtualRun { OnCancelled = code => Store(Draft(code)) };
    }

    private BDialect Dialect => client.Dialect;

    private BVirtualMemory Memory => client.Terminal.Memory;

    private SimulatorRule Simulator => Dialect.Simulator;

    public async Task Run(CancellationToken stop)
    {
        client.Receipts.Clear();
        var order = new BVirtualOrder(request, operation, Dialect, Memory);
        if (order.Fault() is { } fault || !client.Terminal.TryBegin(run))
        {
            // Found before the start, or another one runs (gpe.md §5): no script is used up.
            await client.Send(stop, client.Response(type, order.Fault() ?? client.BusyCode, 0, order.Echo()));
            return;
        }

        try
        {
            script = TakeScript(order.AmountOnWire);
            if (script.Outcome is ScriptOutcome.Busy) await client.Send(stop, client.Response(type, client.BusyCode, 0, order.Echo()));
            else if (script.Cut is ScriptCut.BeforeAcknowledge) throw HangUp();
            else await Transact(order, stop);
        }
        finally
        {
            client.Terminal.End(run);
        }
    }

    private TerminalScript TakeScript(long amount)
    {
        var (taken, byAmount) = client.Terminal.Scripts.TakeTold(amount);
        // gpe.md §10: 9xxx says R xxx where the amount table of the contract says nothing.
        var rest = amount % 10_000;
        if (!byAmount || !Simulator.AmountRule || rest < 9000 || !ReferenceEquals(taken, TerminalScript.Plain)) return taken;
        var digits = (rest % 1000).ToString("D3", CultureInfo.InvariantCulture);
        var code = Dialect.Codes.All.Contains(digits) || digits[0] != '0' ? digits : $"-{digits[1..]}";
        return Dialect.Codes.All.Contains(code) && !IsOfOtherErrors(code) ? taken with { ResponseCode = code } : taken;
    }

    // What ČSOB's table does not name is our own word for a wrong check or reversal, and no end of a payment.
    private bool IsOfOtherErrors(string code) => code[0] == '-' && (code == Dialect.Crc.ErrorCode || code == Simulator.ReversalRefused);

    private async Task Transact(BVirtualOrder order, CancellationToken stop)
    {
        if (order.Refusal() is { } refused)
        {
            await End(order, refused, stop);
            return;
        }

        var approval = ApprovalCode();
        if (script is { Glue: true, Withdraw: false } && approval is not null && !client.IsDetached && run.TryPass())
        {
            var glued = order.Book(approval, script);
            Store(glued.Fields);
            await client.SendGlued([client.Frame(BFrame.Activity, 0, []), Result(order, glued)], stop);
            await client.Confirmed(stop);
            return;
        }

        if (Simulator.SendAck) await client.Activity(stop);
        if (script.Cut is ScriptCut.AfterAcknowledge) throw HangUp();
        if (script.Silent)
        {
            client.Terminal.End(run);
            await client.FallSilent(stop);
            return;
        }

        if (script.Cut is ScriptCut.AfterProgress)
        {
            await client.Activity(stop);
            throw HangUp();
        }

        await Wait(stop);
        if (run.IsCancelled)
        {
            // Who cancelled has answered and stored it; the transaction's own answer goes to who asked for it.
            if (Dialect.Passivate.Answer != "passivate")
                await client.Send(stop, client.Response(type, Dialect.Passivate.Cancelled[0], 0, order.Echo()));
            return;
        }

        if (approval is null) await End(order, RefusalCode(), stop);
        else await Approve(order, approval, stop);
    }

    // The customer takes his time, and the terminal says that it lives (csob-b.md §8).
    private async Task Wait(CancellationToken stop)
    {
        var left = TimeSpan.FromSeconds(script.SlowSeconds);
        // A till that reads once per wait finds the result in a segment of its own.
        if (left == TimeSpan.Zero && Simulator.SendAck) left = Simulator.AnswerPause;
        if (script.Outcome is ScriptOutcome.TimeOut) left += CustomerPatience;
        while (left > TimeSpan.Zero && !run.IsCancelled)
        {
            var step = left < Simulator.HeartBeat ? left : Simulator.HeartBeat;
            await client.Pause(step, run, script.IgnoreAbort, stop);
            left -= step;
            if (left > TimeSpan.Zero && Simulator.SendAck && !run.IsCancelled) await client.Activity(stop);
        }
    }

    private async Task Approve(BVirtualOrder order, string code, CancellationToken stop)
    {
        if (!run.TryPass())
        {
            await Transacted(order, stop);
            return;
        }

        if (script.Withdraw && operation == BOperations.Reversal)
        {
            // What was undone cannot be booked again, so the reversal is told as not carried out.
            await End(order, Simulator.ReversalRefused, stop);
            return;
        }

        var isReread = Dialect.Reread.Contains(operation) && (request.Flags & BFrame.ConfirmWanted) != 0;
        var booked = order.Book(code, script);
        // Without a second look of the ECR an approval that is taken back is told as such (gpe.md §8).
        if (script.Withdraw && !isReread)
        {
            order.TakeBack(booked);
            await End(order, TakenBackCode, stop);
            return;
        }

        Store(booked.Fields);
        var result = Result(order, booked);
        if (script.Cut is ScriptCut.BeforeResult) throw HangUp();
        var first = script.LateSuccess && isReread
            ? client.Response(type, Simulator.Declined, BFrame.ConfirmWanted, order.Echo())
            : result;
        run.IsTold = true;
        if (script.Dribble) await client.SendDribbling(first, stop);
        else await client.Send(stop, first);
        if (script.Cut is ScriptCut.AfterResult) throw HangUp();
        var confirmed = await client.Confirmed(stop);
        if (!confirmed && Dialect.OnMissingConfirm == "resend" && !client.IsDetached)
        {
            await client.Send(stop, first);
            confirmed = await client.Confirmed(stop);
        }

        var isWanted = (request.Flags & BFrame.ConfirmWanted) != 0;
        if (script.Withdraw || (!confirmed && isWanted && operation != BOperations.Reversal && Dialect.OnMissingConfirm == "reverse"))
        {
            order.TakeBack(booked);
            Store(Draft(TakenBackCode));
            return;
        }

        if (script.Cut is ScriptCut.BeforeCompletion) throw HangUp();
    }

    private async Task Transacted(BVirtualOrder order, CancellationToken stop) =>
        await client.Send(stop, client.Response(type, Dialect.Passivate.Cancelled[0], 0, order.Echo()));

    // An end without a booking, which T82 tells as well.
    private async Task End(BVirtualOrder order, string code, CancellationToken stop)
    {
        run.TryPass();
        Store(Draft(code));
        run.IsTold = true;
        await client.Send(stop, client.Response(type, code, 0, order.Echo()));
        if (script.Cut is ScriptCut.AfterResult) throw HangUp();
        await client.Confirmed(stop);
    }

    private BFrame Result(BVirtualOrder order, BVirtualBooking booked)
    {
        var flags = client.Receipts.Flags;
        var fields = booked.Fields.Where(field => field.Fid != OriginalFid && field.Fid != Dialect.Fids[BFields.Response][0]).ToList();
        var paper = client.Receipts.Payment(
            client, order.Title, booked.Amount.ToString(), booked.Approval, booked.Receipt, script.Signature, script.LeaksCard).ToList();
        flags |= client.Receipts.Flags;
        if (script.Signature) flags |= BFrame.SignatureRequired;
        if (Dialect.Reread.Contains(operation)) flags |= (ushort)(request.Flags & BFrame.ConfirmWanted);
        return client.Response(type, booked.Code, flags, [.. fields, .. paper]);
    }

    private char OriginalFid => Dialect.Fids.TryGetValue(BFields.Original, out var fid) ? fid[0] : '\0';

    // What T82 tells of one that booked nothing.
    private List<BField> Draft(string code)
    {
        var fields = new List<BField> { client.Field(BFields.Response, code) };
        fields.AddRange(new BVirtualOrder(request, operation, Dialect, Memory).Echo());
        if (Dialect.Has(BFields.Original)) fields.Add(client.Field(BFields.Original, type));
        return fields;
    }

    private void Store(IReadOnlyList<BField> fields)
    {
        client.Terminal.Paper = null;
        if (script.Forget) Memory.Forget();
        else Memory.Remember(script.WrongMemory ? [.. fields.Select(Wrong)] : fields);
    }

    private BField Wrong(BField field) => field.Fid == Dialect.Fids[BFields.Amount][0] && long.TryParse(field.Raw, out var amount)
        ? field with { Raw = (amount + 100).ToString(CultureInfo.InvariantCulture).PadLeft(field.Raw.Length, '0') }
        : field;

    // The code under which the script approves; null when it does not.
    private string? ApprovalCode()
    {
        var approved = Dialect.Codes.FirstOf(CodeGroup.Approved)!;
        if (script.ResponseCode is { } undone && operation == BOperations.Reversal)
            return Dialect.Codes.ReversalSuccess.Contains(undone) ? undone : null;
        if (script.ResponseCode is { } code)
            return Dialect.Codes.GroupOf(code) is CodeGroup.Approved or CodeGroup.Partial && CodeRuleReader.IsCode(code) ? code : null;
        return script.Outcome switch
        {
            ScriptOutcome.Approve => approved,
            ScriptOutcome.Partial => Dialect.Codes.FirstOf(CodeGroup.Partial),
            _ => null,
        };
    }

    private string RefusalCode() => script.ResponseCode is { } code && CodeRuleReader.IsCode(code) ? code : script.Outcome switch
    {
        ScriptOutcome.Cancel => Simulator.CustomerCancel,
        ScriptOutcome.TimeOut => Dialect.Codes.FirstOf(CodeGroup.Timeout) ?? Simulator.CustomerCancel,
        ScriptOutcome.MemoryFull => Simulator.MemoryFull,
        ScriptOutcome.NoPaper => Simulator.NoPaper,
        _ => Simulator.Declined,
    };

    private string TakenBackCode => Dialect.Codes.FirstOf(CodeGroup.Reversed) ?? Simulator.CustomerCancel;

    private LinkLostException HangUp()
    {
        if (script.Forget) Memory.Forget();
        client.Terminal.End(run);
        // The door closes before the line drops, so that no client slips in between.
        if (script.GoneSeconds > 0) client.Terminal.Leave(TimeSpan.FromSeconds(script.GoneSeconds));
        return client.HangUp();
    }
}
