using Tillbridge.Domain;

namespace Tillbridge.Facades.K2.Links;

/// <summary>What a host in this process gives the client objects besides its engine.</summary>
/// <param name="route">The terminal of a caller, or why there is none.</param>
/// <param name="frames">The masked frames of a session, for the log.</param>
/// <param name="owned">Ends with the client objects' terminals; null when the host ends by itself.</param>
internal sealed class K2Hosting(
    Func<K2Caller, (string? Terminal, string? Why)> route,
    Func<SessionId, CancellationToken, Task<IReadOnlyList<K2Frame>>>? frames = null,
    IAsyncDisposable? owned = null) : IAsyncDisposable
{
    public (string? Terminal, string? Why) Route(K2Caller caller) => route(caller);

    public async Task<IReadOnlyList<K2Frame>> Frames(SessionId session, CancellationToken shutdown) =>
        frames is null ? [] : await frames(session, shutdown);

    public ValueTask DisposeAsync() => owned?.DisposeAsync() ?? ValueTask.CompletedTask;
}
