using System.Text;
using Tillbridge.Laboratory.Fuzz;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Tests.Fuzz;

/// <summary>The fuzzer is tried on parsers that do what they must not.</summary>
public sealed class FuzzerTests
{
    private const int Inputs = 3000;

    private static readonly IReadOnlyList<byte[]> Seeds = [Encoding.ASCII.GetBytes("amount=12.50"), [0x06, 0x0F, 0x00]];

    [Fact]
    public void An_exception_is_found() => Assert.Equal(FuzzFault.Exception, Find(new Planted(input =>
        input.Length > 4 && input[0] == 'a' ? throw new IndexOutOfRangeException("planted") : null)));

    [Fact]
    public void A_hang_is_found() => Assert.Equal(FuzzFault.Hang, Find(new Planted(input =>
    {
        if (input.Length == 7) SpinWait.SpinUntil(static () => false, TimeSpan.FromMilliseconds(25));
        return null;
    })));

    [Fact]
    public void An_appetite_for_memory_is_found() => Assert.Equal(FuzzFault.Allocation, Find(new Planted(input =>
        input.Length > 20 ? new byte[2 << 20] : null)));

    [Fact]
    public void A_value_that_reads_otherwise_after_it_was_written_is_found() => Assert.Equal(FuzzFault.Unstable, Find(new Planted(
        input => input.Length > 3 ? Encoding.Latin1.GetString(input) : null,
        value => Encoding.Latin1.GetBytes((string)value + "!"))));

    [Fact]
    public void A_good_parser_is_left_in_peace()
    {
        var target = new FuzzTarget("good", new Planted(input => Encoding.Latin1.GetString(input), value =>
            Encoding.Latin1.GetBytes((string)value)), Seeds);

        var report = Fuzzer.Run(target, 1, Inputs, TestContext.Current.CancellationToken);

        Assert.Equal((Inputs, 0), (report.Accepted, report.Faults));
    }

    [Fact]
    public void A_finding_is_made_again_from_its_seed_and_number_alone()
    {
        var target = new FuzzTarget("planted", new Planted(input => input.Length == 9 ? throw new InvalidCastException() : null), Seeds);

        var finding = Fuzzer.Run(target, 42, Inputs, TestContext.Current.CancellationToken).Findings[0];

        Assert.Equal(finding.Hex, Convert.ToHexString(Fuzzer.Replay(target, finding.Seed, finding.Index)));
    }

    [Theory]
    [InlineData("hex:06 0F 00", "060F00")]
    [InlineData("a\\nb\\x00\\\\", "610A62005C")]
    [InlineData("\u20ac", "E282AC")]
    public void A_line_of_the_corpus_is_read(string line, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(Laboratory.Fuzz.Seeds.Unescape(line)));

    private static FuzzFault Find(ProtocolParser parser) =>
        Fuzzer.Run(new FuzzTarget("planted", parser, Seeds), 1, Inputs, TestContext.Current.CancellationToken).Findings[0].Fault;

    private sealed class Planted(Func<byte[], object?> read, Func<object, byte[]>? write = null) : ProtocolParser("planted")
    {
        public override object? Read(ReadOnlySpan<byte> input) => read(input.ToArray());

        public override byte[]? Write(object value) => write?.Invoke(value);
    }
}
