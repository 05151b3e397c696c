using System.Net;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>What cannot be there twice: a device has one owner, and a port one listener.</summary>
internal static class Overlaps
{
    /// <summary>Names the terminals whose device another one has already.</summary>
    public static void OfTerminals(IReadOnlyList<TerminalEntry> terminals, List<JsonFault> faults)
    {
        foreach (var same in terminals.GroupBy(entry => entry.Settings.Address.Place).Where(same => same.Count() > 1))
        {
            foreach (var entry in same.Skip(1))
            {
                faults.Add(new(
                    $"terminals.{entry.Name}.uri",
                    $"{same.Key} is the terminal '{same.First().Name}' already, and one device has one owner; leave one of them out."));
            }
        }
    }

    /// <summary>True when both cannot be listened on at once; port 0 takes a free one.</summary>
    public static bool Of(IPEndPoint one, IPEndPoint other) => one.Port == other.Port && one.Port != 0
        && (one.Address.Equals(other.Address) || IsEverywhere(one.Address) || IsEverywhere(other.Address));

    private static bool IsEverywhere(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
