namespace Tillbridge.Gateway.Tests.Support;

/// <summary>Waits for a condition behind real sockets and processes, which have no virtual time; never without an end.</summary>
internal static class Wait
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    public static Task Until(Func<bool> isSo) => Until(_ => Task.FromResult(isSo()));

    public static async Task Until(Func<CancellationToken, Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Longest);
        while (!await isSo(patience.Token)) await Task.Delay(Poll, TimeProvider.System, patience.Token);
    }
}
