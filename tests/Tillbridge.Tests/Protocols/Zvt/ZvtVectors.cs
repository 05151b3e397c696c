using System.Text.Json;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>One line of the vector file: bytes from outside and what they mean.</summary>
internal sealed record ZvtVector(string Name, Sender From, string Hex, JsonElement Meaning, IReadOnlyList<(Sender From, string Hex)> Steps)
{
    public byte[] Bytes => Convert.FromHexString(Hex);

    public bool IsSerial => Hex.StartsWith("1002", StringComparison.Ordinal);

    public bool IsForeign => Meaning.TryGetProperty("valid", out var valid) && !valid.GetBoolean();

    public bool IsGlued => Meaning.TryGetProperty("apdus", out _);

    /// <summary>The APDU without serial framing.</summary>
    public byte[] Apdu => IsSerial ? Convert.FromHexString(Meaning.GetProperty("apdu_hex").GetString()!) : Bytes;

    public string? Text(string key) => Meaning.TryGetProperty(key, out var value) ? value.ToString() : null;
}

internal static class ZvtVectors
{
    public static IReadOnlyList<ZvtVector> All { get; } = Load();

    /// <summary>Vectors that are one APDU, bare or framed.</summary>
    public static IReadOnlyList<ZvtVector> Single { get; } =
        [.. All.Where(vector => vector is { IsForeign: false, IsGlued: false, Steps.Count: 0 })];

    /// <summary>Every APDU of every vector and recorded session.</summary>
    public static IReadOnlyList<(string Name, Sender From, byte[] Apdu)> Apdus { get; } =
    [
        .. Single.Select(vector => (vector.Name, vector.From, vector.Apdu)),
        .. All.SelectMany(vector => vector.Steps.Where(step => step.Hex.Length > 2)
            .Select(step => (vector.Name, step.From, Convert.FromHexString(step.Hex)))),
    ];

    public static ZvtVector Named(string name) => All.Single(vector => vector.Name == name);

    public static ZvtMessage Decode(ReadOnlySpan<byte> apdu, Sender from = Sender.Terminal)
    {
        Assert.True(ZvtCodec.TryDecode(apdu, from, ZvtText.Default, out var message, out var fault), fault?.ToString());
        return message;
    }

    public static ZvtMessage Decode(string hex, Sender from = Sender.Terminal) => Decode(Convert.FromHexString(hex), from);

    public static DecodeFault Fault(string hex, Sender from = Sender.Terminal)
    {
        Assert.False(ZvtCodec.TryDecode(Convert.FromHexString(hex), from, ZvtText.Default, out _, out var fault));
        return fault;
    }

    public static Octets Container(byte[] apdu)
    {
        ZvtFraming.TryMeasure(apdu, out var header, out _);
        for (var at = header; at < apdu.Length; at++)
        {
            if (!ZvtContainers.IsWhole(apdu.AsSpan(at))) continue;
            Tlv.TryLength(apdu.AsSpan(at + 1), out var prefix, out _);
            return Octets.Copy(apdu.AsSpan(at + 1 + prefix));
        }

        return Octets.None;
    }

    private static List<ZvtVector> Load()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tillbridge.slnx"))) folder = folder.Parent!;
        var lines = File.ReadAllLines(Path.Combine(folder.FullName, "vectors", "zvt", "zvt.jsonl"));
        return [.. lines.Where(line => line.Length > 0).Select(Parse)];
    }

    private static ZvtVector Parse(string line)
    {
        var row = JsonDocument.Parse(line).RootElement;
        var steps = row.TryGetProperty("steps", out var list)
            ? list.EnumerateArray().Select(step => (Side(step[0].GetString()!), step[1].GetString()!)).ToArray()
            : [];
        return new(
            row.GetProperty("name").GetString()!, Side(row.GetProperty("direction").GetString()!), row.GetProperty("hex").GetString()!,
            row.GetProperty("meaning"), steps);
    }

    private static Sender Side(string direction) => direction == "ecr" ? Sender.Ecr : Sender.Terminal;
}
