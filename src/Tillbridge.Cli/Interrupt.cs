using System.Runtime.InteropServices;

namespace Tillbridge.Cli;

/// <summary>
/// Ctrl+C and SIGTERM end the program in order: servers close their journal, a session stays open in it. A session in the
/// foreground takes Ctrl+C over, to ask the terminal instead.
/// </summary>
internal sealed class Interrupt : IDisposable
{
    private static volatile Action? insteadOfStop;

    private readonly PosixSignalRegistration terminate;
    private readonly PosixSignalRegistration interrupt;

    public Interrupt(CancellationTokenSource stop)
    {
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, stop));
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Ask(signal, stop));
    }

    /// <summary>Does something else on Ctrl+C until disposed.</summary>
    public static IDisposable Instead(Action action)
    {
        insteadOfStop = action;
        return new Ending();
    }

    public void Dispose()
    {
        terminate.Dispose();
        interrupt.Dispose();
    }

    private static void Ask(PosixSignalContext signal, CancellationTokenSource stop)
    {
        if (insteadOfStop is not { } action)
        {
            End(signal, stop);
            return;
        }

        signal.Cancel = true;
        action();
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private sealed class Ending : IDisposable
    {
        public void Dispose() => insteadOfStop = null;
    }
}
