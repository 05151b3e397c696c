namespace Tillbridge.Laboratory.Worlds;

/// <summary>
/// A process of the world: it has a scheduler and a clock of its own, and once it is dead neither runs anything of it. What it
/// was in the middle of stays where it was, as after kill -9.
/// </summary>
internal sealed class SimProcess
{
    private readonly World world;
    private readonly CancellationTokenSource asked = new();

    public SimProcess(World world, string name, int number)
    {
        (this.world, Name, Number) = (world, name, number);
        Context = new Scheduler(this);
        Clock = new SimClock(world, this);
    }

    public string Name { get; }

    public int Number { get; }

    public bool IsAlive { get; private set; } = true;

    public SynchronizationContext Context { get; }

    public SimClock Clock { get; }

    /// <summary>Asked to end in good order.</summary>
    public CancellationToken Shutdown => asked.Token;

    /// <summary>Begins work in this process; what goes wrong in it is handed on.</summary>
    public void Begin(Func<Task> work, Action<Exception>? failed = null) => world.Post(this, async _ =>
    {
        try
        {
            await work();
        }
        catch (Exception error) when (error is not OperationCanceledException || failed is not null)
        {
            if (failed is null) throw;
            failed(error);
        }
        catch (OperationCanceledException)
        {
            // It was asked to end.
        }
    }, null);

    public void Kill() => IsAlive = false;

    public void AskToEnd() => world.Post(this, _ => asked.Cancel(), null);

    private sealed class Scheduler(SimProcess process) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback callback, object? state) => process.world.Post(process, callback, state);

        public override void Send(SendOrPostCallback callback, object? state) => callback(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
