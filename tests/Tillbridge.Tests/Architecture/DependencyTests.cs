using System.Xml.Linq;
using Mono.Cecil;

namespace Tillbridge.Tests.Architecture;

/// <summary>The arrows of the house, kept by what the compiler wrote and not by what the sources seem to say.</summary>
public sealed class DependencyTests
{
    private const string Cure = "Move the type, or hand it in through the folder that may see both (FolderRules.cs).";

    [Fact]
    public void Folders_use_only_what_they_may() => Violation.None(Broken(FolderRules.Ours, Library()), Cure);

    [Fact]
    public void The_walk_sees_the_real_uses_of_the_library()
    {
        // Under stricter arrows the journal, which works with words of the field, has to be caught.
        var strict = FolderRules.Ours.ToDictionary(arrow => arrow.Key, arrow => arrow.Key == "Journal" ? [] : arrow.Value);
        var caught = Broken(strict, Library());
        Assert.Contains(caught, violation => violation.What.Contains("Journal may not use Domain", StringComparison.Ordinal));
    }

    [Fact]
    public void The_library_needs_the_platform_logging_abstractions_and_SQLite_only()
    {
        var foreign = Library().AssemblyReferences.Select(reference => reference.Name)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not (
                "Microsoft.Win32.Primitives" or "Microsoft.Extensions.Logging.Abstractions"
                or "Microsoft.Extensions.DependencyInjection.Abstractions"));
        Violation.None(
            foreign.Select(name => new Violation("src/Tillbridge", 0, $"refers to {name}")),
            "A library user would drag it along; write the few lines.");

        Assert.Equal(
            // The first is an analyzer and leaves nothing in the library.
            ["Microsoft.CodeAnalysis.PublicApiAnalyzers", "Microsoft.Extensions.Logging.Abstractions", "SQLite", "System.IO.Ports"],
            Items("src/Tillbridge/Tillbridge.csproj", "PackageReference"));
        Assert.Empty(Items("src/Tillbridge/Tillbridge.csproj", "FrameworkReference"));
    }

    [Fact]
    public void Projects_point_one_way()
    {
        Assert.Empty(Items("src/Tillbridge/Tillbridge.csproj", "ProjectReference"));
        Assert.Equal(["../Tillbridge/Tillbridge.csproj"], Items("src/Tillbridge.Gateway/Tillbridge.Gateway.csproj", "ProjectReference"));
    }

    [Fact]
    public void Kept_arrows_are_quiet() =>
        Assert.Empty(Broken(FolderRules.Ours, PlantedAssembly.Make("Tillbridge.Sessions", "Tillbridge.Domain", Plant.Call)));

    [Theory]
    [InlineData("Tillbridge.Domain", "Tillbridge.Journal")]
    [InlineData("Tillbridge.Journal.Sqlite", "Tillbridge.Sessions")]
    [InlineData("Tillbridge.Sessions", "Tillbridge.Protocols.Zvt")]
    [InlineData("Tillbridge.Sessions", "Tillbridge.Protocols.Zvt.Apdu")]
    [InlineData("Tillbridge.Protocols", "Tillbridge.Protocols.Zvt")]
    [InlineData("Tillbridge.Protocols.Zvt.Virtual", "Tillbridge.Protocols.Concert")]
    [InlineData("Tillbridge.Facades.K2", "Tillbridge.Facades.Rows")]
    [InlineData("Tillbridge", "Tillbridge.Domain")]
    [InlineData("Tillbridge.Elsewhere", "Tillbridge.Domain")]
    public void A_broken_arrow_is_caught(string from, string to)
    {
        foreach (var plant in Enum.GetValues<Plant>())
        {
            var caught = Assert.Single(Broken(FolderRules.Ours, PlantedAssembly.Make(from, to, plant)));
            Assert.Contains($"uses {to}.Used", caught.What, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Tillbridge.Catalog", "Tillbridge.Protocols.Zvt")]
    [InlineData("Tillbridge.Domain.Messages", "Tillbridge.Domain")]
    [InlineData("Tillbridge.Journal.Sqlite", "Tillbridge.Journal")]
    [InlineData("Tillbridge.Protocols.Zvt.Virtual", "Tillbridge.Protocols.Zvt.Apdu")]
    [InlineData("Tillbridge.Protocols.Zvt.Apdu", "Tillbridge.Protocols")]
    [InlineData("Tillbridge.Facades.K2", "Tillbridge.Facades")]
    [InlineData("Tillbridge.Wire", "Tillbridge")]
    [InlineData("Tillbridge.Wire", "System.Text")]
    public void An_arrow_of_the_house_is_allowed(string from, string to) =>
        Assert.Null(new FolderRules(FolderRules.Ours).Forbids(from, to));

    private static ModuleDefinition Library() => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, "Tillbridge.dll"));

    private static List<Violation> Broken(IReadOnlyDictionary<string, string[]> arrows, ModuleDefinition module)
    {
        var rules = new FolderRules(arrows);
        var broken = new List<Violation>();
        foreach (var use in TypeUse.In(module))
        {
            if (rules.Forbids(use.FromNamespace, use.ToNamespace) is { } why)
                broken.Add(new(module.Name, 0, $"{use.From} uses {use.To}: {why}"));
        }

        return broken;
    }

    private static string[] Items(string project, string kind) =>
        [.. XDocument.Load(Repository.PathOf(project)).Descendants(kind).Select(item => item.Attribute("Include")!.Value)];
}
