namespace Tillbridge.Domain;

/// <summary>What a progress of any protocol is about, in stable codes that all protocols share.</summary>
public static class ProgressCode
{
    /// <summary>The cardholder is asked for a card.</summary>
    public const string InsertCard = "insert-card";

    /// <summary>The card can be taken.</summary>
    public const string RemoveCard = "remove-card";

    /// <summary>The cardholder is to look at the PIN pad.</summary>
    public const string EnterPin = "enter-pin";

    /// <summary>The terminal talks to its host.</summary>
    public const string HostContact = "host-contact";

    /// <summary>Something goes on that needs nobody.</summary>
    public const string PleaseWait = "please-wait";

    /// <summary>The PIN was wrong.</summary>
    public const string WrongPin = "wrong-pin";

    /// <summary>The card is not taken; it can be that another is asked for.</summary>
    public const string CardRefused = "card-refused";

    /// <summary>A receipt is being printed.</summary>
    public const string Printing = "printing";

    /// <summary>Somebody asked to stop; the result follows.</summary>
    public const string AbortRequested = "abort-requested";

    /// <summary>The connection broke.</summary>
    public const string LinkLost = "link-lost";

    /// <summary>The terminal is asked what happened.</summary>
    public const string Recovering = "recovering";

    /// <summary>The order is taken and nothing is sent yet.</summary>
    public const string Accepted = "accepted";

    /// <summary>Anything else; the text says it.</summary>
    public const string Other = "other";
}
