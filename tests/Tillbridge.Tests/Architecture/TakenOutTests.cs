using System.Text.RegularExpressions;

namespace Tillbridge.Tests.Architecture;

/// <summary>
/// The list of rules about money that <c>rules/run</c> takes out one by one does not rot: what it changes stands where it says, and what
/// must turn red is there.
/// </summary>
public sealed class TakenOutTests
{
    private static readonly IReadOnlyList<TakenOutRule> Rules = TakenOutRule.Read(Repository.Read(TakenOutRule.List));

    public static TheoryData<string> Names => [.. Rules.Select(rule => rule.Name)];

    // Rows a to j of what outsiders found first, the kinds A to O about money, and what the laboratory has learned.
    public static TheoryData<string> Kinds =>
    [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "A", "B", "C", "D", "E", "F", "G", "J", "L", "O", "plant-old-booking",
        "plant-answers-twice", "plant-other-device", "plant-idle-while-it-books", "plant-counts-otherwise",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_taken_out_stands_exactly_once_in_its_file(string name)
    {
        var rule = Rules.Single(one => one.Name == name);

        Assert.NotEmpty(rule.Says);
        Assert.NotEmpty(rule.Edits);
        Assert.All(rule.Edits, edit =>
        {
            Assert.NotEmpty(edit.Text);
            Assert.NotNull(edit.Without);
            Assert.NotEqual(edit.Text, edit.Without);
            Assert.Equal(2, Repository.Read(edit.File).Split(edit.Text).Length);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_must_turn_red_is_there(string name)
    {
        var rule = Rules.Single(one => one.Name == name);

        Assert.True(rule.IsFree || rule.Red.Count > 0);
        Assert.All(rule.Red, red => Assert.Contains(
            Repository.Files, file => file.StartsWith($"tests/{red.Project}/", StringComparison.Ordinal)
                && file.EndsWith($"/{red.Class}.cs", StringComparison.Ordinal)
                && Regex.IsMatch(Repository.Read(file), $@"\[(Fact|Theory)\b")));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_wrong_statement_has_its_rule(string kind) =>
        Assert.Contains(Rules, rule => rule.Name == kind || rule.Name.StartsWith($"{kind}-", StringComparison.Ordinal));
}
