// One payment from .NET: ./run simulate zvt --listen 127.0.0.1:20007, then dotnet run --project samples/PayOnce
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

var (clock, stop) = (TimeProvider.System, CancellationToken.None);
var address = TerminalAddress.TryParse(args.FirstOrDefault("zvt+tcp://127.0.0.1:20007"), out var why) ?? throw new ArgumentException(why);
await using var journal = await SqliteJournal.Open("tillbridge-data", clock, logger: null, stop);
await using var terminals = await LocalTerminals.Start(
    journal, ProtocolCatalog.ByName, place => ProtocolCatalog.Transport(place, clock), [new TerminalSettings("till-1", address)],
    clock, IdSource.Of(clock), NullLoggerFactory.Instance, stop);
var sale = new TerminalRequest(RequestKind.Sale) { Amount = Money.Euro(1250) };
var order = await terminals.Submit(new Order("till-1", sale) { Key = $"invoice-{clock.GetUtcNow().Ticks}" }, stop);
var session = await terminals.WaitForEnd(order.Session!.Id, TimeSpan.FromMinutes(5), stop);
var end = session!.Conclusion;
Console.WriteLine($"{session.Outcome} ({end?.Reason}) {end?.ApprovedAmount} receipt {end?.References.Receipt}");
