namespace Tillbridge.Transports.Serial;

/// <summary>Speed and form of the characters on a serial line. There is no handshake.</summary>
/// <param name="Baud">Bits per second, one of <see cref="Rates"/>.</param>
/// <param name="DataBits">7 or 8.</param>
/// <param name="Parity">The check bit of each character.</param>
/// <param name="StopBits">1 or 2.</param>
public sealed record SerialMode(int Baud, int DataBits, SerialParity Parity, int StopBits)
{
    /// <summary>The rates that are served.</summary>
    public static IReadOnlyList<int> Rates { get; } = [1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400];

    /// <summary>Data bits, parity and stop bits as they are written, for example <c>8n1</c>.</summary>
    public string Framing => $"{DataBits}{Parity switch { SerialParity.None => 'n', SerialParity.Even => 'e', _ => 'o' }}{StopBits}";

    /// <summary>For messages, for example <c>9600 8n2</c>.</summary>
    public override string ToString() => $"{Baud} {Framing}";

    /// <summary>Reads the options <c>baud</c> and <c>framing</c> of an address; what is not given stays as it is here.</summary>
    /// <exception cref="ArgumentException">A value is not allowed; the message names the option and what is allowed.</exception>
    public SerialMode With(IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Keys.FirstOrDefault(key => key is not ("baud" or "framing")) is { } foreign)
            throw new ArgumentException($"'{foreign}' is an option of TCP; a serial address takes baud and framing.");
        var mode = this;
        if (options.TryGetValue("baud", out var rate))
        {
            var baud = Rates.FirstOrDefault(known => known.ToString(System.Globalization.CultureInfo.InvariantCulture) == rate);
            if (baud == 0) throw new ArgumentException($"baud must be one of {string.Join(", ", Rates)}, not '{rate}'.");
            mode = mode with { Baud = baud };
        }

        if (!options.TryGetValue("framing", out var framing)) return mode;
        if (framing.Length != 3 || framing[0] is not ('7' or '8') || framing[2] is not ('1' or '2')
            || char.ToLowerInvariant(framing[1]) is not ('n' or 'e' or 'o'))
        {
            throw new ArgumentException(
                $"framing must be data bits 7 or 8, parity n, e or o and stop bits 1 or 2, for example 8n1, 8n2 or 7e1, not '{framing}'.");
        }

        var parity = char.ToLowerInvariant(framing[1]) switch
        {
            'n' => SerialParity.None, 'e' => SerialParity.Even, _ => SerialParity.Odd,
        };
        return mode with { DataBits = framing[0] - '0', Parity = parity, StopBits = framing[2] - '0' };
    }
}
