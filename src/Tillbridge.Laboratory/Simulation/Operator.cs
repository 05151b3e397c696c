using Tillbridge.Domain;
using Tillbridge.Journal;

namespace Tillbridge.Laboratory.Simulation;

/// <summary>
/// The named person who looks at the terminal's own list and concludes what stayed unknown, as a shop does before it may go on.
/// </summary>
internal sealed class Operator(World world, Trial trial, SimProcess process)
{
    public async Task Run()
    {
        // Some shops look at once, some after a quarter of an hour; until then the terminal is asked again.
        var round = TimeSpan.FromSeconds(60 + world.Chance.Below(world.Chance.OneIn(3) ? 900 : 120));
        while (!trial.TillsAreDone)
        {
            await Task.Delay(round, process.Clock);
            var page = await trial.Unknown();
            foreach (var session in page)
            {
                // Sometimes the terminal answers first, when it is asked again.
                if (world.Chance.OneIn(3) || Truth(trial.Ledger, session) is not { } outcome) continue;
                await trial.Host.Call(async (engine, stop) =>
                    new Till.Answer(await engine.Resolve(session.Id, outcome, "operator", "as the terminal's list says", stop)));
            }
        }
    }

    /// <summary>
    /// What the terminal's own list says. Null where a person cannot say it: an approval for another amount than asked has no place
    /// in a resolution.
    /// </summary>
    public static Outcome? Truth(Ledger ledger, Session session)
    {
        if (ledger.OrderOf(session) is not { } note) return null;
        var at = ledger.AllBooks.First(books => books.Name == note.Terminal);
        if (!session.Request.Kind.MovesMoney()) return Outcome.Failed;
        if (note.Request.Kind is RequestKind.Reversal or RequestKind.CancelPreAuthorization)
            return session.Request.Original?.Receipt is { } receipt && at.Stands(receipt) ? Outcome.Failed : Outcome.Approved;
        var standing = at.Standing(note).ToList();
        if (standing.Count == 0) return Outcome.Failed;
        var known = session.Announced?.ApprovedAmount ?? session.Request.Total;
        return known?.MinorUnits == standing[0].MinorUnits ? Outcome.Approved : null;
    }
}
