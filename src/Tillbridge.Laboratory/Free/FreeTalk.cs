namespace Tillbridge.Laboratory.Free;

/// <summary>Something that a terminal says or does next.</summary>
/// <param name="Bytes">What it says; null only does.</param>
/// <param name="Waits">The till has to answer before it goes on.</param>
/// <param name="After">How long it thinks before.</param>
internal sealed record FreeStep(Func<byte[]>? Bytes, bool Waits, TimeSpan After)
{
    /// <summary>It goes out in one write with the next one.</summary>
    public bool IsGlued { get; init; }

    public Action<FreeTalk>? Act { get; init; }

    public static FreeStep Do(Action<FreeTalk> act) => new(null, false, TimeSpan.Zero) { Act = act };
}

/// <summary>One conversation of a drawn terminal: steps one after another, each at its time and after the till's answer.</summary>
internal sealed class FreeTalk(World world, FreeLink link)
{
    private readonly Queue<FreeStep> steps = new();
    private int awaited;
    private bool isThinking;

    public FreeLink Link => link;

    /// <summary>Bytes of the till that are not yet a whole message.</summary>
    public byte[] Rest { get; set; } = [];

    public bool IsIdle => steps.Count == 0 && awaited == 0 && !isThinking;

    /// <summary>Called when the till leaves in the middle.</summary>
    public Action<FreeTalk>? Abandoned { get; set; }

    /// <summary>Says these things next, whatever it was about to say.</summary>
    public void Say(IEnumerable<FreeStep> next)
    {
        steps.Clear();
        (awaited, isThinking) = (0, false);
        foreach (var step in next) steps.Enqueue(step);
        GoOn();
    }

    /// <summary>The till answered.</summary>
    public void Answered()
    {
        if (awaited == 0 || --awaited > 0 || isThinking) return;
        GoOn();
    }

    /// <summary>Nothing more is said here.</summary>
    public void Stop()
    {
        steps.Clear();
        (awaited, Abandoned) = (0, null);
    }

    private void GoOn()
    {
        while (link.IsOpen && steps.TryDequeue(out var step))
        {
            if (step.Act is { } act)
            {
                act(this);
                continue;
            }

            isThinking = true;
            world.After(step.After, () =>
            {
                isThinking = false;
                if (link.IsOpen) Send(step);
            });
            return;
        }
    }

    private void Send(FreeStep step)
    {
        var bytes = step.Bytes!();
        awaited = step.Waits ? 1 : 0;
        while (step.IsGlued && steps.TryPeek(out var next) && next.Bytes is not null)
        {
            step = steps.Dequeue();
            bytes = [.. bytes, .. step.Bytes!()];
            if (step.Waits) awaited++;
        }

        link.Send(bytes);
        if (awaited == 0) GoOn();
    }
}
