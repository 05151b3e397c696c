using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>What was told, and may have been seen, about one session of the face.</summary>
internal sealed class Telling(string id, OrderNote note)
{
    public string Id => id;

    public OrderNote Note => note;

    /// <summary>The highest number of a message that left before the end.</summary>
    public int Told { get; set; }

    /// <summary>The bytes that left under that number.</summary>
    public ReadOnlyMemory<byte> ToldBody { get; set; }

    /// <summary>The number of the end message; 0 before it left.</summary>
    public int EndSequence { get; set; }

    /// <summary>The newest end that arrived at the client, whatever the face heard of that.</summary>
    public FaceMessage? Seen { get; set; }

    /// <summary>A "success" about this session arrived, as an end or in the list.</summary>
    public bool ApprovalSeen { get; set; }

    /// <summary>An attempt of the first message was delivered.</summary>
    public bool ProbeDelivered { get; set; }

    /// <summary>An end was delivered and the face that lives now knows it.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>That it was delivered stands on the disk.</summary>
    public bool IsConfirmedOnDisk { get; set; }

    /// <summary>An end was delivered at some time.</summary>
    public bool WasDelivered { get; set; }

    /// <summary>That the client acknowledged its entry stands on the disk.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>When its outcome became known for good.</summary>
    public long? KnownAt { get; set; }

    /// <summary>When attempts of its end left, in this life of the host and since the command was last sent.</summary>
    public Queue<long> Attempts { get; } = new();

    /// <summary>Repeats of the command that are being taken; while there are any, it may be told again at any moment.</summary>
    public int Repeating { get; set; }

    /// <summary>How often the command was sent again.</summary>
    public int Round { get; set; }

    /// <summary>When it became durable that nothing more has to be told; null while something has.</summary>
    public long? QuietSince { get; set; }
}
