using System.Text;
using Tillbridge.Catalog;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Transports;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>First bytes of a peer that is no terminal of the family, and noise that is none.</summary>
public sealed class BOtherTests
{
    private static readonly BMessageCodec Codec = new(BDialectFiles.Of(BDialectFiles.Gpe));
    private static readonly IProtocolProbe Probe = ProtocolCatalog.ByName["csob-b"].Probe!;

    [Theory]
    [InlineData("HTTP/1.1 400", "HTTP")]
    [InlineData("SSH-2.0", "SSH")]
    [InlineData("{\"method\":\"x", "JSON")]
    [InlineData("\u0080\u0000\u0000", "ZVT")]
    [InlineData("\u0084\u0083\u0000", "ZVT")]
    [InlineData("CZ0040300", "Caisse-AP")]
    public void Somebody_else_is_named(string first, string name) =>
        Assert.Contains(name, Codec.LooksLikeOther(Encoding.Latin1.GetBytes(first)), StringComparison.Ordinal);

    [Theory] // csob-b.md §2: what stands before the first 02 is passed over.
    [InlineData("")]
    [InlineData("\u0002B201PAXX2963")]
    [InlineData("\u0000\u0000\u0000")]
    [InlineData("\u0006\u0015\u00FF")]
    [InlineData("{[")]
    [InlineData("{\u0002B2")]
    [InlineData("\u0016\u0003\u0001")]
    public void Frames_and_noise_may_still_become_one_of_ours(string first) =>
        Assert.Null(Codec.LooksLikeOther(Encoding.Latin1.GetBytes(first)));

    [Fact]
    public void A_message_that_is_not_whole_is_recognised()
    {
        var heard = Encoding.Latin1.GetBytes("\u00FF\u0002B201PAXX");
        Assert.Contains("cable", Probe.Recognise(heard, Carrier.Serial), StringComparison.Ordinal);
        Assert.Contains("till", Probe.Recognise(heard, Carrier.Stream), StringComparison.Ordinal);
        Assert.Null(Probe.Recognise("HTTP/1.1"u8, Carrier.Stream));
        Assert.Null(Probe.Recognise("\u0002B5"u8, Carrier.Serial));
        Assert.Null(Probe.Recognise([], Carrier.Serial));
    }

    [Theory]
    [InlineData(2000, "first 1000 fields", null)]
    [InlineData(2001, null, "at most 2000 sub-fields")]
    [InlineData(10_000, null, "at most 2000 sub-fields")]
    public void A_message_of_thousands_of_fields_is_told_in_bounds(int subs, string? warning, string? fault)
    {
        var lines = string.Concat(Enumerable.Repeat("\u001Dt-", subs));
        var bytes = Encoding.Latin1.GetBytes($"\u0002{RawBTerminal.Response($"9{lines}", type: "B4")}\u0003");
        var dialect = BDialectFiles.Of(BDialectFiles.Gpe);
        BInspector.Inspect(bytes, dialect);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var told = BInspector.Inspect(bytes, dialect);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(warning ?? "", told.Fields[^1].Value, StringComparison.Ordinal);
        Assert.Equal(fault is null, told.Error is null);
        Assert.Contains(fault ?? "", told.Error?.Text ?? "", StringComparison.Ordinal);
    }
}
