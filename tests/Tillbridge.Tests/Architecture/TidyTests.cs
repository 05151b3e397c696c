namespace Tillbridge.Tests.Architecture;

/// <summary>The style of the house, as far as a program can see it.</summary>
public sealed class TidyTests
{
    [Fact]
    public void Files_are_short() => Check(SizeRules.Files, "Move a part with a name of its own into a file of its own.");

    [Fact]
    public void Lines_are_short() => Check(SizeRules.Lines, "Break the line, or name a part of it.");

    [Fact]
    public void Methods_are_short() => Check(SizeRules.Methods, "Give a part of the method a name.");

    [Fact]
    public void Folders_are_small() =>
        Violation.None(SizeRules.Folders(Repository.Files), "Find the part that deserves a folder of its own.");

    [Fact]
    public void Namespaces_are_folders() => Check(NameRules.Namespaces, "Name the namespace after the folder, or move the file.");

    [Fact]
    public void Files_are_named_after_their_type() => Check(NameRules.FileNames, "Rename the file or the type.");

    [Fact]
    public void Names_say_what_a_type_is() => Check(NameRules.Suffixes, "Say what it is: Journal, Recovery, Framing.");

    [Fact]
    public void One_public_type_stands_in_a_file() =>
        Check(NameRules.PublicTypes, "Split the file; only records, enums, delegates, interfaces and exceptions may share one.");

    [Fact]
    public void Comments_are_finished() => Check(CodeRules.Comments, "No #region; a TODO carries its issue as TODO #12.");

    [Fact]
    public void Nobody_sleeps() =>
        Check(CodeRules.Waiting, "Wait for a condition, or pass a TimeProvider; return a Task that somebody awaits.");

    [Fact]
    public void Exceptions_are_caught_by_name() => Check(
        CodeRules.Catches,
        "Name the exceptions, or filter them; only owners of a task take any (CodeRules.cs). Say in an empty catch why.");

    [Fact]
    public void Files_are_made_in_one_place() => Check(FileRules.Made, "Make it with PrivateFile, so that it is its owner's alone.");

    [Fact]
    public void A_protocol_is_complete() => Violation.None(
        RepositoryRules.ProtocolFolders([.. Repository.Files], RepositoryRules.CatalogText()), "docs/add-a-protocol.md has the list.");

    [Fact]
    public void No_card_number_is_written_down() => Violation.None(
        RepositoryRules.Texts().SelectMany(read => CardDigits.In(read.File, read.Text)),
        "Mask it; a number that a scheme publishes for tests goes into CardDigits.cs.");

    [Fact]
    public void No_path_of_a_machine_is_written_down() => Violation.None(
        RepositoryRules.Texts().SelectMany(read => RepositoryRules.MachinePaths(read.File, read.Text)),
        "Use a path relative to the repository.");

    [Fact]
    public void The_sources_were_found() => Assert.Contains(SourceFile.All, file => file.Path == "src/Tillbridge/Domain/Money.cs");

    private static void Check(Func<SourceFile, IEnumerable<Violation>> rule, string cure) =>
        Violation.None(SourceFile.All.SelectMany(rule), cure);
}
