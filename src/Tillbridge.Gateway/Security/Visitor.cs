using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Tillbridge.Gateway.Security;

/// <summary>One connection. It is at work from when its request is there in whole until the answer has been sent.</summary>
internal sealed class Visitor(Doorway doorway, ConnectionContext connection, IPAddress caller)
{
    /// <summary>Whose share it counts into.</summary>
    public IPAddress Caller { get; } = caller;

    /// <summary>Its place among the idle ones; the doorway's.</summary>
    public LinkedListNode<Visitor>? Idle { get; set; }

    /// <summary>True when a right key was shown on it, or none is needed and something was asked; the doorway's.</summary>
    public bool IsKnown { get; set; }

    /// <summary>The visitor behind a request; null outside of the gateway's own server.</summary>
    public static Visitor? Of(HttpContext context) => context.Features.Get<Visitor>();

    /// <summary>Its caller may ask here.</summary>
    public void Knows() => doorway.Knows(this);

    /// <summary>Its request is there in whole: from now on it is not closed for another.</summary>
    public void Work(HttpContext context)
    {
        doorway.Work(this);
        context.Response.OnCompleted(() =>
        {
            doorway.Rest(this);
            return Task.CompletedTask;
        });
    }

    /// <summary>Closes it.</summary>
    public void Close() => connection.Abort(new ConnectionAbortedException("Closed while idle, for a caller who came."));
}
