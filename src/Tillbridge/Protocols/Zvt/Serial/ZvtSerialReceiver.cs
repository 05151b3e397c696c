using Tillbridge.Protocols.Zvt.Apdu;

namespace Tillbridge.Protocols.Zvt.Serial;

/// <summary>What a byte of a serial line completed.</summary>
internal enum ZvtSerialHeard
{
    Nothing,
    Acknowledge,
    Refusal,
    Block,
    BrokenBlock,
}

/// <summary>
/// Finds blocks, acknowledges and refusals in the bytes of a serial line (zvt.md §4), whatever noise is between them. A block
/// that went wrong is passed over up to its end, so that nothing of it is taken for an acknowledge.
/// </summary>
internal sealed class ZvtSerialReceiver
{
    private const byte Dle = 0x10;
    private const byte Stx = 0x02;
    private const byte Etx = 0x03;
    private const int MostFrameBytes = 2 * ZvtFraming.MostApduBytes + 6;

    private enum Place
    {
        Between,
        BetweenDle,
        Inside,
        InsideDle,
        FirstCheck,
        SecondCheck,
    }

    private readonly List<byte> frame = [];
    private Place place;
    private bool isBroken;

    /// <summary>The APDU of the last block.</summary>
    public byte[] Apdu { get; private set; } = [];

    /// <summary>A block has begun and not ended: T1 runs.</summary>
    public bool IsInside => place > Place.BetweenDle;

    /// <summary>Bytes that belonged to nothing.</summary>
    public long Noise { get; private set; }

    public ZvtSerialHeard Take(byte octet)
    {
        switch (place)
        {
            case Place.Between or Place.BetweenDle:
                return TakeBetween(octet);
            case Place.Inside:
                Keep(octet);
                if (octet == Dle) place = Place.InsideDle;
                return ZvtSerialHeard.Nothing;
            case Place.InsideDle when octet == Stx:
                Begin(); // Data would have doubled the DLE: the sender began anew.
                return ZvtSerialHeard.Nothing;
            case Place.InsideDle:
                Keep(octet);
                isBroken |= octet is not (Dle or Etx);
                place = octet == Etx ? Place.FirstCheck : Place.Inside;
                return ZvtSerialHeard.Nothing;
            case Place.FirstCheck:
                // The check is raw: its bytes are counted, whatever they are.
                Keep(octet);
                place = Place.SecondCheck;
                return ZvtSerialHeard.Nothing;
            default:
                Keep(octet);
                return Finish();
        }
    }

    /// <summary>T1 is over: what was begun is no block.</summary>
    public void GiveUp()
    {
        (place, isBroken) = (Place.Between, false);
        frame.Clear();
    }

    private ZvtSerialHeard TakeBetween(byte octet)
    {
        if (place is Place.BetweenDle && octet == Stx)
        {
            Begin();
            return ZvtSerialHeard.Nothing;
        }

        place = octet == Dle ? Place.BetweenDle : Place.Between;
        if (octet == ZvtFraming.SerialAcknowledge) return ZvtSerialHeard.Acknowledge;
        if (octet == ZvtFraming.SerialRefuse) return ZvtSerialHeard.Refusal;
        if (octet != Dle) Noise++;
        return ZvtSerialHeard.Nothing;
    }

    private void Begin()
    {
        GiveUp();
        frame.AddRange([Dle, Stx]);
        place = Place.Inside;
    }

    private void Keep(byte octet)
    {
        isBroken |= frame.Count >= MostFrameBytes;
        if (!isBroken) frame.Add(octet);
    }

    private ZvtSerialHeard Finish()
    {
        var isWhole = !isBroken;
        byte[] apdu = [];
        isWhole = isWhole && ZvtFraming.TryUnframeSerial([.. frame], out apdu, out _)
            && ZvtFraming.TryMeasure(apdu, out _, out var size) && size == apdu.Length;
        GiveUp();
        if (!isWhole) return ZvtSerialHeard.BrokenBlock;
        Apdu = apdu;
        return ZvtSerialHeard.Block;
    }
}
