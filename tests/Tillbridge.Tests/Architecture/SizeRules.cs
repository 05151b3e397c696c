using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tillbridge.Tests.Architecture;

/// <summary>How large things may become.</summary>
internal static class SizeRules
{
    private const int MostLines = 400;
    private const int MostLinesOfTables = 600;
    private const int MostMethodLines = 70;
    private const int MostColumns = 140;
    private const int MostFilesInFolder = 20;

    public static IEnumerable<Violation> Files(SourceFile file)
    {
        var isTable = file.Name.EndsWith("Codes", StringComparison.Ordinal) || file.Name.EndsWith("Fields", StringComparison.Ordinal);
        var most = isTable ? MostLinesOfTables : MostLines;
        var lines = file.Lines.Count - (file.Lines[^1].Length == 0 ? 1 : 0);
        if (lines > most) yield return new(file.Path, most + 1, $"{lines} lines, {most} allowed");
    }

    public static IEnumerable<Violation> Lines(SourceFile file)
    {
        for (var line = 0; line < file.Lines.Count; line++)
        {
            var columns = file.Lines[line].Length;
            if (columns > MostColumns) yield return new(file.Path, line + 1, $"{columns} columns, {MostColumns} allowed");
        }
    }

    public static IEnumerable<Violation> Methods(SourceFile file)
    {
        foreach (var method in file.Root.DescendantNodes().Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax))
        {
            var first = method.ChildNodesAndTokens().First(part => part.AsNode() is not AttributeListSyntax).GetLocation()!.GetLineSpan();
            var lines = method.GetLocation().GetLineSpan().EndLinePosition.Line - first.StartLinePosition.Line + 1;
            if (lines > MostMethodLines) yield return file.At(method, $"a method of {lines} lines, {MostMethodLines} allowed");
        }
    }

    public static IEnumerable<Violation> Folders(IEnumerable<string> files) =>
        from file in files
        where SourceFile.IsSourceFolder(file)
        group file by file[..file.LastIndexOf('/')] into folder
        where folder.Count() > MostFilesInFolder
        select new Violation(folder.Key, 0, $"{folder.Count()} files, {MostFilesInFolder} allowed");
}
