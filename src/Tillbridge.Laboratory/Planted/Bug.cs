using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Transports;

namespace Tillbridge.Laboratory.Planted;

/// <summary>
/// A bug that the laboratory must find. It is planted at the seams around the engine — protocol, line, journal — and exists in
/// this assembly only.
/// </summary>
internal abstract class Bug(string name)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Bug> All { get; } =
        [new TellsBeforeDurable(), new RetriesOnTimeOut(), new LosesHalfFrames(), new BelievesNotFound()];

    public string Name => name;

    public virtual IProtocol Plant(IProtocol protocol) => protocol;

    public virtual ITransport Plant(ITransport transport) => transport;

    public virtual IJournal Plant(IJournal journal) => journal;
}
