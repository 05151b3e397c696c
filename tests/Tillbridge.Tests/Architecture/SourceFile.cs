using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tillbridge.Tests.Architecture;

/// <summary>One C# file, read as the compiler reads it.</summary>
internal sealed class SourceFile
{
    private static readonly string[] Folders = ["src/", "tests/", "bench/", "samples/", "fuzz/"];
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview);

    public SourceFile(string path, string text)
    {
        Path = path;
        Root = CSharpSyntaxTree.ParseText(text, Options, path).GetCompilationUnitRoot();
        Lines = [.. Root.GetText().Lines.Select(line => line.ToString())];
        Namespace = Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString();
        Types = [.. Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>().Where(node => node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)];
    }

    /// <summary>Every source of the repository.</summary>
    public static IReadOnlyList<SourceFile> All { get; } =
        [.. Repository.Files.Where(IsSource).Select(file => new SourceFile(file, Repository.Read(file)))];

    public string Path { get; }

    public CompilationUnitSyntax Root { get; }

    public IReadOnlyList<string> Lines { get; }

    public string? Namespace { get; }

    /// <summary>The types of the file that stand in no other type.</summary>
    public IReadOnlyList<MemberDeclarationSyntax> Types { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal);

    public static bool IsSourceFolder(string file) => Folders.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));

    public static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax made ? made.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;

    public static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    public Violation At(SyntaxNode node, string what) => new(Path, LineOf(node), what);

    public Violation At(SyntaxTrivia trivia, string what) => new(Path, trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1, what);

    private static bool IsSource(string file) => file.EndsWith(".cs", StringComparison.Ordinal) && IsSourceFolder(file);
}
