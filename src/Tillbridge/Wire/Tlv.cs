namespace Tillbridge.Wire;

/// <summary>
/// Walks tag-length-value objects of the BER kind: tags of one to four bytes, lengths <c>00-7F</c>, <c>81 nn</c>, <c>82 hh ll</c>.
/// It stops at the first thing that is none and says in <see cref="Why"/> what it met.
/// </summary>
internal ref struct Tlv(ReadOnlySpan<byte> container, int depth = 0)
{
    public const int MostTagBytes = 4;

    /// <summary>Deeper nesting than any document describes is an attack or garbage.</summary>
    public const int MostNesting = 8;

    private readonly ReadOnlySpan<byte> container = container;
    private int position = 0;

    /// <summary>The tag's bytes as one number: <c>1F 10</c> is 1F10.</summary>
    public uint Tag { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Where the tag begins, in bytes from the beginning of the container.</summary>
    public int Offset { get; private set; }

    public int ValueOffset { get; private set; }

    /// <summary>Bit 6 of the first tag byte. Vendors set it on plain values too, so it is a hint and no promise.</summary>
    public bool SaysConstructed { get; private set; }

    public string? Why { get; private set; }

    /// <summary>False at the end and at the first malformed object; <see cref="Why"/> tells the two apart.</summary>
    public bool Next()
    {
        if (Why is not null || position >= container.Length) return false;
        Offset = position;
        if (depth >= MostNesting) return Fails("objects are nested too deep");
        SaysConstructed = (container[position] & 0x20) != 0;
        if (!ReadTag() || !ReadLength(out var length)) return false;
        if (length > container.Length - position) return Fails($"length {length} reaches beyond the container");
        ValueOffset = position;
        Value = container.Slice(position, length);
        position += length;
        return true;
    }

    /// <summary>A walk through the value of the present object.</summary>
    public readonly Tlv Inside() => new(Value, depth + 1);

    /// <summary>The first value under that path of tags; false when it is not there.</summary>
    public static bool TryFind(ReadOnlySpan<byte> container, out ReadOnlySpan<byte> value, params ReadOnlySpan<uint> path)
    {
        value = container;
        foreach (var tag in path)
        {
            var walk = new Tlv(value);
            var found = false;
            while (!found && walk.Next()) found = walk.Tag == tag;
            value = found ? walk.Value : default;
            if (!found) return false;
        }

        return true;
    }

    /// <summary>True when the bytes are nothing but whole objects.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> container)
    {
        var walk = new Tlv(container);
        while (walk.Next()) { }
        return walk.Why is null;
    }

    /// <summary>Reads a length as it stands before a value; also the length of ZVT's container 06 itself.</summary>
    public static bool TryLength(ReadOnlySpan<byte> bytes, out int prefix, out int length)
    {
        (prefix, length) = (0, 0);
        if (bytes.IsEmpty) return false;
        switch (bytes[0])
        {
            case < 0x80:
                (prefix, length) = (1, bytes[0]);
                return true;
            case 0x81 when bytes.Length >= 2:
                (prefix, length) = (2, bytes[1]);
                return true;
            case 0x82 when bytes.Length >= 3:
                (prefix, length) = (3, bytes[1] << 8 | bytes[2]);
                return true;
            default:
                return false;
        }
    }

    private bool ReadTag()
    {
        Tag = container[position++];
        if ((Tag & 0x1F) != 0x1F) return true;
        for (var count = 1; count < MostTagBytes; count++)
        {
            if (position >= container.Length) return Fails("the tag is cut short");
            var next = container[position++];
            Tag = Tag << 8 | next;
            if ((next & 0x80) == 0) return true;
        }

        return Fails("the tag has more than four bytes");
    }

    private bool ReadLength(out int length)
    {
        var isLength = TryLength(container[position..], out var prefix, out length);
        if (!isLength) return Fails("the length is cut short or not one of 00-7F, 81, 82");
        position += prefix;
        return true;
    }

    private bool Fails(string why)
    {
        Why = why;
        return false;
    }
}
