using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tillbridge.Domain;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Page;

/// <summary>"Every kind" of docs/api.md: its orders are taken, and its table is true.</summary>
public sealed partial class KindsPageTests
{
    private const string KeyHeader = "Idempotency-Key";

    private static readonly string Section = Pages.Read("docs", "api.md").Split("## Every kind")[1].Split("\n## ")[0];

    private static readonly Dictionary<RequestKind, (string Line, string Body)> Orders = Curls().Matches(Section)
        .ToDictionary(match => Words<RequestKind>.ByWord[match.Groups["kind"].Value], match => (match.Value, match.Groups["body"].Value));

    private static readonly Dictionary<RequestKind, string[]> Table = Section.Split('\n')
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
        .ToDictionary(cells => Words<RequestKind>.ByWord[cells[0].Trim('`')], cells => cells[1..]);

    [Fact]
    public void Every_kind_has_an_order_and_a_row_that_says_what_the_rules_say()
    {
        Assert.Equal(Enum.GetValues<RequestKind>().Order(), Orders.Keys.Order());
        Assert.Equal(Enum.GetValues<RequestKind>().Order(), Table.Keys.Order());
        foreach (var (kind, cells) in Table)
        {
            List<string> needs = [];
            if (kind.MovesMoney()) needs.Add(KeyHeader);
            if (kind.NeedsAmount()) needs.Add("amount");
            if (kind is RequestKind.SaleWithCashback) needs.Add("cashback");
            if (kind.NeedsOriginal()) needs.Add("original");
            Assert.Equal(needs, Names(cells[0]));
            Assert.Equal(kind.MovesMoney(), Orders[kind].Line.Contains(KeyHeader, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("zvt", 2, "EUR")]
    [InlineData("gpe", 3, "CZK")]
    [InlineData("csob-b", 4, "CZK")]
    public async Task Each_order_is_answered_as_the_table_says(string protocol, int column, string currency)
    {
        await using var gateway = await TestGateway.Start(protocol: protocol);
        foreach (var (kind, (_, order)) in Orders)
        {
            var body = Here(order, currency);
            if (order.Contains("'$ID'", StringComparison.Ordinal))
            {
                // A new one each time: what is undone or booked already is no original any more.
                var first = kind is RequestKind.Reversal ? RequestKind.Sale : RequestKind.PreAuthorization;
                var booked = await gateway.Post("/v1/sessions", Here(Orders[first].Body, currency), $"before-{kind}", wait: 60);
                body = body.Replace("'$ID'", booked.Json.GetProperty("id").GetString(), StringComparison.Ordinal);
            }

            var answer = await gateway.Post("/v1/sessions", body, kind.MovesMoney() ? $"try-{kind}" : null, wait: 60);

            if (Table[kind][column] == "yes")
            {
                Assert.True(answer.Status is HttpStatusCode.Created, $"{kind}: {answer.Text}");
                Assert.True(answer.Json.GetProperty("outcome").GetString() == "approved", $"{kind}: {answer.Text}");
            }
            else
            {
                Assert.Equal($"{(int)HttpStatusCode.UnprocessableEntity}", Table[kind][column]);
                answer.IsProblem(422, "unsupported-by-terminal", "kind");
            }
        }
    }

    [Fact]
    public async Task Without_what_is_needed_and_with_what_is_refused_an_order_is_400_with_the_field()
    {
        await using var gateway = await TestGateway.Start();
        var some = JsonNode.Parse("""
            { "cashback": { "minorUnits": 100, "currency": "EUR" }, "original": { "receipt": "1" }, "confirm": true }
            """)!.AsObject();
        foreach (var (kind, (_, order)) in Orders)
        {
            var body = Here(order, "EUR").Replace("'$ID'", new string('0', SessionId.Length), StringComparison.Ordinal);
            foreach (var needed in Names(Table[kind][0]))
            {
                var less = JsonNode.Parse(body)!.AsObject();
                less.Remove(needed);
                var key = kind.MovesMoney() && needed != KeyHeader ? $"less-{kind}-{needed}" : null;
                (await gateway.Post("/v1/sessions", less.ToJsonString(), key)).IsProblem(400, "invalid-request", needed);
            }

            foreach (var refused in Names(Table[kind][1]))
            {
                var more = JsonNode.Parse(body)!.AsObject();
                more[refused] = some[refused]!.DeepClone();
                var answer = await gateway.Post("/v1/sessions", more.ToJsonString(), $"more-{kind}-{refused}");
                answer.IsProblem(400, "invalid-request", refused);
            }
        }

        Assert.Empty(gateway.Acquirer.Lines);
    }

    private static string Here(string body, string currency) =>
        Demo().Replace(body, "till-1").Replace("\"EUR\"", $"\"{currency}\"", StringComparison.Ordinal);

    private static string[] Names(string cell) => [.. cell.Split(", ").Where(name => name != "-").Select(name => name.Trim('`'))];

    [GeneratedRegex("""^curl .* -d '(?<body>\{"kind":"(?<kind>\w+)".*\})'(?:\s+#.*)?$""", RegexOptions.Multiline)]
    private static partial Regex Curls();

    [GeneratedRegex("demo-[a-z-]+")]
    private static partial Regex Demo();
}
