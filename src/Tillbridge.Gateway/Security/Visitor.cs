using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Security;

/// <summary>One connection. It is at work from when its request is there in whole until the answer has been sent.</summary>
internal sealed class Visitor(Doorway doorway, ConnectionContext connection, IPAddress caller)
{
    private Doorway Doorway { get; } = doorway;

    /// <summary>Whose share it counts into.</summary>
    public IPAddress Caller { get; } = caller;

    /// <summary>Its place among the idle ones; the doorway's.</summary>
    public LinkedListNode<Visitor>? Idle { get; set; }

    /// <summary>True when a right key was shown on it; the doorway's.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The visitor behind a request; null outside of the gateway's own server.</summary>
    public static Visitor? Of(HttpContext context) => context.Features.Get<Visitor>();

    /// <summary>Its caller has shown a right key.</summary>
    public void Knows() => Doorway.Knows(this);

    /// <summary>Requests of it that are at work; several only with HTTP/2. The doorway's.</summary>
    public int Working { get; set; }

    /// <summary>A request is there in whole: from now on its connection is not closed for another.</summary>
    public static void Work(HttpContext context)
    {
        if (context.Features.Get<Visitor>() is not { } visitor || context.Features.Get<Turn>() is not null) return;
        context.Features.Set(new Turn(visitor));
        visitor.Doorway.Work(visitor);
        context.Response.OnCompleted(() =>
        {
            Rest(context);
            return Task.CompletedTask;
        });
    }

    /// <summary>All that a request still needs is a caller who reads the answer: nobody else waits for that.</summary>
    public static void Rest(HttpContext context)
    {
        if (context.Features.Get<Turn>() is not { } turn || !turn.End()) return;
        turn.Visitor.Doorway.Rest(turn.Visitor);
    }

    /// <summary>Closes it.</summary>
    public void Close() => connection.Abort(new ConnectionAbortedException("Closed while idle, for a caller who came."));

    private sealed class Turn(Visitor visitor)
    {
        private int isOver;

        public Visitor Visitor { get; } = visitor;

        public bool End() => Interlocked.Exchange(ref isOver, 1) == 0;
    }
}
