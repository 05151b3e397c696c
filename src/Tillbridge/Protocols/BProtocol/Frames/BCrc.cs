using System.Globalization;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>The check of a message (csob-b.md §2.3).</summary>
internal static class BCrc
{
    public static IReadOnlyList<string> Algorithms { get; } =
        ["crc16-ccitt-false", "crc16-xmodem", "crc16-kermit", "crc16-x25", "crc16-arc", "crc16-modbus"];

    /// <summary>What we would write.</summary>
    public static string Of(CrcRule rule, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data) =>
        rule.Calculated ? Calculate(rule.Algorithm, rule.WithHeader, header, data) : rule.Constant;

    public static bool Accepts(CrcRule rule, string crc, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data) =>
        !rule.Calculated
        || string.Equals(crc, Calculate(rule.Algorithm, rule.WithHeader, header, data), StringComparison.OrdinalIgnoreCase)
        || (rule.AcceptConstant && string.Equals(crc, rule.Constant, StringComparison.OrdinalIgnoreCase));

    /// <summary>The algorithm and range that give this check, for who looks for them; null when none does.</summary>
    public static string? Explain(string crc, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        foreach (var algorithm in Algorithms)
        {
            foreach (var withHeader in new[] { false, true })
            {
                if (string.Equals(Calculate(algorithm, withHeader, header, data), crc, StringComparison.OrdinalIgnoreCase))
                    return $"{algorithm} over {(withHeader ? "header32+data" : "data")}";
            }
        }

        return null;
    }

    /// <param name="algorithm">One of <see cref="Algorithms"/>.</param>
    /// <param name="withHeader">The 32 characters before the check count, too.</param>
    /// <param name="header">The whole header.</param>
    /// <param name="data">What stands between header and ETX.</param>
    public static string Calculate(string algorithm, bool withHeader, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        byte[] bytes = withHeader ? [.. header[..BFraming.CrcAt], .. data] : data.ToArray();
        var value = algorithm switch
        {
            "crc16-ccitt-false" => Crc16.CcittFalse(bytes),
            "crc16-xmodem" => Crc16.XModem(bytes),
            "crc16-kermit" => Crc16.Kermit(bytes),
            "crc16-x25" => Crc16.X25(bytes),
            "crc16-arc" => Crc16.Arc(bytes),
            "crc16-modbus" => Crc16.Modbus(bytes),
            _ => throw new InvariantException($"There is no check '{algorithm}'."),
        };
        return value.ToString("X4", CultureInfo.InvariantCulture);
    }
}
