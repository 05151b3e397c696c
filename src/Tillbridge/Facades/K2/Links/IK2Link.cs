namespace Tillbridge.Facades.K2.Links;

/// <summary>The way from the client objects to an engine: in this process, or behind a gateway.</summary>
internal interface IK2Link : IAsyncDisposable
{
    /// <summary>What a client of that caller holds: equal texts are one terminal.</summary>
    string HolderOf(K2Caller caller);

    /// <summary>Hands an order in; with the same key again it finds what became of it.</summary>
    Task<K2Started> Start(K2Order order, CancellationToken shutdown);

    /// <summary>Looks for the session of an order that may have been taken; neither session nor refusal: it is not seen.</summary>
    Task<K2Started> Look(K2Order order, CancellationToken shutdown);

    /// <summary>Waits until the session is closed, at most that long; returns it as it then is, null when nobody can tell.</summary>
    Task<K2Result?> Await(string session, TimeSpan limit, CancellationToken stop);

    /// <summary>Asks the terminal to stop; a request only.</summary>
    Task Abort(string session, CancellationToken shutdown);

    /// <summary>Takes the terminal away from a session.</summary>
    Task Displace(string session, CancellationToken shutdown);

    /// <summary>The frames of a session, masked, for the log.</summary>
    Task<IReadOnlyList<K2Frame>> Frames(string session, CancellationToken shutdown);
}
