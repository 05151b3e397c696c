using System.Buffers;
using System.Globalization;
using System.Net;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
using Tillbridge.Transports;
using Tillbridge.Transports.Serial;
using Tillbridge.Wire;

namespace Tillbridge.Cli.Doctor;

/// <summary>Asks one terminal by its protocol's probe, and says what is the matter when nothing proper comes back.</summary>
/// <param name="protocols">Every protocol, by name.</param>
/// <param name="transportOf">The way to an address.</param>
/// <param name="ports">This machine's serial ports.</param>
/// <param name="spectator">Hears what takes long.</param>
/// <param name="clock">Measures the waits.</param>
internal sealed class Examination(
    IReadOnlyDictionary<string, IProtocol> protocols, Func<TerminalAddress, ITransport> transportOf, SerialPorts ports,
    Spectator spectator, TimeProvider clock)
{
    private static readonly TimeSpan AddressedLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LineLimit = TimeSpan.FromSeconds(6); // One repeat of a block: T2 is 5 s at most.
    private static readonly TimeSpan GuessLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan PokeLimit = TimeSpan.FromSeconds(2);

    // No terminal protocol takes this for a command, and every web server and most others answer it.
    private static readonly byte[] Poke = "HEAD / HTTP/1.0\r\n\r\n"u8.ToArray();

    /// <summary>The terminal as it is configured; on a serial line also at the other usual speeds if it does not answer.</summary>
    public async Task<Finding> Ask(TerminalSettings settings, bool force, CancellationToken stop)
    {
        var (address, subject) = (settings.Address, settings.Name);
        if (protocols[address.Protocol].Probe is not { } probe)
        {
            return Finding.Wrong(
                FindingCodes.NoProbe, subject, $"For {address.Protocol} no harmless question is known.",
                "Try tillbridge status, which begins a session with the terminal.");
        }

        var driver = settings.DriverAtAddress;
        if (address.Carrier != "serial") return await AskOnce(subject, address, probe, driver, AddressedLimit, stop);
        if (!force && new PortSurvey(ports).Closed(address.Host) is { } closed) return closed with { Subject = subject };
        return await AskLine(subject, address, probe, driver, stop);
    }

    /// <summary>Whether a protocol answers at a place that nobody configured: its registration stays as it is.</summary>
    public Task<Finding> AskGuess(string subject, TerminalAddress address, IProtocolProbe probe, CancellationToken stop) =>
        AskOnce(subject, address, probe, driver: null, GuessLimit, stop);

    private async Task<Finding> AskLine(
        string subject, TerminalAddress address, IProtocolProbe probe, DriverSettings driver, CancellationToken stop)
    {
        var configured = probe.SerialModes[0].With(address.WayOptions);
        var first = await AskOnce(subject, At(address, configured), probe, driver: null, LineLimit, stop, $" at {configured}");
        if (IsSpoken(first))
            return await AskOnce(subject, address, probe, driver, AddressedLimit, stop);
        if (!MayBeSpeed(first)) return first;
        var tried = new List<SerialMode> { configured };
        foreach (var mode in probe.SerialModes.Where(mode => mode != configured))
        {
            var place = At(address, mode);
            var found = await AskOnce(subject, place, probe, driver: null, GuessLimit, stop, $" at {mode}");
            tried.Add(mode);
            if (IsSpoken(found))
            {
                return Finding.Wrong(
                    FindingCodes.WrongSpeed, subject,
                    $"{address.Protocol} answers at {mode}, not at {configured}.", $"Write {place} as its address.") with
                {
                    Address = place.ToString(),
                };
            }

            if (found.Code is FindingCodes.OtherProtocol) return found with { Text = $"At {mode}: {found.Text}" };
            // Bytes that are noise say more than silence.
            if (first.Code is FindingCodes.NoAnswer && found.Code is FindingCodes.Noise) first = found;
        }

        return first with { Text = $"{first.Text} Tried: {string.Join(", ", tried)}." };
    }

    private static bool IsSpoken(Finding finding) =>
        finding.Code is FindingCodes.Ok or FindingCodes.NotReady or FindingCodes.TerminalBusy or FindingCodes.WrongSettings;

    // Clear words of another protocol came at the right speed.
    private static bool MayBeSpeed(Finding finding) =>
        finding.Code is FindingCodes.NoAnswer or FindingCodes.Noise or FindingCodes.PortMode;

    private static TerminalAddress At(TerminalAddress address, SerialMode mode) => address with
    {
        Options = new Dictionary<string, string>(address.Options)
        {
            ["baud"] = mode.Baud.ToString(CultureInfo.InvariantCulture), ["framing"] = mode.Framing,
        },
    };

    private async Task<Finding> AskOnce(
        string subject, TerminalAddress address, IProtocolProbe probe, DriverSettings? driver, TimeSpan limit, CancellationToken stop,
        string how = "")
    {
        var line = new OverheardTransport(transportOf(address));
        using var late = new CancellationTokenSource(limit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            var asking = probe.Ask(line, driver, clock, end.Token);
            var answer = await spectator.Watch($"asking {line.Name} in {address.Protocol}{how}", asking, stop);
            stop.ThrowIfCancellationRequested();
            return Impressions.Of(subject, answer) with { Address = address.ToString() };
        }
        catch (LinkLostException fault) when (!line.IsConnected)
        {
            return Impressions.OfFault(subject, fault, address, OnThisMachine(address.Host));
        }
        catch (OperationCanceledException) when (!line.IsConnected && !stop.IsCancellationRequested)
        {
            return Finding.Wrong(
                FindingCodes.ConnectTimeOut, subject, $"{line.Name} did not answer in time.", "Is it on, and in this network?");
        }
        catch (Exception nothing) when (nothing is LinkLostException or Protocols.ProtocolViolationException || IsLate(nothing, stop))
        {
            var found = Impressions.OfBytes(subject, protocols[address.Protocol], probe, line);
            if (line.Carrier is not Carrier.Stream) return found;
            var isTls = Likeness.Of(line.Heard) is { Code: "tls" };
            if ((isTls || line.Heard.Length == 0) && await AskSecurely(found, address, stop) is { } secured) return secured;
            return found.Code is FindingCodes.NoAnswer ? await AskOtherwise(found, address, probe, stop) : found;
        }
    }

    // A server of TLS mostly hangs up on plain bytes without a word.
    private async Task<Finding?> AskSecurely(Finding plain, TerminalAddress address, CancellationToken stop)
    {
        if (address.Options.ContainsKey("tls") || address.Options.ContainsKey("fingerprint")) return null;
        var options = new Dictionary<string, string>(address.Options) { ["tls"] = "true" };
        using var late = new CancellationTokenSource(PokeLimit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            await using var connection = await transportOf(address with { Options = options }).Connect(end.Token);
            return Impressions.OfTls(plain.Subject, address, null);
        }
        catch (LinkLostException fault)
        {
            return fault.Certificate is { } shown ? Impressions.OfTls(plain.Subject, address, shown) : null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null; // Neither this is answered.
        }
    }

    // Many servers say nothing to what they do not understand, and answer this.
    private async Task<Finding> AskOtherwise(Finding silent, TerminalAddress address, IProtocolProbe probe, CancellationToken stop)
    {
        var line = new OverheardTransport(transportOf(address));
        using var late = new CancellationTokenSource(PokeLimit, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            await using var connection = await line.Connect(end.Token);
            await connection.Output.WriteAsync(Poke, end.Token);
            var read = await connection.Input.ReadAsync(end.Token);
            connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
        catch (Exception nothing) when (nothing is LinkLostException or IOException || IsLate(nothing, stop))
        {
            return silent; // Neither this is answered: what was found before stands.
        }

        return Likeness.Of(line.Heard) is null ? silent : Impressions.OfBytes(silent.Subject, protocols[address.Protocol], probe, line);
    }

    private static bool IsLate(Exception nothing, CancellationToken stop) =>
        nothing is OperationCanceledException && !stop.IsCancellationRequested;

    private static string? OnThisMachine(string host)
    {
        var isLocal = host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        return !isLocal ? null : OperatingSystem.IsWindows() ? "`netstat -ano`" : "`ss -ltnp`";
    }
}
