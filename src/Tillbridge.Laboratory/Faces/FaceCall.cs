using Tillbridge.Laboratory.Simulation;

namespace Tillbridge.Laboratory.Faces;

/// <summary>One command as it was sent once; a repeat of it is another.</summary>
internal sealed class FaceCall(string path, string command, string parameter, string? key, OrderNote? note, ReceiverFault? fault)
{
    /// <summary>Its callback address; every sending has one of its own, so that each message is known by it.</summary>
    public string Url => $"http://127.0.0.1:9000/{path}";

    public string Path => path;

    public string Command => command;

    public string Parameter => parameter;

    public string? Key => key;

    /// <summary>What the ledger knows of it; null for a command without a session.</summary>
    public OrderNote? Note => note;

    /// <summary>What its receiver does.</summary>
    public ReceiverFault? Fault => fault;

    /// <summary>Messages that were delivered, whole and in time.</summary>
    public int Delivered { get; set; }

    /// <summary>When its trouble struck first; null before.</summary>
    public long? StruckAt { get; set; }

    /// <summary>The face said that nothing will be done.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The answer was handed to the client, whether or not it got there.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The life of the host that took it.</summary>
    public SimProcess? TakenBy { get; set; }

    /// <summary>The client was gone before it could be answered.</summary>
    public bool IsGone { get; set; }

    /// <summary>The end of a command without a session.</summary>
    public FaceMessage? Result { get; set; }
}
