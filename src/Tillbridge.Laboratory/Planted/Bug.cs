using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Journal;
using Tillbridge.Protocols;
using Tillbridge.Sessions;
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

    /// <summary>Those of the callback face, planted at its seams: journal, engine, sender.</summary>
    public static IReadOnlyList<Bug> OfFace { get; } =
    [
        new Faces.ForgetsTheEntry(), new Faces.TellsWhatIsAnnounced(), new Faces.TellsBeforeItsNumber(), new Faces.TellsOtherAmount(),
        new Faces.TakesWhatItRefused(), new Faces.AsksWithoutProbe(), new Faces.ForgetsThatItWasSeen(), new Faces.DoubtsDeliveries(),
        new Faces.LetsItRun(),
    ];

    public string Name => name;

    public virtual IProtocol Plant(IProtocol protocol) => protocol;

    public virtual ITransport Plant(ITransport transport) => transport;

    public virtual IJournal Plant(IJournal journal) => journal;

    /// <summary>The journal as the callback face sees it.</summary>
    public virtual IJournal PlantFace(IJournal journal) => journal;

    public virtual ICallbackSender Plant(ICallbackSender sender) => sender;

    /// <summary>The engine as the callback face sees it.</summary>
    public virtual ITerminals Plant(ITerminals engine) => engine;
}
