using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Planted.Faces;

/// <summary>An order that was refused because the terminal is busy is kept and carried out later.</summary>
internal sealed class TakesWhatItRefused() : Bug("refused, and carried out later")
{
    public override ITerminals Plant(ITerminals engine) => new Stubborn(engine);

    private sealed class Stubborn(ITerminals inner) : TamperedTerminals(inner)
    {
        private readonly List<Task> later = [];

        public override async Task<Submission> Submit(Order order, CancellationToken shutdown)
        {
            var answer = await base.Submit(order, shutdown);
            if (answer.Refusal is { Code: RefusalCode.TerminalBusy }) later.Add(Again(order, shutdown));
            return answer;
        }

        private async Task Again(Order order, CancellationToken shutdown)
        {
            foreach (var state in States.Where(state => state.Name == order.Terminal && state.Current is not null))
                await WaitForEnd(state.Current!.Value, TimeSpan.FromMinutes(5), shutdown);
            await base.Submit(order with { Hold = null }, shutdown);
        }
    }
}
