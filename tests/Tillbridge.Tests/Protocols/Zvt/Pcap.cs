using System.Buffers.Binary;
using Tillbridge.Protocols;

namespace Tillbridge.Tests.Protocols.Zvt;

/// <summary>Writes recorded bytes as a capture file: Ethernet, IPv4, TCP with handshakes and running sequence numbers.</summary>
internal static class Pcap
{
    public const int TerminalPort = 20007;

    private const int FirstTillPort = 50_000;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Push = 0x08;
    private const byte Ack = 0x10;

    private static readonly byte[] TillAddress = [10, 0, 0, 1];
    private static readonly byte[] TerminalAddress = [10, 0, 0, 2];

    private const int Ethernet = 1; // LINKTYPE_ETHERNET.

    /// <summary>Segments as on Ethernet.</summary>
    public const int EthernetSegment = 1460;

    /// <summary>Segments as large as IPv4 carries them, so that every APDU of these tests fits into one.</summary>
    public const int LargestSegment = 65_495;

    public static byte[] Write(IReadOnlyList<WirePiece> pieces, int mostSegmentBytes)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        Begin(writer, Ethernet);
        var milliseconds = 0;
        foreach (var connection in pieces.GroupBy(piece => piece.Connection))
        {
            foreach (var frame in Connection(FirstTillPort + connection.Key, connection, mostSegmentBytes))
            {
                Packet(writer, ++milliseconds, frame);
            }
        }

        return file.ToArray();
    }

    /// <summary>What passed a serial line, one packet each: blocks, acknowledges, refusals.</summary>
    public static byte[] WriteSerial(IReadOnlyList<byte[]> packets)
    {
        const int FirstUserLink = 147; // LINKTYPE_USER0: tshark is told what is in it.
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        Begin(writer, FirstUserLink);
        for (var index = 0; index < packets.Count; index++) Packet(writer, index, packets[index]);
        return file.ToArray();
    }

    private static void Begin(BinaryWriter writer, int link)
    {
        // Magic, version 2.4, no time zone, no accuracy, most bytes of a packet.
        writer.Write(0xA1B2C3D4);
        writer.Write((ushort)2);
        writer.Write((ushort)4);
        writer.Write(0);
        writer.Write(0);
        writer.Write(65535);
        writer.Write(link);
    }

    private static void Packet(BinaryWriter writer, int milliseconds, byte[] bytes)
    {
        writer.Write(1_000_000_000 + milliseconds / 1000);
        writer.Write(milliseconds % 1000 * 1000);
        writer.Write(bytes.Length);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static IEnumerable<byte[]> Connection(int port, IEnumerable<WirePiece> pieces, int mostSegmentBytes)
    {
        var next = new Dictionary<Sender, uint> { [Sender.Ecr] = 1000, [Sender.Terminal] = 500_000 };
        byte[] Segment(Sender from, byte flags, ReadOnlySpan<byte> data)
        {
            var to = from is Sender.Ecr ? Sender.Terminal : Sender.Ecr;
            var frame = Frame(from, port, next[from], (flags & Ack) != 0 ? next[to] : 0, flags, data);
            next[from] += (uint)data.Length + ((flags & (Syn | Fin)) != 0 ? 1u : 0u);
            return frame;
        }

        yield return Segment(Sender.Ecr, Syn, []);
        yield return Segment(Sender.Terminal, Syn | Ack, []);
        yield return Segment(Sender.Ecr, Ack, []);
        foreach (var piece in pieces)
        {
            foreach (var part in piece.Bytes.Chunk(mostSegmentBytes)) yield return Segment(piece.From, Push | Ack, part);
        }

        yield return Segment(Sender.Ecr, Fin | Ack, []);
        yield return Segment(Sender.Terminal, Fin | Ack, []);
        yield return Segment(Sender.Ecr, Ack, []);
    }

    private static byte[] Frame(Sender from, int tillPort, uint sequence, uint acknowledge, byte flags, ReadOnlySpan<byte> data)
    {
        const int Ethernet = 14;
        const int Ip = 20;
        const int Tcp = 20;
        var frame = new byte[Ethernet + Ip + Tcp + data.Length];
        var (source, target) = from is Sender.Ecr ? (TillAddress, TerminalAddress) : (TerminalAddress, TillAddress);
        (frame[5], frame[11]) = (target[3], source[3]);
        frame[12] = 0x08; // IPv4

        var ip = frame.AsSpan(Ethernet, Ip);
        (ip[0], ip[6], ip[8], ip[9]) = (0x45, 0x40, 64, 6);
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ip + Tcp + data.Length));
        source.CopyTo(ip[12..]);
        target.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip, 0));

        var tcp = frame.AsSpan(Ethernet + Ip);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, (ushort)(from is Sender.Ecr ? tillPort : TerminalPort));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], (ushort)(from is Sender.Ecr ? TerminalPort : tillPort));
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledge);
        (tcp[12], tcp[13]) = (0x50, flags);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 0xFFFF);
        data.CopyTo(tcp[Tcp..]);
        // The pseudo header: both addresses, the protocol and the length.
        var pseudo = Sum(ip[12..], 0) + 6 + (uint)tcp.Length;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], Checksum(tcp, pseudo));
        return frame;
    }

    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        var sum = Sum(bytes, start);
        while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    private static uint Sum(ReadOnlySpan<byte> bytes, uint start)
    {
        for (var index = 0; index < bytes.Length; index += 2)
            start += (uint)(bytes[index] << 8 | (index + 1 < bytes.Length ? bytes[index + 1] : 0));
        return start;
    }
}
