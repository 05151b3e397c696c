namespace Tillbridge.Facades.K2;

/// <summary>
/// One client's hold on its terminal. Taken when the client is made, given back when it is freed; a newer client can take it away
/// (k2-client.md §4).
/// </summary>
internal sealed class K2Seat
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource displaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource vacated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly K2Seats seats;
    private bool isRunning;

    public K2Seat(K2Seats seats, string holder, string client, Task before) =>
        (this.seats, Holder, Client, Before) = (seats, holder, client, before);

    public string Holder { get; }

    /// <summary>The mark of the client object.</summary>
    public string Client { get; }

    /// <summary>Done when the client that held the terminal before has let go of it.</summary>
    public Task Before { get; }

    /// <summary>Done when a newer client took the terminal.</summary>
    public Task Displaced => displaced.Task;

    /// <summary>Done when its own client was freed.</summary>
    public Task Freed => freed.Task;

    /// <summary>Done when this client, displaced, has let go.</summary>
    public Task Vacated => vacated.Task;

    /// <summary>The client's request begins; its end lets go of the terminal if it was displaced meanwhile.</summary>
    public IDisposable Run()
    {
        lock (gate) isRunning = true;
        return new Running(this);
    }

    public void Displace()
    {
        lock (gate)
        {
            displaced.TrySetResult();
            if (!isRunning) vacated.TrySetResult();
        }
    }

    public void Free()
    {
        freed.TrySetResult();
        seats.Leave(this);
        lock (gate)
        {
            if (!isRunning) vacated.TrySetResult();
        }
    }

    private sealed class Running(K2Seat seat) : IDisposable
    {
        public void Dispose()
        {
            lock (seat.gate)
            {
                seat.isRunning = false;
                if (seat.Displaced.IsCompleted || seat.Freed.IsCompleted) seat.vacated.TrySetResult();
            }
        }
    }
}
