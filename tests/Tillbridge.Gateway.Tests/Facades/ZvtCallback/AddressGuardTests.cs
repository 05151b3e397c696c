using System.Net;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>Where a caller can make us call (reference §8).</summary>
public sealed class AddressGuardTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("loopback", "http://127.0.0.1:9000/x", true)]
    [InlineData("loopback", "https://[::1]:9000/x", true)]
    [InlineData("loopback", "http://shop.example/x", false)]
    [InlineData("http://shop.example", "http://shop.example/any", true)]
    [InlineData("http://shop.example", "https://shop.example/any", false)]
    [InlineData("http://shop.example", "http://shop.example:81/any", false)]
    [InlineData("http://shop.example:81", "http://SHOP.example:81/any", true)]
    [InlineData("https://*.shop.example", "https://a.shop.example/x", true)]
    [InlineData("https://*.shop.example", "https://shop.example/x", false)]
    [InlineData("https://*.shop.example", "https://evilshop.example/x", false)]
    [InlineData("http://192.168.10.0/24:9000", "http://192.168.10.77:9000/x", true)]
    [InlineData("http://192.168.10.0/24:9000", "http://192.168.11.77:9000/x", false)]
    [InlineData("http://192.168.10.0/24:9000", "http://192.168.10.77:9001/x", false)]
    [InlineData("http://192.168.10.0/24:9000", "http://shop.example:9000/x", false)]
    public async Task A_rule_lets_through_what_it_names_and_nothing_else(string rule, string url, bool allowed)
    {
        var (addresses, why) = await Guard(rule, "93.184.216.34").Admit(new(url), Stop);
        Assert.Equal(allowed, addresses.Count > 0);
        Assert.Equal(allowed, why.Length == 0);
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("::a9fe:a9fe")]
    public async Task A_name_that_stands_for_a_banned_address_is_refused(string address)
    {
        var (addresses, why) = await Guard("http://shop.example", address).Admit(new("http://shop.example/x"), Stop);
        Assert.Empty(addresses);
        Assert.Contains("shop.example", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_banned_address_among_good_ones_is_enough()
    {
        var guard = Guard("http://shop.example", "93.184.216.34", "169.254.169.254");
        var (addresses, _) = await guard.Admit(new("http://shop.example/x"), Stop);
        Assert.Empty(addresses);
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_before_the_connection_gains_nothing()
    {
        var answers = new Queue<string>(["93.184.216.34", "169.254.169.254"]);
        var guard = new AddressGuard(
            [AddressRule.TryParse("http://shop.example", out _)!], () => [],
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(answers.Dequeue())]));
        Assert.Single((await guard.Admit(new("http://shop.example/x"), Stop)).Addresses);
        Assert.Empty((await guard.Admit(new("http://shop.example/x"), Stop)).Addresses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("shop.example")]
    [InlineData("ftp://shop.example")]
    [InlineData("http://")]
    [InlineData("http://shop.example/path")]
    [InlineData("http://user@shop.example")]
    [InlineData("http://*")]
    [InlineData("http://10.0.0.0/33")]
    [InlineData("http://10.0.0.0/8:0")]
    public void A_rule_that_is_none_says_what_one_looks_like(string text)
    {
        Assert.Null(AddressRule.TryParse(text, out var why));
        Assert.Contains("loopback", why, StringComparison.Ordinal);
    }

    private static AddressGuard Guard(string rule, params string[] resolved) => new(
        [AddressRule.TryParse(rule, out _)!], () => [], (_, _) => Task.FromResult<IPAddress[]>([.. resolved.Select(IPAddress.Parse)]));
}
