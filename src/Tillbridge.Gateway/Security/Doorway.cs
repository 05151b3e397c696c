using System.Net;
using Microsoft.AspNetCore.Connections;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Security;

/// <summary>
/// How many connections there are, in all and of one address. When there is no more room, one that is idle is closed for who
/// comes: first of those that never showed a key, the oldest of the address that has the most.
/// </summary>
internal sealed class Doorway(int most, int mostOfOne)
{
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, Room> rooms = [];
    private int open;
    private long turnedAway;

    /// <summary>A doorway with these limits.</summary>
    public static Doorway Of(GatewayLimits limits) => new(limits.Connections, limits.OfOneAddress);

    /// <summary>Connections that are open.</summary>
    public int Open
    {
        get { lock (gate) return open; }
    }

    /// <summary>Connections that were closed while idle, or not taken in, since the start.</summary>
    public long TurnedAway => Interlocked.Read(ref turnedAway);

    /// <summary>Lets a connection in, or closes it at once when all others are at work.</summary>
    public async Task Pass(ConnectionContext connection, ConnectionDelegate next)
    {
        var visitor = new Visitor(this, connection, Caller.Of((connection.RemoteEndPoint as IPEndPoint)?.Address));
        var isIn = Enter(visitor, out var closed);
        closed?.Close();
        if (!isIn || closed is not null) Interlocked.Increment(ref turnedAway);
        if (!isIn)
        {
            connection.Abort(new ConnectionAbortedException("There are as many connections at work as there may be."));
            return;
        }

        connection.Features.Set(visitor);
        try
        {
            await next(connection);
        }
        finally
        {
            lock (gate) Leave_NeedsLock(visitor);
        }
    }

    /// <summary>Takes it out of the idle ones.</summary>
    public void Work(Visitor visitor)
    {
        lock (gate)
        {
            visitor.Working++;
            Unlist_NeedsLock(visitor);
        }
    }

    /// <summary>Puts it to the end of the idle ones.</summary>
    public void Rest(Visitor visitor)
    {
        lock (gate)
        {
            Invariant.Holds(visitor.Working > 0, "who rests has worked");
            visitor.Working--;
            if (visitor.Working > 0 || !rooms.TryGetValue(visitor.Caller, out var room) || !room.All.Contains(visitor)) return;
            Unlist_NeedsLock(visitor);
            visitor.Idle = room.IdleOf(visitor).AddLast(visitor);
        }
    }

    /// <summary>Notes that its caller has shown a right key.</summary>
    public void Knows(Visitor visitor)
    {
        lock (gate)
        {
            if (visitor.IsKnown) return;
            var wasIdle = visitor.Idle is not null;
            Unlist_NeedsLock(visitor);
            visitor.IsKnown = true;
            if (wasIdle) visitor.Idle = rooms[visitor.Caller].IdleOf(visitor).AddLast(visitor);
        }
    }

    private bool Enter(Visitor visitor, out Visitor? closed)
    {
        lock (gate)
        {
            closed = null;
            var own = rooms.GetValueOrDefault(visitor.Caller);
            var isFull = open >= most;
            if (own?.All.Count >= mostOfOne || isFull)
            {
                closed = own?.All.Count >= mostOfOne ? own.OldestIdle : OldestIdle_NeedsLock();
                if (closed is null) return false;
                Leave_NeedsLock(closed);
            }

            if (!rooms.TryGetValue(visitor.Caller, out var room)) rooms[visitor.Caller] = room = new();
            room.All.Add(visitor);
            visitor.Idle = room.IdleOf(visitor).AddLast(visitor);
            open++;
            return true;
        }
    }

    private Visitor? OldestIdle_NeedsLock() =>
        rooms.Values.Where(room => room.Strangers.Count > 0).MaxBy(room => room.All.Count)?.OldestIdle
        ?? rooms.Values.Where(room => room.Known.Count > 0).MaxBy(room => room.All.Count)?.OldestIdle;

    private static void Unlist_NeedsLock(Visitor visitor)
    {
        if (visitor.Idle is { } node) node.List!.Remove(node);
        visitor.Idle = null;
    }

    private void Leave_NeedsLock(Visitor visitor)
    {
        if (!rooms.TryGetValue(visitor.Caller, out var room) || !room.All.Remove(visitor)) return;
        Unlist_NeedsLock(visitor);
        if (room.All.Count == 0) rooms.Remove(visitor.Caller);
        open--;
        Invariant.Holds(open >= 0, "a connection leaves once");
    }

    private sealed class Room
    {
        public HashSet<Visitor> All { get; } = [];

        public LinkedList<Visitor> Strangers { get; } = [];

        public LinkedList<Visitor> Known { get; } = [];

        public Visitor? OldestIdle => Strangers.First?.Value ?? Known.First?.Value;

        public LinkedList<Visitor> IdleOf(Visitor visitor) => visitor.IsKnown ? Known : Strangers;
    }
}
