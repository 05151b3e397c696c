using System.Text.Json;

namespace Tillbridge.Gateway.Tests.Support;

/// <summary>Many orders of one key at once.</summary>
internal static class ManyOrders
{
    private const int Count = 50;

    public static Task<JsonElement>[] Send(GatewayProcess gateway, string key, int waitSeconds, CancellationToken stop) =>
        [.. Enumerable.Range(0, Count).Select(_ => gateway.Pay(KillCases.Cents, key, waitSeconds, stop))];

    /// <summary>All are the same session with the same end; returns it.</summary>
    public static JsonElement CheckAlike(JsonElement[] answers)
    {
        Assert.Equal(Count, answers.Length);
        var alike = answers.Select(answer => answer.GetRawText()).Distinct().ToList();
        Assert.True(alike.Count == 1, string.Join(Environment.NewLine, alike));
        Assert.Equal("closed", answers[0].GetProperty("phase").GetString());
        return answers[0];
    }
}
