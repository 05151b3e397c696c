using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Tillbridge.Gateway;

namespace Tillbridge.Cli.Services.Windows;

/// <summary>
/// The service manager of Windows as the one that started us: it calls in on threads of its own, hears our state, and asks us to
/// stop. One service per process. Never run by us: there was no Windows.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsOverseer : IOverseer
{
    private const uint StartHintMs = 60_000;
    private const uint StopHintMs = 30_000;

    // The manager's functions carry no state of ours.
    private static WindowsOverseer? current;

    private readonly string name;
    private readonly CancellationTokenSource asked;
    private readonly TaskCompletionSource registered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private nint handle;

    private WindowsOverseer(string name, CancellationTokenSource asked) => (this.name, this.asked) = (name, asked);

    /// <summary>Runs the gateway for the manager, and tells it the end whatever it was.</summary>
    /// <param name="name">The service's name.</param>
    /// <param name="serve">The gateway.</param>
    /// <param name="stop">Ends it besides the manager.</param>
    /// <exception cref="CliException">The manager did not start this process.</exception>
    public static async Task<int> Run(string name, Func<IOverseer, CancellationToken, Task<int>> serve, CancellationToken stop)
    {
        using var asked = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var overseer = current = new WindowsOverseer(name, asked);
        // The dispatcher keeps its thread until the service has stopped.
        new Thread(overseer.Dispatch) { IsBackground = true, Name = "service dispatcher" }.Start();
        await overseer.registered.Task;
        var code = ExitCodes.Internal;
        try
        {
            code = await serve(overseer, asked.Token);
        }
        finally
        {
            overseer.Tell(ServiceNative.Stopped, code);
        }

        await overseer.released.Task;
        return code;
    }

    /// <inheritdoc/>
    public void Ready(GatewayHost host) => Tell(ServiceNative.Running);

    /// <inheritdoc/>
    public void Stopping() => Tell(ServiceNative.StopPending);

    /// <inheritdoc/>
    public Task LetGo() => Task.CompletedTask;

    private unsafe void Dispatch()
    {
        fixed (char* text = name)
        {
            var table = stackalloc ServiceNative.TableEntry[2];
            table[0] = new ServiceNative.TableEntry { Name = text, Main = &Begin };
            table[1] = default;
            var done = ServiceNative.Dispatch(table);
            var code = Marshal.GetLastPInvokeError();
            if (!done)
            {
                registered.TrySetException(code == ServiceNative.NotStartedByManager
                    ? CliException.Usage("--windows-service is for the service manager; start the gateway by hand with tillbridge serve.")
                    : new CliException(ExitCodes.Failed, $"The service manager does not listen (error {code})."));
            }
        }

        released.TrySetResult();
    }

    [UnmanagedCallersOnly]
    private static unsafe void Begin(uint count, nint arguments)
    {
        var overseer = current!;
        overseer.handle = ServiceNative.RegisterHandler(overseer.name, &Handle, 0);
        if (overseer.handle == 0)
        {
            var code = Marshal.GetLastPInvokeError();
            overseer.registered.TrySetException(new CliException(ExitCodes.Failed, $"RegisterServiceCtrlHandlerEx failed (error {code})."));
            return;
        }

        overseer.Tell(ServiceNative.StartPending);
        overseer.registered.TrySetResult();
    }

    [UnmanagedCallersOnly]
    private static uint Handle(uint control, uint kind, nint data, nint context)
    {
        switch (control)
        {
            case ServiceNative.ControlStop or ServiceNative.ControlShutdown:
                current!.Tell(ServiceNative.StopPending);
                // Whoever waits for the stop must not run on the manager's thread.
                ThreadPool.UnsafeQueueUserWorkItem(static overseer => overseer.asked.Cancel(), current!, preferLocal: false);
                return 0;
            case ServiceNative.ControlInterrogate:
                return 0;
            default:
                return ServiceNative.NotImplemented;
        }
    }

    private void Tell(uint state, int exitCode = ExitCodes.Ok)
    {
        var isPending = state is ServiceNative.StartPending or ServiceNative.StopPending;
        var status = new ServiceNative.Status
        {
            Type = ServiceNative.OwnProcess,
            State = state,
            Accepts = state is ServiceNative.Running ? ServiceNative.AcceptStop | ServiceNative.AcceptShutdown : 0,
            ExitCode = exitCode == ExitCodes.Ok ? 0 : ServiceNative.ServiceSpecificError,
            SpecificExitCode = (uint)exitCode,
            CheckPoint = isPending ? 1u : 0,
            WaitHintMs = state is ServiceNative.StartPending ? StartHintMs : isPending ? StopHintMs : 0,
        };
        ServiceNative.SetStatus(handle, status);
    }
}
