using System.Buffers;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Protocols.Zvt;

namespace Tillbridge.Tests.Protocols.Zvt;

public sealed class ZvtFramingTests
{
    // zvt.md §4, worked frames.
    [Theory]
    [InlineData("800000", "1002800000100 3F51F")]
    [InlineData("06010A04000000001000490978", "100206010A04000000001010004909781003 2760")]
    [InlineData("0600080000008E09780300", "1002 0600080000008E09780300 1003 E261")]
    [InlineData("0620050000000303", "1002 0620050000000303 1003 DB15")]
    [InlineData("06B000", "1002 06B000 1003 43F3")]
    [InlineData("050100", "1002 050100 1003 1006")]
    [InlineData("060F00", "1002 060F00 1003 C633")]
    [InlineData("061E016C", "1002 061E016C 1003 C9F2")]
    [InlineData("04FF010A", "1002 04FF010A 1003 F57D")]
    [InlineData("060F0BF0F0F7322E31342E313500", "1002 060F0BF0F0F7322E31342E313500 1003 B111")]
    public void Serial_frames_are_the_worked_ones(string apdu, string frame)
    {
        var expected = Convert.FromHexString(frame.Replace(" ", ""));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(ZvtFraming.FrameSerial(Convert.FromHexString(apdu))));
        Assert.True(ZvtFraming.TryUnframeSerial(expected, out var inside, out _));
        Assert.Equal(apdu, Convert.ToHexString(inside));
    }

    [Fact]
    public void Recorded_serial_frames_are_framed_again_byte_for_byte()
    {
        var serial = ZvtVectors.All.Where(vector => vector.IsSerial).ToArray();
        Assert.NotEmpty(serial);
        foreach (var vector in serial)
        {
            Assert.True(ZvtFraming.TryUnframeSerial(vector.Bytes, out var apdu, out var why), why);
            Assert.Equal(Convert.ToHexString(vector.Apdu), Convert.ToHexString(apdu));
            Assert.Equal(vector.Hex, Convert.ToHexString(ZvtFraming.FrameSerial(apdu)));
        }
    }

    [Fact]
    public void A_serial_frame_with_any_bit_flipped_is_refused()
    {
        var frame = ZvtFraming.FrameSerial(Convert.FromHexString("06010A04000000001000490978"));
        for (var bit = 0; bit < frame.Length * 8; bit++)
        {
            var flipped = (byte[])frame.Clone();
            flipped[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(ZvtFraming.TryUnframeSerial(flipped, out _, out var why));
            Assert.NotEmpty(why);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("1002")]
    [InlineData("10028000001003F5")]
    [InlineData("100280001004F51F")]
    [InlineData("10028000001003F51F00")]
    public void What_is_no_whole_serial_frame_is_refused_with_a_reason(string hex)
    {
        Assert.False(ZvtFraming.TryUnframeSerial(Convert.FromHexString(hex), out _, out var why));
        Assert.NotEmpty(why);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(254)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    public void An_apdu_of_any_length_is_written_and_taken(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        var apdu = ZvtCodec.Encode(new ZvtOther(0x06D0, new(data)));
        Assert.Equal(length + (length < 255 ? 3 : 5), apdu.Length);
        Assert.True(apdu.Length <= ZvtFraming.MostApduBytes);

        var buffer = new ReadOnlySequence<byte>(apdu);
        Assert.True(ZvtFraming.TryTake(ref buffer, out var taken));
        Assert.Equal(apdu, taken.ToArray());
        Assert.Equal(data, Assert.IsType<ZvtOther>(ZvtVectors.Decode(apdu)).Data.Span.ToArray());
        Assert.True(ZvtFraming.TryUnframeSerial(ZvtFraming.FrameSerial(apdu), out var inside, out _));
        Assert.Equal(apdu, inside);
    }

    [Fact]
    public void The_long_length_is_taken_also_for_short_data()
        => Assert.Equal(new ZvtIntermediateStatus(0x0A), ZvtVectors.Decode("04FFFF01000A"));

    [Fact]
    public void A_message_fed_byte_by_byte_comes_out_with_its_last_byte()
    {
        foreach (var (name, _, apdu) in ZvtVectors.Apdus)
        {
            for (var length = 0; length < apdu.Length; length++)
            {
                var part = new ReadOnlySequence<byte>(apdu, 0, length);
                Assert.False(ZvtFraming.TryTake(ref part, out _), name);
                Assert.Equal(length, part.Length);
            }

            var whole = new ReadOnlySequence<byte>(apdu);
            Assert.True(ZvtFraming.TryTake(ref whole, out var taken), name);
            Assert.Equal(apdu, taken.ToArray());
        }
    }

    [Fact]
    public void All_messages_glued_together_and_cut_at_random_come_out_in_order()
    {
        var stream = ZvtVectors.Apdus.SelectMany(vector => vector.Apdu).ToArray();
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var pending = new List<byte>();
            var taken = new List<byte[]>();
            for (var at = 0; at < stream.Length;)
            {
                var piece = Math.Min(random.Next(1, 200), stream.Length - at);
                pending.AddRange(stream.AsSpan(at, piece));
                at += piece;
                var buffer = Segmented([.. pending], random);
                while (ZvtFraming.TryTake(ref buffer, out var apdu)) taken.Add(apdu.ToArray());
                pending = [.. buffer.ToArray()];
            }

            Assert.Empty(pending);
            Assert.Equal(ZvtVectors.Apdus.Select(vector => Convert.ToHexString(vector.Apdu)), taken.Select(Convert.ToHexString));
        }
    }

    [Theory]
    [InlineData("0000003E564552", "banner")]
    [InlineData("150369", "ECR-17")]
    [InlineData("485454502F312E31", "HTTP")]
    [InlineData("7B226D", "JSON")]
    [InlineData("024230", "STX")]
    [InlineData("1603010200", "TLS")]
    [InlineData("10028000", "serial")]
    [InlineData("41", "41")]
    [InlineData("8001", "80 01")]
    public void Another_protocol_is_recognised_by_its_first_bytes(string hex, string word)
        => Assert.Contains(word, ZvtFraming.LooksLikeOtherProtocol(Convert.FromHexString(hex))!, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("8000")]
    [InlineData("849C00")]
    [InlineData("04FF")]
    [InlineData("060F")]
    [InlineData("0F19")]
    public void What_may_be_zvt_is_not_called_foreign(string hex)
        => Assert.Null(ZvtFraming.LooksLikeOtherProtocol(Convert.FromHexString(hex)));

    private static ReadOnlySequence<byte> Segmented(byte[] bytes, Random random)
    {
        Segment? first = null;
        Segment? last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(random.Next(1, 40), bytes.Length - at);
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return first is null ? default : new(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}
