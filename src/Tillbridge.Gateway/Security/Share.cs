using System.Net;

namespace Tillbridge.Gateway.Security;

/// <summary>So many places in all, and so many of them for one address.</summary>
internal sealed class Share(int most, int mostOfOne)
{
    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> taken = [];
    private int all;

    /// <summary>A place, to be disposed of at its end; null when there is none for this caller.</summary>
    public IDisposable? Take(IPAddress caller)
    {
        lock (gate)
        {
            var own = taken.GetValueOrDefault(caller);
            if (all >= most || own >= mostOfOne) return null;
            taken[caller] = own + 1;
            all++;
        }

        return new Place(this, caller);
    }

    private void GiveBack(IPAddress caller)
    {
        lock (gate)
        {
            Invariant.Holds(all > 0, "a place is given back once");
            all--;
            if (--taken[caller] == 0) taken.Remove(caller);
        }
    }

    private sealed class Place(Share share, IPAddress caller) : IDisposable
    {
        private int isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isOver, 1) == 0) share.GiveBack(caller);
        }
    }
}
