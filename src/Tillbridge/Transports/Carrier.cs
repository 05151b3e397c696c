namespace Tillbridge.Transports;

/// <summary>What carries the bytes of a transport.</summary>
public enum Carrier
{
    /// <summary>A connected stream that keeps order and tells both ends when it breaks, as TCP.</summary>
    Stream,

    /// <summary>A serial line: bytes may be lost or changed, and nobody sees that the peer was switched off.</summary>
    Serial,
}
