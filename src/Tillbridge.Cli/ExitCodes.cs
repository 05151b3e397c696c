using Tillbridge.Domain;

namespace Tillbridge.Cli;

/// <summary>Exit codes of the contract §2.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Declined = 1;
    public const int Cancelled = 2;
    public const int Failed = 3;
    public const int Unknown = 4;
    public const int OtherAmount = 5;
    public const int Usage = 64;
    public const int Internal = 70;

    /// <summary>What a session's end means for the caller's script.</summary>
    public static int Of(Session session) => session.Conclusion switch
    {
        { Outcome: Outcome.Approved, ApprovedAmount: { } approved }
            when session.Request.Total is { } asked && approved != asked => OtherAmount,
        { Outcome: Outcome.Approved } => Ok,
        { Outcome: Outcome.Declined } => Declined,
        { Outcome: Outcome.Cancelled } => Cancelled,
        { Outcome: Outcome.Failed } => Failed,
        _ => Unknown,
    };
}

/// <summary>An error that the user can cure: one line that names cause and cure, and the exit code.</summary>
internal sealed class CliException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    public static CliException Usage(string message) => new(ExitCodes.Usage, message);
}
