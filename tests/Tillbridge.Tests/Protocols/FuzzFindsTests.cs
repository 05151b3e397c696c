using System.Text;
using Tillbridge.Protocols;
using Tillbridge.Protocols.Zvt;
using Tillbridge.Protocols.Zvt.Apdu;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Protocols;

/// <summary>What fuzzing found. What only took too long is kept as a seed of the corpus, where time is measured.</summary>
public sealed class FuzzFindsTests
{
    [Fact]
    public void A_long_row_of_card_numbers_is_masked_to_the_last_one()
    {
        var masked = CardNumbers.MaskIn(string.Concat(Enumerable.Repeat("4111111111111111 ", 500)));

        Assert.Equal(string.Concat(Enumerable.Repeat("411111******1111 ", 500)), masked);
        Assert.Equal(masked, CardNumbers.MaskIn(masked));
    }

    [Fact]
    public void Bytes_that_nobody_can_name_are_hidden_beyond_what_anybody_reads()
    {
        var bytes = new byte[60_000];
        Encoding.ASCII.GetBytes("4111111111111111").CopyTo(bytes, 50_000);

        Assert.True(CardNumbers.HideIn(bytes));

        Assert.Equal((0x00, 0xEE), (bytes[0], bytes[50_000]));
    }

    [Theory]
    [InlineData(16, "340282366920938463463374607431768211455")]
    [InlineData(17, "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    public void A_number_of_more_bytes_than_any_counter_has_is_shown_as_bytes(int size, string shown)
    {
        Assert.True(FieldFormat.Number.TryShow(Enumerable.Repeat((byte)0xFF, size).ToArray(), Encoding.Latin1, out var text));

        Assert.Equal(shown, text);
    }

    [Fact]
    public void A_dump_of_the_longest_message_stays_readable()
    {
        var dump = ZvtInspector.Dump(Convert.FromHexString("0814FFF0FF" + new string('0', 2 * 0xFFF0)), Sender.Terminal);

        Assert.Contains("bytes more", dump, StringComparison.Ordinal);
        Assert.True(dump.Length < 100_000, $"{dump.Length} characters");
    }

    [Fact]
    public void A_version_with_bytes_outside_of_its_set_reads_the_same_after_it_was_sent_on()
    {
        var bytes = Convert.FromHexString("060F07F0F0F3EE6C6100");
        Assert.True(ZvtCodec.TryDecode(bytes, Sender.Terminal, ZvtText.Default, out var first, out _));

        Assert.True(ZvtCodec.TryDecode(ZvtCodec.Encode(first), Sender.Terminal, ZvtText.Default, out var second, out _));
        Assert.Equal(first, second);
    }

    // Found by coverage: the last byte was lost, and without it the currency and its container read as one longer container.
    [Fact]
    public void A_registration_with_bytes_that_nobody_can_read_is_not_written_as_if_they_had_not_been_there()
    {
        var bytes = Convert.FromHexString("06000D00000606060606040006060680");
        var parser = new ZvtProtocol().Parsers.Single(one => one.Name == "codec-ecr");

        var read = parser.Read(bytes);

        Assert.NotNull(read);
        Assert.Null(parser.Write(read));
    }

    // Found by lines full of short messages: each copied all that stood behind it.
    [Theory]
    [InlineData("800000")]
    [InlineData("10028000001003F51F")]
    public void A_message_costs_what_it_holds_and_not_what_stands_behind_it(string hex)
    {
        byte[] bytes = [.. Convert.FromHexString(hex), .. new byte[1_000_000]];
        ZvtInspector.Inspect(bytes, Sender.Terminal);

        var before = GC.GetAllocatedBytesForCurrentThread();
        ZvtInspector.Inspect(bytes, Sender.Terminal);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 50_000);
    }

    // A virtual terminal killed between its memory and its books; seen by reading, when real processes were killed.
    [Fact]
    public void A_line_that_was_cut_off_the_books_is_written_at_the_next_start()
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-cut-off-").FullName;
        var settings = new VirtualTerminalSettings { DataDirectory = folder, BooksFile = Path.Combine(folder, "books.jsonl") };
        var acquirer = new VirtualAcquirer(settings, TimeProvider.System);
        acquirer.Book("sale", 100, "EUR", "a", "0001", null);
        var before = File.ReadAllText(settings.BooksFile);
        acquirer.Book("sale", 200, "EUR", "b", "0002", null);
        var whole = File.ReadAllText(settings.BooksFile);
        File.WriteAllText(settings.BooksFile, before);

        _ = new VirtualAcquirer(settings, TimeProvider.System);
        _ = new VirtualAcquirer(settings, TimeProvider.System);

        Assert.Equal(whole, File.ReadAllText(settings.BooksFile));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("{\"lines\":[{]")]
    [InlineData("{\"lines\":null}")]
    [InlineData("{\"lines\":[null]}")]
    [InlineData("{\"lines\":[{\"utc\":\"2026-11-25T07:46:25+00:00\",\"terminal\":\"t\",\"kind\":\"sale\",\"currency\":\"EUR\","
        + "\"receipt\":\"1\",\"state\":\"booked\"}]}")]
    [InlineData("null")]
    public void A_damaged_memory_of_a_virtual_terminal_says_what_to_do(string memory)
    {
        var folder = Directory.CreateTempSubdirectory("tillbridge-damaged-").FullName;
        File.WriteAllText(Path.Combine(folder, "virtual-terminal.json"), memory);

        var error = Assert.Throws<IOException>(() => new VirtualAcquirer(new() { DataDirectory = folder }, TimeProvider.System));

        Assert.Contains("Delete its data directory", error.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }
}
