using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Tillbridge.Sessions;

/// <summary>
/// The bounded inbox of a terminal's one owner: work is done one piece after another, in the order in which it came, so
/// that the owner needs no locks.
/// </summary>
/// <param name="terminal">The terminal's name, for the log.</param>
/// <param name="done">Called behind each piece of work, before anybody hears of its end.</param>
/// <param name="logger">Defects.</param>
/// <param name="shutdown">Ends the work.</param>
internal sealed class Inbox(string terminal, Action done, ILogger logger, CancellationToken shutdown)
{
    private const int MostWaiting = 1024;

    private readonly Channel<Func<Task>> waiting = Channel.CreateBounded<Func<Task>>(MostWaiting);

    /// <summary>Does the work until shutdown. What is open then stays open in the journal and is recovered at the next start.</summary>
    public async Task Run()
    {
        try
        {
            // Not ReadAllAsync: it would leave the scheduler on which its caller runs.
            while (await waiting.Reader.WaitToReadAsync(shutdown))
            {
                while (!shutdown.IsCancellationRequested && waiting.Reader.TryRead(out var work)) await Do(work);
            }
        }
        catch (OperationCanceledException)
        {
            waiting.Writer.TryComplete();
        }
    }

    /// <summary>Hands in work of a caller and waits for its answer; null when the inbox is full.</summary>
    public async Task<TAnswer?> Ask<TAnswer>(Func<Task<TAnswer>> work)
        where TAnswer : class
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var down = EndWith(answer);
        // One that is closed answers by the cancellation, and is not full.
        return waiting.Writer.TryWrite(() => Answer(work, answer)) || shutdown.IsCancellationRequested ? await answer.Task : null;
    }

    /// <summary>Hands in work of the owner's own conversation, waits for a place if need be, and for the answer.</summary>
    public async Task<TAnswer> Tell<TAnswer>(Func<Task<TAnswer>> work)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var down = EndWith(answer);
        await waiting.Writer.WriteAsync(() => Answer(work, answer), shutdown);
        return await answer.Task;
    }

    /// <summary>Hands in work whose end nobody waits for.</summary>
    public ValueTask Post(Func<Task> work) => waiting.Writer.WriteAsync(work, shutdown);

    // Who waits is let go at shutdown, whatever became of his work.
    private CancellationTokenRegistration EndWith<TAnswer>(TaskCompletionSource<TAnswer> answer) => shutdown.UnsafeRegister(
        static (state, token) => ((TaskCompletionSource<TAnswer>)state!).TrySetCanceled(token), answer);

    // Whoever waits hears of every failure; one that nobody hears of would make him wait for ever.
    private async Task Answer<TAnswer>(Func<Task<TAnswer>> work, TaskCompletionSource<TAnswer> answer)
    {
        try
        {
            var result = await work();
            done();
            answer.TrySetResult(result);
        }
        catch (Exception failure)
        {
            done();
            answer.TrySetException(failure);
        }
    }

    // A defect in one piece of work must not leave a terminal without its owner.
    private async Task Do(Func<Task> work)
    {
        try
        {
            await work();
            done();
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            logger.Defect(terminal, "-", defect);
        }
    }
}
