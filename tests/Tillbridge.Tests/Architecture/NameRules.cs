using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tillbridge.Tests.Architecture;

/// <summary>Where a type lives and what it is called.</summary>
internal static class NameRules
{
    private static readonly string[] SaysNothing =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Service", "Handler", "Base", "Impl", "Data", "Info"];

    public static IEnumerable<Violation> Namespaces(SourceFile file)
    {
        foreach (var block in file.Root.DescendantNodes().OfType<NamespaceDeclarationSyntax>())
            yield return file.At(block, "a namespace with braces; end the line with a semicolon");
        if (file.Types.Count == 0) yield break;

        var folders = file.Path.Split('/')[1..^1].Select(folder => folder.Replace('-', '_'));
        var expected = string.Join('.', folders);
        if (file.Namespace != expected)
            yield return file.At(file.Types[0], $"namespace {file.Namespace ?? "(none)"}, its folder says {expected}");
    }

    public static IEnumerable<Violation> FileNames(SourceFile file)
    {
        var names = file.Types.Select(SourceFile.NameOf).ToList();
        if (names.Count > 0 && !names.Contains(file.Name) && !IsFamily(file, names))
            yield return new(file.Path, 0, $"no type {file.Name} in it, but {string.Join(", ", names)}");
    }

    // ZvtMessages.cs holds ZvtMessage and its kin, Ids.cs holds SessionId, ApiModels.cs nothing but records.
    private static bool IsFamily(SourceFile file, List<string> names) =>
        names.Count > 1 && file.Name.EndsWith('s')
        && (file.Types.All(type => type is RecordDeclarationSyntax)
            || names.Any(name => name.EndsWith(file.Name[..^1], StringComparison.Ordinal)));

    public static IEnumerable<Violation> Suffixes(SourceFile file)
    {
        foreach (var type in file.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
        {
            if (SaysNothing.FirstOrDefault(word => type.Identifier.Text.EndsWith(word, StringComparison.Ordinal)) is { } word)
                yield return file.At(type, $"{type.Identifier.Text}: {word} says nothing");
        }
    }

    /// <summary>One public type, or a closed family of small ones that may stand beside one other.</summary>
    public static IEnumerable<Violation> PublicTypes(SourceFile file)
    {
        var visible = file.Types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).ToList();
        var others = visible.Where(type => !IsSmall(type, visible)).Select(SourceFile.NameOf).ToList();
        if (others.Count > 1) yield return new(file.Path, 0, $"public types {string.Join(", ", others)} in one file");
    }

    private static bool IsSmall(MemberDeclarationSyntax type, List<MemberDeclarationSyntax> family) => type switch
    {
        RecordDeclarationSyntax or EnumDeclarationSyntax or DelegateDeclarationSyntax or InterfaceDeclarationSyntax => true,
        ClassDeclarationSyntax made when made.Identifier.Text.EndsWith("Exception", StringComparison.Ordinal) => true,
        ClassDeclarationSyntax made =>
            made.Modifiers.Any(SyntaxKind.StaticKeyword) && family.Any(other => other is RecordDeclarationSyntax),
        _ => false,
    };
}
