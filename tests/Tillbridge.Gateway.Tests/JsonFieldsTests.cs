using System.Text;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Tests;

/// <summary>What a body with very many keys costs, and how much is said about it.</summary>
public sealed class JsonFieldsTests
{
    [Fact]
    public void Of_very_many_unknown_keys_the_first_are_named_and_the_others_counted()
    {
        var faults = new List<JsonFault>();
        Parse(30, faults)!.Finish();

        Assert.Equal(21, faults.Count);
        Assert.Equal("k0", faults[0].Path);
        Assert.Contains("10 more keys", faults[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_with_more_keys_than_any_document_has_is_refused()
    {
        var faults = new List<JsonFault>();
        Assert.NotNull(Parse(4096, faults));
        Assert.Empty(faults);
        Parse(4097, faults);
        Assert.Contains("more than 4096 keys", Assert.Single(faults).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_very_many_keys_that_stand_twice_the_first_are_named()
    {
        var faults = new List<JsonFault>();
        JsonFields.Parse(Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Repeat("\"k\":1", 5000))}}}"), faults);

        Assert.Equal(21, faults.Count);
        Assert.Contains("stands twice", faults[0].Text, StringComparison.Ordinal);
        Assert.Contains("more than 4096 keys", faults[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_named_so_and_take_little_memory()
    {
        var body = Enumerable.Repeat((byte)0x99, 60_000).ToArray();
        "{\"t\": t"u8.CopyTo(body);
        JsonFields.Parse(body, []);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var faults = new List<JsonFault>();
        Assert.Null(JsonFields.Parse(body, faults));

        Assert.Contains("broken UTF-8", Assert.Single(faults).Text, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < body.Length);
    }

    private static JsonFields? Parse(int keys, List<JsonFault> faults) => JsonFields.Parse(
        Encoding.UTF8.GetBytes($"{{{string.Join(',', Enumerable.Range(0, keys).Select(number => $"\"k{number}\":1"))}}}"), faults);
}
