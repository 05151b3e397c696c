using Tillbridge.Transports;

namespace Tillbridge.Protocols;

/// <summary>How a virtual terminal behaves besides its script.</summary>
public sealed record VirtualTerminalSettings
{
    /// <summary>Its name in the books.</summary>
    public string Name { get; init; } = "virtual";

    /// <summary>
    /// Name of the dialect, or the path of a dialect file where the protocol reads such files; null takes the general one.
    /// </summary>
    public string? Dialect { get; init; }

    /// <summary>Alphabetic code of its currency.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>The password that commands must bring where they bring one; null takes any.</summary>
    public string? Password { get; init; }

    /// <summary>Appends one JSON line per booking; null keeps no such file.</summary>
    public string? BooksFile { get; init; }

    /// <summary>Where counters, bookings and the last result are kept over a restart; null forgets them.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Books that an earlier virtual terminal left, as its memory after a power cut; null begins with its own.</summary>
    public VirtualAcquirer? Acquirer { get; init; }

    /// <summary>What to do; null takes the amount table of the contract §5.</summary>
    public TerminalScripts? Scripts { get; init; }

    /// <summary>A second client takes the place of the first; false refuses the second.</summary>
    public bool DisplacesFirstClient { get; init; } = true;

    /// <summary>How long the terminal waits for the ECR's acknowledge.</summary>
    public TimeSpan AcknowledgeLimit { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>The terminal's side of a protocol, with its own books. Demo, simulation and tests run the same class.</summary>
public abstract class VirtualTerminal : IAsyncDisposable
{
    /// <summary>Its books.</summary>
    public abstract VirtualAcquirer Acquirer { get; }

    /// <summary>What it will do; may be replaced while it runs.</summary>
    public abstract TerminalScripts Scripts { get; }

    /// <summary>Serves clients of an acceptor until told to stop. A second client displaces the first or is refused.</summary>
    public abstract Task Serve(IAcceptor acceptor, CancellationToken shutdown);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
