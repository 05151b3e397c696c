using System.Net;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

/// <summary>How a client of the callback face shows who it is.</summary>
public enum CallbackAuth
{
    /// <summary>Not at all; on a loopback address only.</summary>
    None,

    /// <summary>HTTP Basic: any name, the API key as password.</summary>
    Basic,

    /// <summary>HTTP Bearer with an API key.</summary>
    Bearer,
}

/// <summary>What a lost callback does to a running payment.</summary>
public enum OnUndeliverable
{
    /// <summary>The terminal is asked to stop.</summary>
    Abort,

    /// <summary>It is only recorded.</summary>
    Continue,
}

/// <summary>What becomes of a payment that was approved although nobody could be told.</summary>
public enum OrphanApproved
{
    /// <summary>It waits in the list for a person or the client.</summary>
    Keep,

    /// <summary>It is reversed once, where it is certain that nobody saw the approval.</summary>
    Reverse,
}

/// <summary>Whose receipt stands in a message.</summary>
public enum ReceiptChoice
{
    /// <summary>The cardholder's.</summary>
    Cardholder,

    /// <summary>The merchant's.</summary>
    Merchant,

    /// <summary>The merchant's, a form feed, the cardholder's.</summary>
    Both,
}

/// <summary>The section <c>facades.zvtCallback</c>, examined; defaults as in the reference §11.</summary>
public sealed record CallbackSettings
{
    /// <summary>Where it listens; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8181);

    /// <summary>The terminal of <c>POST /</c>; null takes the only one there is.</summary>
    public string? Terminal { get; init; }

    /// <summary>How a client shows who it is.</summary>
    public CallbackAuth Auth { get; init; }

    /// <summary>File with certificate and key (PEM or PKCS#12); null speaks plain HTTP.</summary>
    public string? Certificate { get; init; }

    /// <summary>Host names besides the own address.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of web pages that may call.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Where callbacks may go.</summary>
    public IReadOnlyList<string> Allow { get; init; } = ["loopback"];

    /// <summary>Ask the terminal only after a first message was delivered.</summary>
    public bool Probe { get; init; } = true;

    /// <summary>How long one attempt may take in all.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(3000);

    /// <summary>Attempts for an intermediate message, 1 to 10.</summary>
    public int IntermediateAttempts { get; init; } = 3;

    /// <summary>How old an intermediate message may become before it is given up.</summary>
    public TimeSpan GiveUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an end message is tried.</summary>
    public TimeSpan EndGiveUp { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Signs every message; null signs none.</summary>
    public string? Secret { get; init; }

    /// <summary>How we show receivers who we are, by origin (<c>https://HOST:PORT</c>); others are told nothing.</summary>
    public IReadOnlyDictionary<string, CallbackCredential> Credentials { get; init; } = new Dictionary<string, CallbackCredential>();

    /// <summary>PEM file of a private authority for callbacks by https; null takes the system's.</summary>
    public string? Authority { get; init; }

    /// <summary>What a lost callback does to a running payment.</summary>
    public OnUndeliverable OnUndeliverable { get; init; }

    /// <summary>What becomes of a payment that was approved although nobody could be told.</summary>
    public OrphanApproved OrphanApproved { get; init; }

    /// <summary>How long after its end such a payment is reversed.</summary>
    public TimeSpan ReverseAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Character set under the base64.</summary>
    public string Charset { get; init; } = "utf-8";

    /// <summary>Whose receipt stands in <c>ReceiptText</c>.</summary>
    public ReceiptChoice ReceiptText { get; init; }

    /// <summary>Fields beyond the first six.</summary>
    public bool Extensions { get; init; } = true;

    /// <summary>Answers to queries come first as intermediate message, then as end.</summary>
    public bool QueryInPairs { get; init; }

    /// <summary>HttpStatus as text instead of a number.</summary>
    public bool HttpStatusAsText { get; init; }

    /// <summary>Sends the field <c>IntermediateState</c> besides.</summary>
    public bool AliasIntermediateState { get; init; }

    /// <summary>A second end message when an unknown outcome becomes known.</summary>
    public bool LateResult { get; init; }

    /// <summary>Money commands need an idempotency key.</summary>
    public bool RequireIdempotencyKey { get; init; }

    /// <summary>The list shows sessions of every interface.</summary>
    public bool ListAll { get; init; }

    /// <summary>Largest amount in minor units.</summary>
    public long MaxAmount { get; init; } = 99_999_999;

    /// <summary>Language of texts when a command names none.</summary>
    public string Language { get; init; } = "de";

    /// <summary>Says nothing of secrets.</summary>
    public override string ToString() => $"CallbackSettings({Listen}, {Terminal})";
}
