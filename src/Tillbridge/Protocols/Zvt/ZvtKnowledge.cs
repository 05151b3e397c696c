using Tillbridge.Domain;
using Tillbridge.Transports;

namespace Tillbridge.Protocols.Zvt;

/// <summary>
/// What a driver has learned of its terminal. One that takes the registration and stays silent on 06 20 does not know that question, and
/// could never be paid at; what it once answered it knows. It is asked again after a while, for a silence may have been chance.
/// </summary>
internal sealed class ZvtKnowledge(ZvtDialect dialect, TimeProvider clock)
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromHours(1);

    private bool hasAnswered;
    private DateTimeOffset? silentSince;

    /// <summary>The dialect with what is known beside it.</summary>
    public ZvtDialect Dialect => silentSince is { } since && clock.GetUtcNow() - since < AskAgainAfter
        ? dialect with { KnowsRepeat = false }
        : dialect;

    /// <summary>The last booking; null when the terminal did not answer, and never has.</summary>
    public async Task<ZvtAnswer?> LastBooking(ZvtQuestions questions, CancellationToken shutdown)
    {
        try
        {
            var answer = await questions.LastBooking(shutdown);
            hasAnswered |= answer is not { Status: null, Completion: null, Aborted: null, Refused: null };
            return answer;
        }
        catch (LinkLostException) when (questions.RepeatWasSilent && !hasAnswered)
        {
            return null;
        }
    }

    /// <summary>
    /// Passes a recovery on, and learns of a silence behind 05 01 that was answered. Where the terminal told its last booking before the
    /// session it knows the question.
    /// </summary>
    public async Task<TerminalEvent> Watch(ZvtQuestions questions, Task<TerminalEvent> recovery, bool hasMark)
    {
        try
        {
            return await recovery;
        }
        catch (LinkLostException) when (questions.RepeatWasSilent && !hasAnswered && !hasMark)
        {
            NoteSilence();
            throw;
        }
    }

    /// <summary>It took a registration behind its silence: it lives, and does not know the question.</summary>
    public void NoteSilence() => silentSince = clock.GetUtcNow();
}
