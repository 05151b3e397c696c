using Tillbridge.Domain;
using Tillbridge.Domain.Keys;
using Tillbridge.Journal;
using Tillbridge.Sessions;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Sessions;

/// <summary>Two keys that look alike are one payment, and a key of an older version is still known.</summary>
public sealed class OrderKeyTests
{
    private const string Composed = "caf\u00E9-1";
    private const string Decomposed = "cafe\u0301-1";

    [Theory]
    [InlineData(Composed, Decomposed)]
    [InlineData(Decomposed, Composed)]
    public async Task One_key_in_two_forms_of_Unicode_books_once(string first, string second)
    {
        await using var bench = await TestBench.Start();

        var paid = await bench.Run(TestBench.Sale(1250), first);
        var again = await bench.Submit(TestBench.Sale(1250), second);
        var other = await bench.Submit(TestBench.Sale(1300), second);

        Assert.Equal((true, paid.Id), (again.IsReplay, again.Session?.Id));
        Assert.Equal(RefusalCode.IdempotencyConflict, other.Refusal?.Code);
        Assert.Equal(Composed, paid.Key);
        Assert.Single(bench.Virtual.Acquirer.Lines);
    }

    [Theory]
    [InlineData(Decomposed, Decomposed)]
    [InlineData(Decomposed, Composed)]
    [InlineData("order-1 ", "order-1 ")]
    [InlineData("order\u00A01", "order\u00A01")]
    [InlineData("order\uFE0F1", "order\uFE0F1")]
    public async Task A_key_that_an_older_version_took_is_told_again_and_charges_nothing(string kept, string sent)
    {
        await using var bench = await TestBench.Start(journal: new OlderJournal("plain", kept));
        var paid = await bench.Run(TestBench.Sale(1250), "plain");

        var again = await bench.Submit(TestBench.Sale(1250), sent);

        Assert.Equal((true, paid.Id), (again.IsReplay, again.Session?.Id));
        Assert.Single(bench.Virtual.Acquirer.Lines);
    }

    [Theory]
    [InlineData("", "1 to 128")]
    [InlineData("a\u200Bb", "U+200B")]
    [InlineData("a\u202Eb", "U+202E")]
    [InlineData("a\u2066b", "U+2066")]
    [InlineData("\uFEFFa", "U+FEFF")]
    [InlineData("a\u00ADb", "U+00AD")]
    [InlineData("a\u3164b", "U+3164")]
    [InlineData("a\u2800b", "U+2800")]
    [InlineData("a\uFE0F", "U+FE0F")]
    [InlineData("a\U000E0041", "U+E0041")]
    [InlineData("a\u00A0b", "U+00A0")]
    [InlineData("a\nb", "U+000A")]
    [InlineData(" a", "blank")]
    [InlineData("a ", "blank")]
    public void A_key_with_what_nobody_sees_is_none(string key, string why)
    {
        Assert.Contains(why, OrderKey.Fault(key), StringComparison.Ordinal);
        Assert.Contains("1 to 128 printable characters", OrderKey.Fault(key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Such_a_key_half_a_sign_and_too_many_of_them_are_refused_before_anything_is_sent()
    {
        await using var bench = await TestBench.Start();
        string[] keys = ["a\u200Bb", "a ", "", "a\uD800", "\uDC00a", new('k', 129), new('\u0958', 65)];

        foreach (var key in keys)
        {
            var refusal = (await bench.Submit(TestBench.Sale(1250), key)).Refusal!;
            Assert.Equal((RefusalCode.InvalidRequest, "Idempotency-Key"), (refusal.Code, refusal.Field));
        }

        Assert.Empty(bench.Virtual.Acquirer.Lines);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("objedn\u00E1vka \u010D. 7")]
    [InlineData("\u6CE8\u6587-7")]
    [InlineData("\U0001F600")]
    public void A_key_in_any_script_is_taken_and_kept_as_it_is(string key)
    {
        Assert.Null(OrderKey.Fault(key));
        Assert.Equal(key, OrderKey.Normal(key));
    }

    // What was accepted under one key stands in it under another that no new order could bring.
    private sealed class OlderJournal(string written, string kept) : KeptJournal(new MemoryJournal(TimeProvider.System))
    {
        public override async Task<Session?> FindByKey(string key, CancellationToken shutdown)
        {
            if (key == written) return null;
            var found = await base.FindByKey(key == kept ? written : key, shutdown);
            return found is not null && key == kept ? found with { Key = kept } : found;
        }
    }
}
