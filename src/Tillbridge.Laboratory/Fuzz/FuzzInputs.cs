namespace Tillbridge.Laboratory.Fuzz;

/// <summary>
/// The inputs of a target by number. Each is made from the run's seed and its own number alone, so that a finding is made again without
/// the inputs before it. The first ones are the seeds as they are: what once broke something is tried in every run.
/// </summary>
internal sealed class FuzzInputs(FuzzTarget target, ulong seed)
{
    private const int MendOneIn = 2;

    private readonly ulong own = Chance.Mix(seed, target.Salt);
    private readonly Mutation mutation = new(target.Seeds, target.Words);

    /// <summary>Input number <paramref name="index"/>; it stands until the next one is made.</summary>
    public ReadOnlySpan<byte> Make(int index)
    {
        if (index < target.Seeds.Count) return target.Seeds[index];
        var chance = new Chance(Chance.Mix(own, (ulong)index));
        var input = mutation.Make(chance);
        if (chance.OneIn(MendOneIn)) target.Parser.Mend(input);
        return input;
    }
}
