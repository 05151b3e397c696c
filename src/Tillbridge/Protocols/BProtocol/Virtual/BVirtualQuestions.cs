using Tillbridge.Domain;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Virtual;

/// <summary>The idle virtual terminal's answers to requests that move no money.</summary>
internal sealed class BVirtualQuestions(BVirtualClient client)
{
    private const long BalanceMinorUnits = 100_000;

    private BVirtualMemory Memory => client.Terminal.Memory;

    private BDialect Dialect => client.Dialect;

    private string Approved => Dialect.Codes.FirstOf(CodeGroup.Approved)!;

    public async Task Answer(BFrame request, string? operation, string type, CancellationToken stop)
    {
        var scripted = AnswerOf(operation);
        switch (operation)
        {
            case BOperations.CloseTotals:
                await Close(request, type, scripted, stop);
                break;
            case BOperations.SubTotals:
                await Total(type, scripted ?? Approved, Memory.Tell(Memory.Totals()), "SUBTOTALS", stop);
                break;
            case not null when scripted is not null:
                await client.Reply(client.Response(type, scripted, 0, []), stop);
                break;
            case BOperations.LastSums:
                await Total(type, Approved, Memory.SumsOfLastClose ?? Memory.Tell([]), "LAST TOTALS", stop);
                break;
            case BOperations.LastTransaction:
                client.Receipts.Recall();
                await client.Reply(
                    Memory.Last is { } last
                        ? client.Frame(BFrame.Response, client.Receipts.Flags, [client.Field(BFields.Type, type), .. last])
                        : client.Response(type, Dialect.Codes.LastNotFound.FirstOrDefault() ?? Dialect.Simulator.Unsupported, 0, []),
                    stop);
                break;
            case BOperations.Balance:
                await client.Reply(
                    client.Response(
                        type, Approved, 0,
                        [
                            client.Field(BFields.Amount, BAmounts.Write(new(BalanceMinorUnits, Memory.Currency), Dialect)!),
                            client.Field(BFields.Currency, BAmounts.Numeric(Memory.Currency)),
                        ]),
                    stop);
                break;
            case BOperations.TmsCall:
                await client.Reply(client.Response(type, Approved, 0, []), stop);
                await client.Confirmed(stop);
                throw client.HangUp(); // csob-b.md §6: it may drop the connection and restart.
            default:
                var text = operation is BOperations.AppInfo or BOperations.AppConfig ? Version() : [];
                await client.Reply(client.Response(type, Approved, 0, text), stop);
                break;
        }
    }

    // The code that the script names for it.
    private string? AnswerOf(string? operation)
    {
        var kind = operation switch
        {
            BOperations.CloseTotals => "reconciliation",
            BOperations.SubTotals => "subtotals",
            BOperations.LastSums => "lastTotals",
            BOperations.Handshake => "diagnosis",
            BOperations.Balance => "balance",
            BOperations.TmsCall => "initialise",
            BOperations.AppConfig => "configuration",
            _ => null,
        };
        return kind is not null && client.Terminal.Scripts.AnswerTo(kind) is { } code && CodeRuleReader.IsCode(code) ? code : null;
    }

    private IEnumerable<BField> Version() => Dialect.Has(BFields.Version)
        ? [client.Field(BFields.Version, BVirtualClient.SoftwareVersion)]
        : Dialect.Has(BFields.Text) ? [client.Field(BFields.Text, BVirtualClient.SoftwareVersion)] : [];

    // gpe.md §7, §8: the till's totals are compared with ours. What the till has more of than we do keeps the period open.
    private async Task Close(BFrame request, string type, string? scripted, CancellationToken stop)
    {
        var mine = Memory.Totals();
        var text = BTotals.Write(mine, Dialect);
        var code = Approved;
        if (request.Get(Dialect, BFields.Totals) is { } told && told != text)
        {
            var theirs = BTotals.Read(told, Memory.Currency, Dialect);
            var isOver = theirs is not null && theirs.Count > mine.Where(group =>
                group.Brand != TotalsGroup.Cashback).Sum(group => group.Count);
            code = Dialect.Codes.FirstOf(isOver ? CodeGroup.TotalsDifferOpen : CodeGroup.TotalsDifferClosed) ?? code;
        }

        code = scripted ?? client.Terminal.Scripts.TakeForClose(named =>
            Dialect.Codes.GroupOf(named) is CodeGroup.TotalsDifferClosed or CodeGroup.TotalsDifferOpen) ?? code;
        var closes = Dialect.Codes.GroupOf(code) is CodeGroup.Approved or CodeGroup.Partial or CodeGroup.TotalsDifferClosed;
        var sums = Memory.Tell(mine);
        if (closes) Memory.ClosePeriod(sums);
        await Total(type, code, sums, "CLOSE", stop);
    }

    private async Task Total(string type, string code, string? totals, string title, CancellationToken stop)
    {
        var name = Memory.TellsPeriod ? BFields.PeriodTotals : BFields.Totals;
        var fields = totals is null ? [] : new List<BField> { client.Field(name, totals) };
        fields.AddRange(client.Receipts.Report(client, title, totals));
        await client.Reply(client.Response(type, code, client.Receipts.Flags, fields), stop);
    }
}
