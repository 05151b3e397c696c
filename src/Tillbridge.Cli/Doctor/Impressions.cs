using Tillbridge.Protocols;
using Tillbridge.Transports;
using Tillbridge.Wire;

namespace Tillbridge.Cli.Doctor;

/// <summary>What a peer that did not answer properly is, judged by the bytes that came. Pure.</summary>
internal static class Impressions
{
    private const int MostShown = 6; // Too few for a card number, whatever it was that came.
    private const int FewestEchoed = 3;
    private const byte Refusal = 0x15; // NAK, in every serial protocol of terminals.

    /// <summary>What an answer of the protocol means.</summary>
    public static Finding Of(string subject, ProbeAnswer answer)
    {
        var code = answer.Verdict switch
        {
            ProbeVerdict.Ready => FindingCodes.Ok,
            ProbeVerdict.Busy => FindingCodes.TerminalBusy,
            ProbeVerdict.WrongPassword => FindingCodes.WrongPassword,
            ProbeVerdict.WrongSettings => FindingCodes.WrongSettings,
            _ => FindingCodes.NotReady,
        };
        var severity = answer.Verdict is ProbeVerdict.Ready ? Severity.Well : Severity.Wrong;
        return new Finding(code, severity, subject, answer.Text) { Cure = answer.Cure };
    }

    /// <summary>A connection that could not be made.</summary>
    public static Finding OfFault(
        string subject, LinkLostException fault, TerminalAddress? address = null, string? onThisMachine = null)
    {
        if (fault.Certificate is { } shown && address is not null) return OfCertificate(subject, address, shown);
        var finding = Finding.OfMessage(FindingCodes.Of(fault.Fault), subject, fault.Message);
        return fault.Fault is ConnectFault.Refused && onThisMachine is not null
            ? finding with { Cure = $"{finding.Cure} On this machine, {onThisMachine} shows who listens where." }
            : finding;
    }

    /// <summary>A peer that speaks TLS, where it was asked plainly.</summary>
    public static Finding OfTls(string subject, TerminalAddress address, PeerCertificate? shown) => shown is not null
        ? OfCertificate(subject, address, shown) with { Text = $"This port speaks TLS, and was asked plainly. Its certificate: {shown}." }
        : Finding.Wrong(
            FindingCodes.OtherProtocol, subject, "This port speaks TLS, and was asked plainly. Its certificate is trusted here.",
            $"Write {With(address, "tls", "true")} as its address.");

    private static Finding OfCertificate(string subject, TerminalAddress address, PeerCertificate shown)
    {
        var place = With(address, "fingerprint", shown.Fingerprint).ToString();
        var isPinned = address.Options.ContainsKey("fingerprint");
        return Finding.Wrong(
            FindingCodes.NotTrusted, subject,
            isPinned ? $"It shows another certificate than the address names: {shown}." : $"Its certificate is of its own make: {shown}.",
            isPinned ? $"Ask who renewed it; if it is the terminal's, write {place} as its address."
                : $"Compare it with the terminal's menu or papers; if it is the terminal's, write {place} as its address.") with
        {
            Address = place,
        };
    }

    private static TerminalAddress With(TerminalAddress address, string option, string value)
    {
        var options = address.Options.Where(pair => pair.Key is not ("tls" or "fingerprint")).ToDictionary(StringComparer.Ordinal);
        options[option] = value;
        return address with { Options = options };
    }

    /// <summary>A connection on which nothing of the protocol was heard.</summary>
    public static Finding OfBytes(string subject, IProtocol protocol, IProtocolProbe probe, OverheardTransport line)
    {
        var (heard, isSerial) = (line.Heard, line.Carrier is Carrier.Serial);
        if (heard.Length == 0) return line.HungUp ? HangsUp(subject, isSerial) : Silence(subject, protocol.Name, isSerial);
        if (IsEcho(line.Said, heard))
        {
            return Finding.Wrong(
                FindingCodes.Echo, subject, "Our own bytes come back.",
                isSerial
                    ? "Take a loopback plug off, or lead the cable to the terminal: this port hears itself, or a device that echoes, "
                    + "as a modem does."
                    : "Check the port: an echo service or a serial converter without a terminal is there.");
        }

        if (probe.Recognise(heard, line.Carrier) is { } form) return Finding.OfMessage(FindingCodes.OtherProtocol, subject, form);
        if (isSerial && heard.All(octet => octet == Refusal))
        {
            return Finding.Wrong(
                FindingCodes.OtherProtocol, subject, $"Every block is refused ({Shown(heard)}): the other side checks them otherwise.",
                "Set the terminal's till (ECR) interface to the protocol of the address; if it is, change cable or adapter, "
                + "which change bytes.");
        }

        if (Likeness.Of(heard) is { } other && !(isSerial && other.IsWeak))
        {
            return Finding.Wrong(
                FindingCodes.OtherProtocol, subject,
                $"Something answers that is not {protocol.Name}: it looks like {other.Name} ({Shown(heard)}).",
                CureOf(other.Code));
        }

        return isSerial
            ? Finding.Wrong(
                FindingCodes.Noise, subject, $"Noise came back, no message ({Shown(heard)}), as with another speed or framing.",
                "Set baud and framing in the address to those of the terminal's menu; if they are the same, change cable or adapter.")
            : Finding.Wrong(
                FindingCodes.OtherProtocol, subject, $"Something answers that is not {protocol.Name} ({Shown(heard)}).",
                "Check host and port, and which protocol the terminal's menu for the till (ECR) is set to.");
    }

    private static Finding HangsUp(string subject, bool isSerial) => Finding.Wrong(
        FindingCodes.HangsUp, subject,
        isSerial ? "The port hung up." : "The connection is taken and ended at once, without a byte.",
        isSerial
            ? "Plug the cable in again, and ask again."
            : "End the other till if there is one: some terminals serve one at a time, or only addresses that their menu names. "
            + "Else check the port.");

    private static Finding Silence(string subject, string protocol, bool isSerial) => Finding.Wrong(
        FindingCodes.NoAnswer, subject,
        isSerial ? "Nothing came back." : "The connection is taken, and nothing is answered.",
        isSerial
            ? $"Is the terminal on, the cable a crossed one (null modem) and in this port, and its till (ECR) interface set to "
            + $"{protocol} on it?"
            : $"Is its till (ECR) interface set to {protocol}, and this its port? End another till that is connected, look at its display, "
            + "restart the terminal.");

    private static string CureOf(string resembles) => resembles switch
    {
        "tls" => "If this is the terminal's port, add tls=true to the address, and fingerprint=… where its certificate is of its own make.",
        "http" or "ssh" or "telnet" or "mail-or-ftp" =>
            "Check host and port: this one is not the terminal's interface for tills (ECR), whose port stands in its menu.",
        "modem" => "Check the port: a modem is plugged in here.",
        _ => "Check host and port, and which protocol the terminal's menu for the till (ECR) is set to; then write that one into the "
            + "address.",
    };

    private static bool IsEcho(byte[] said, byte[] heard) =>
        heard.Length >= FewestEchoed && said.AsSpan().StartsWith(heard.AsSpan(0, Math.Min(heard.Length, said.Length)));

    private static string Shown(byte[] heard) => WireDump.Line(heard.AsSpan(0, Math.Min(heard.Length, MostShown)))
        + (heard.Length > MostShown ? " …" : "");
}
