using System.CommandLine;
using Tillbridge.Catalog;
using Tillbridge.Cli.Doctor;
using Tillbridge.Gateway.Settings;
using Tillbridge.Protocols;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Cli.Commands;

/// <summary>What keeps a terminal from answering, with the cure.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(2);

    private static readonly Option<string?> Terminal = new("--terminal")
    {
        Description = "Ask this terminal: a configured name, or an address such as zvt+tcp://10.0.0.5:20007. Not while somebody pays at it",
    };

    private static readonly Option<string?> Host =
        new("--host") { Description = "Which protocol answers at this host of the private network, at the usual ports" };

    private static readonly Option<bool> Ports = new("--ports") { Description = "List the serial ports (also without any option)" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object per finding" };
    private static readonly Option<bool> Force = new("--force") { Description = "Ask although a gateway runs or the port is in use" };
    private static readonly Option<string?> Data = CommonOptions.Data();
    private static readonly Option<string> Config = CommonOptions.Config();

    public static Command Build()
    {
        var command = new Command(
            "doctor",
            "Why does the terminal not answer? Lists serial ports, asks terminals with harmless messages only, names cause and cure. "
            + "Exit codes: 0 all is well, 3 something is wrong.")
        {
            Terminal, Host, Ports, Json, Force, Data, Config,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken stop)
    {
        var clock = CommonOptions.Clock;
        var (terminal, host, json) = (parsed.GetValue(Terminal), parsed.GetValue(Host), parsed.GetValue(Json));
        var report = new Report(Console.Out, json);
        var ports = new SerialPorts();
        var spectator = new Spectator(json ? null : Console.Error, clock);
        var examination = new Examination(
            ProtocolCatalog.ByName, address => ProtocolCatalog.Transport(address, clock), ports, spectator, clock);
        using var late = new CancellationTokenSource(MostTime, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            if (parsed.GetValue(Ports) || (terminal is null && host is null))
            {
                foreach (var finding in new PortSurvey(ports).Look()) report.Add(finding);
            }

            if (terminal is not null) report.Add(await AskTerminal(parsed, terminal, examination, end.Token));
            if (host is not null) await AskHost(parsed, host, examination, report, end.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            var text = $"It was not done within {MostTime.TotalMinutes:0} minutes.";
            report.Add(Finding.Wrong(FindingCodes.GaveUp, "doctor", text, "Ask about one thing at a time."));
        }

        return report.ExitCode;
    }

    private static async Task<Finding> AskTerminal(ParseResult parsed, string text, Examination examination, CancellationToken stop)
    {
        var (settings, _) = TerminalChoice.Find(text, parsed.GetRequiredValue(Config));
        var name = settings.Name == settings.Address.ToString() ? null : settings.Name;
        if (await Guarded(parsed, settings.Name, name, stop) is { } forbidden) return forbidden;
        if (parsed.GetValue<bool>("--verbose"))
            settings = settings with { Driver = settings.Driver with { WireLog = new FramesOnError() } };
        try
        {
            return await examination.Ask(settings, parsed.GetValue(Force), stop);
        }
        catch (ArgumentException wrong)
        {
            throw new CliException(ExitCodes.Usage, wrong.Message, wrong);
        }
    }

    private static async Task AskHost(ParseResult parsed, string host, Examination examination, Report report, CancellationToken stop)
    {
        if (await HostSurvey.Resolve(host, stop) is not { } address)
        {
            report.Add(Finding.Wrong(
                FindingCodes.NameUnknown, host, $"The name {host} is not known.", "Check the spelling, or use the terminal's address."));
            return;
        }

        if (await Guarded(parsed, host, name: null, stop) is { } forbidden)
        {
            report.Add(forbidden);
            return;
        }

        await foreach (var finding in new HostSurvey(ProtocolCatalog.All, examination).Look(address, stop)) report.Add(finding);
    }

    private static async Task<Finding?> Guarded(ParseResult parsed, string subject, string? name, CancellationToken stop)
    {
        if (parsed.GetValue(Force)) return null;
        var path = parsed.GetRequiredValue(Config);
        GatewaySettings? settings = File.Exists(path) ? ConfigCommand.Read(path) : null;
        var data = CommonOptions.DataOrDefault(parsed.GetValue(Data) ?? settings?.Data);
        return await new GatewayGuard(data, settings?.Listen).Forbids(subject, name, stop);
    }

    private sealed class FramesOnError : IWireLog
    {
        public void Saw(SeenFrame frame) => Console.Error.WriteLine(frame.Dump());
    }
}
