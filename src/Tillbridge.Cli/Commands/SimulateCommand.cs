using System.CommandLine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Commands;

/// <summary>One virtual terminal in the foreground.</summary>
internal static class SimulateCommand
{
    private static readonly Argument<string> Protocol = new("PROTOCOL") { Description = "zvt, gpe or csob-b" };
    private static readonly Option<string?> Listen = new("--listen") { Description = "HOST:PORT to serve on; port 0 takes a free one" };
    private static readonly Option<string?> Serial =
        new("--serial") { Description = "Serial port to serve on: /dev/ttyUSB0, COM8 or usb:VID:PID" };
    private static readonly Option<string?> Baud = new("--baud") { Description = "Speed on --serial (default for ZVT: 9600)" };
    private static readonly Option<string?> Framing =
        new("--framing") { Description = "Characters on --serial, as 8n1 (default for ZVT: 8n2)" };
    private static readonly Option<string?> Script =
        new("--script") { Description = "JSON file {\"next\":[{…}],\"always\":{…}}; without it the amount decides" };
    private static readonly Option<string?> Dialect = 
        new("--dialect") { Description = "Dialect of the protocol; for gpe and csob-b also the path of a dialect file" };
    private static readonly Option<string?> Books = new("--books") { Description = "Append one JSON line per booking to this file" };
    private static readonly Option<string?> Data =
        new("--data") { Description = "Keep counters, bookings and the last result here over a restart" };
    private static readonly Option<string?> Currency =
        new("--currency") { Description = "The terminal's currency (default: CZK for gpe and csob-b, else EUR)" };
    private static readonly Option<string?> Password =
        new("--password") { Description = "The password that a till must send; without it any is taken" };
    private static readonly Option<string> Name =
        new("--name") { Description = "Its name in the books", DefaultValueFactory = _ => "virtual" };
    private static readonly Option<bool> Refuse =
        new("--refuse-second") { Description = "Refuse a second client instead of displacing the first" };

    public static Command Build()
    {
        var command = new Command(
            "simulate", "Run one virtual terminal: what happens is decided by a script or by the amount's last four digits.")
        {
            Protocol, Listen, Serial, Baud, Framing, Script, Dialect, Books, Data, Currency, Password, Name, Refuse,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var name = parsed.GetRequiredValue(Protocol);
        if (!ProtocolCatalog.ByName.TryGetValue(name, out var protocol))
            throw CliException.Usage($"There is no protocol '{name}'; known are {string.Join(", ", ProtocolCatalog.ByName.Keys.Order())}.");
        if (parsed.GetValue(Serial) is null == parsed.GetValue(Listen) is null)
            throw CliException.Usage("Give either --listen HOST:PORT, for example --listen 127.0.0.1:0, or --serial PORT.");
        var settings = ReadSettings(parsed, protocol);
        try
        {
            await using var terminal = protocol.MakeVirtualTerminal(settings, CommonOptions.Clock, NullLogger.Instance);
            await using var acceptor = Open(parsed, protocol);
            Console.WriteLine($"{(acceptor.Carrier is Carrier.Serial ? "open" : "listening")} on {acceptor.Name}");
            await terminal.Serve(acceptor, stop);
            return ExitCodes.Ok;
        }
        catch (Exception wrong) when (wrong is ArgumentException or IOException or UnauthorizedAccessException or LinkLostException)
        {
            throw new CliException(ExitCodes.Usage, wrong.Message, wrong);
        }
    }

    private static IAcceptor Open(ParseResult parsed, IProtocol protocol)
    {
        if (parsed.GetValue(Listen) is { } listen)
        {
            var place = CommonOptions.Listen(listen);
            return TcpAcceptor.Open(place.Address, place.Port);
        }

        var usual = protocol.SerialMode ?? throw CliException.Usage($"{protocol.Name} does not run over serial lines; use --listen.");
        var options = new Dictionary<string, string>();
        if (parsed.GetValue(Baud) is { } baud) options["baud"] = baud;
        if (parsed.GetValue(Framing) is { } framing) options["framing"] = framing;
        return SerialAcceptor.Open(SerialSettings.Of(parsed.GetRequiredValue(Serial)!, options, usual), CommonOptions.Clock);
    }

    private static VirtualTerminalSettings ReadSettings(ParseResult parsed, IProtocol protocol)
    {
        var currency = parsed.GetValue(Currency) ?? protocol.UsualCurrency;
        if (!Domain.Currency.TryFind(currency, out _)) throw CliException.Usage($"'{currency}' is no ISO 4217 currency code.");
        var scripts = new TerminalScripts();
        if (parsed.GetValue(Script) is { } file)
        {
            try
            {
                scripts.ReplaceFromJson(File.ReadAllText(file));
            }
            catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
            {
                throw new CliException(ExitCodes.Usage, $"{file}: {wrong.Message}", wrong);
            }
        }

        return new VirtualTerminalSettings
        {
            Name = parsed.GetRequiredValue(Name),
            Dialect = parsed.GetValue(Dialect),
            Currency = currency,
            Password = parsed.GetValue(Password),
            BooksFile = parsed.GetValue(Books),
            DataDirectory = parsed.GetValue(Data),
            Scripts = scripts,
            DisplacesFirstClient = !parsed.GetValue(Refuse),
        };
    }
}
