using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Journal;
using Tillbridge.Laboratory.Faces;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>
/// The machine on which the engine runs: it dies, and a service manager starts it again on what the disk kept. Callers reach it
/// as over a network, and lose their answer when it dies.
/// </summary>
internal sealed class Host(
    World world, SimStore store, IReadOnlyList<SimLine> lines, Func<SimProcess, Task<IJournal>> open, HostSetup setup)
{
    private static readonly TimeSpan StartAgain = TimeSpan.FromSeconds(10);

    private readonly List<Action> pending = [];
    private readonly List<SimProcess> lives = [];
    private IJournal? journal;
    private long ids;

    public SimProcess? Process { get; private set; }

    /// <summary>The engine of the present life; null while it is down or starting.</summary>
    public LocalTerminals? Engine { get; private set; }

    /// <summary>The callback face of the present life; null while it is down, and where it is not played.</summary>
    public Callbacks? Face { get; private set; }

    /// <summary>Called when it has died.</summary>
    public Action? Died { get; set; }

    /// <summary>The journal of the present life; null while it is down.</summary>
    public IJournal? Journal => journal;

    public int Deaths { get; private set; }

    /// <summary>How far its wall clock is off.</summary>
    public TimeSpan ClockOff { get; set; }

    /// <summary>What went wrong at a start that is not a matter of the journal.</summary>
    public string? Defect { get; private set; }

    public SimStore Store => store;

    public void Start()
    {
        var life = Process = new SimProcess(world, $"host-{lives.Count + 1}", 1 + (lives.Count << 4));
        lives.Add(life);
        life.Clock.Off = ClockOff;
        life.Begin(() => Run(life), error => Defect ??= error.ToString());
    }

    public void Die(HostDeath death, TimeSpan downFor)
    {
        if (Process is not { IsAlive: true } life) return;
        Deaths++;
        if (world.Tells) world.Tell($"HOST {death}");
        life.Kill();
        (Engine, Face, journal) = (null, null, null);
        store.Crash();
        Died?.Invoke();
        foreach (var line in lines) line.Died(life, death is HostDeath.PowerLost);
        foreach (var lost in pending.ToList()) lost();
        pending.Clear();
        world.After(downFor, Start);
    }

    /// <summary>Sets the wall clock while it runs.</summary>
    public void SetClock(TimeSpan off)
    {
        ClockOff = off;
        if (Process is { } life) life.Clock.Off = off;
    }

    /// <summary>A call over the network; null when there is no answer, because the host is down or died.</summary>
    public Task<T?> Call<T>(Func<LocalTerminals, CancellationToken, Task<T>> call)
        where T : class => Ask(Engine, (engine, life) => call(engine, life.Shutdown));

    /// <summary>A command to the callback face; null when there is no answer.</summary>
    public Task<T?> CallFace<T>(Func<Callbacks, SimProcess, Task<T>> call)
        where T : class => Ask(Face, call);

    private Task<T?> Ask<TPart, T>(TPart? wanted, Func<TPart, SimProcess, Task<T>> call)
        where TPart : class
        where T : class
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Lost() => answer.TrySetResult(null);
        if (wanted is not { } part || Process is not { IsAlive: true } life)
        {
            world.After(TimeSpan.FromMilliseconds(2), Lost);
            return answer.Task;
        }

        pending.Add(Lost);
        life.Begin(
            async () =>
            {
                var said = await call(part, life);
                // The answer travels, and may still be lost with its sender.
                world.After(TimeSpan.FromMilliseconds(1), () =>
                {
                    if (!life.IsAlive) return;
                    pending.Remove(Lost);
                    answer.TrySetResult(said);
                });
            },
            error =>
            {
                if (error is not JournalException) Defect ??= error.ToString();
                pending.Remove(Lost);
                answer.TrySetResult(null);
            });
        return answer.Task;
    }

    private async Task Run(SimProcess life)
    {
        try
        {
            journal = await open(life);
            if (setup.Face is not null) await SimFace.Before(journal, life);
            var source = new SimIds(() => ++ids);
            Engine = await LocalTerminals.Start(
                journal, setup.Protocols, address => setup.Transport(address, life), setup.Terminals, life.Clock,
                source, NullLoggerFactory.Instance, life.Shutdown);
            Face = setup.Face?.Make(journal, Engine, life, source);
            if (Face is not null) await Face.Start();
            if (world.Tells) world.Tell($"{life.Name} is up");
        }
        catch (JournalException refused)
        {
            if (world.Tells) world.Tell($"{life.Name} does not start: {refused.Message}");
            life.Kill();
            world.After(StartAgain, Start);
        }
    }

    private sealed class SimIds(Func<long> next) : IdSource
    {
        public override SessionId NewSession() => new(next().ToString("x32"));

        public override string NewKey() => $"auto-{next()}";
    }
}

/// <summary>What an engine is composed of.</summary>
internal sealed record HostSetup(
    IReadOnlyDictionary<string, Protocols.IProtocol> Protocols,
    Func<Protocols.TerminalAddress, SimProcess, Transports.ITransport> Transport,
    IReadOnlyList<TerminalSettings> Terminals)
{
    /// <summary>The callback face; null where it is not played.</summary>
    public SimFace? Face { get; init; }
}
