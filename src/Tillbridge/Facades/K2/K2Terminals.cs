using Tillbridge.Domain;
using Tillbridge.Facades.K2.Links;
using Tillbridge.Sessions;

namespace Tillbridge.Facades.K2;

/// <summary>
/// Where client objects find their terminals: the engine of this process, or a gateway. One for the whole program; clients of one
/// <see cref="K2Terminals"/> know of each other.
/// </summary>
public sealed class K2Terminals : IAsyncDisposable, IDisposable
{
    private readonly string mark;
    private int made;

    internal K2Terminals(IK2Link link, K2Options? options, TimeProvider clock, IdSource ids)
    {
        (Link, Options, Clock, Ids) = (link, options ?? new K2Options(), clock, ids);
        mark = ids.NewKey();
        Log = new K2Log(Options.LogDirectory, clock);
    }

    /// <summary>How the client objects behave unless a call says otherwise.</summary>
    public K2Options Options { get; }

    /// <summary>Why the log is not written; null while it is.</summary>
    public string? LogTrouble => Log.Trouble;

    internal IK2Link Link { get; }

    internal TimeProvider Clock { get; }

    internal IdSource Ids { get; }

    internal K2Log Log { get; }

    internal K2Seats Seats { get; } = new();

    /// <summary>The engine behind a gateway.</summary>
    /// <param name="gateway">Its address, for example <c>http://127.0.0.1:8190</c>.</param>
    /// <param name="key">An API key; null where the gateway wants none.</param>
    /// <param name="options">How the client objects behave.</param>
    /// <exception cref="ArgumentException">The address is none.</exception>
    public static K2Terminals Connect(string gateway, string? key = null, K2Options? options = null)
    {
        if (!Uri.TryCreate(gateway, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{gateway}' is no address of a gateway; write http://127.0.0.1:8190.", nameof(gateway));
#pragma warning disable RS0030 // Here a host is composed: the till's own program.
        var clock = TimeProvider.System;
#pragma warning restore RS0030
        return new K2Terminals(new GatewayLink(address, key, clock), options, clock, IdSource.Of(clock));
    }

    /// <summary>An engine that the caller hosts itself in this process; it stays the caller's. The log has outcomes, no frames.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="route">The terminal of a caller; null where no rule names it.</param>
    /// <param name="clock">Time.</param>
    /// <param name="options">How the client objects behave.</param>
    public static K2Terminals Over(ITerminals engine, Func<K2Caller, string?> route, TimeProvider clock, K2Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(route);
        return new K2Terminals(new EngineLink(engine, new K2Hosting(caller => (route(caller), null))), options, clock, IdSource.Of(clock));
    }

    /// <inheritdoc/>
    public void Dispose() => Blocking.Run(async () =>
    {
        await DisposeAsync();
        return true;
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        Log.Dispose();
    }

    internal string NewMark() => $"{mark}-{Interlocked.Increment(ref made)}";

    internal bool IsOurs(string client) => client.StartsWith(mark + "-", StringComparison.Ordinal);
}
