using Microsoft.Extensions.Logging.Abstractions;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>A virtual terminal with a plug: it loses its power at any moment and comes back on the memory that it kept.</summary>
internal sealed class SimTerminal
{
    private readonly World world;
    private readonly IProtocol protocol;
    private readonly VirtualTerminalSettings settings;
    private VirtualTerminal current;
    private SimProcess process;
    private int lives;

    public SimTerminal(World world, IProtocol protocol, SimLine line, VirtualTerminalSettings settings, int number)
    {
        (this.world, this.protocol, Line, Number) = (world, protocol, line, number);
        this.settings = settings with { Scripts = new TerminalScripts() };
        line.Taken = () => Scripts.Taken;
        process = NewProcess();
        current = protocol.MakeVirtualTerminal(this.settings, process.Clock, NullLogger.Instance);
        this.settings = this.settings with { Acquirer = current.Acquirer };
        Serve();
    }

    public SimLine Line { get; }

    public int Number { get; }

    public VirtualAcquirer Acquirer => current.Acquirer;

    public TerminalScripts Scripts => settings.Scripts!;

    public TimeSpan ClockOff { get; private set; }

    public int Cuts { get; private set; }

    public void CutPower(TimeSpan away, bool forgets)
    {
        if (!process.IsAlive) return;
        Cuts++;
        if (world.Tells) world.Tell($"{Line.Name}: POWER CUT for {away.TotalSeconds:0.#} s{(forgets ? ", forgets" : "")}");
        process.Kill();
        Line.HasPower = false;
        Line.Died(process, silently: true);
        if (forgets) Acquirer.ForgetLast();
        world.After(away, Return);
    }

    public void SetClock(TimeSpan off)
    {
        ClockOff = off;
        process.Clock.Off = off;
    }

    private void Return()
    {
        Line.HasPower = true;
        process = NewProcess();
        // The books and the memory are those from before: only what was under way is gone.
        current = protocol.MakeVirtualTerminal(settings, process.Clock, NullLogger.Instance);
        Serve();
    }

    private SimProcess NewProcess()
    {
        var fresh = new SimProcess(world, $"{Line.Name}-{++lives}", 2 + Number + (lives << 4));
        fresh.Clock.Off = ClockOff;
        return fresh;
    }

    private void Serve()
    {
        var (terminal, mine) = (current, process);
        var door = Line.Listen(mine);
        mine.Begin(() => terminal.Serve(door, mine.Shutdown));
    }
}
