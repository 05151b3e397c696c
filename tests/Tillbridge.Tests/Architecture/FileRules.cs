using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tillbridge.Tests.Architecture;

/// <summary>Files that the program makes are made in one place, which knows whose they are.</summary>
internal static class FileRules
{
    private static readonly string[] Makers =
    [
        "File.WriteAllText", "File.WriteAllTextAsync", "File.WriteAllBytes", "File.WriteAllBytesAsync", "File.WriteAllLines",
        "File.AppendAllText", "File.AppendAllLines", "File.Create", "File.CreateText", "File.AppendText", "File.Copy",
        "Directory.CreateDirectory",
    ];

    // Each has rights of its own: the journal's files, a unit that systemd reads, directories of a service's account.
    private static readonly string[] OwnRights =
    [
        "src/Tillbridge/PrivateFile.cs", "src/Tillbridge/Journal/", "src/Tillbridge.Cli/Services/",
        // A stream over a device that is there.
        "src/Tillbridge/Transports/Serial/WindowsPort.cs",
        // It works in scratch directories that only its owner may enter.
        "src/Tillbridge.Laboratory/",
    ];

    public static IEnumerable<Violation> Made(SourceFile file)
    {
        if (!file.Path.StartsWith("src/", StringComparison.Ordinal)) yield break;
        if (OwnRights.Any(place => file.Path.StartsWith(place, StringComparison.Ordinal))) yield break;
        foreach (var call in file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            var called = call.Expression.ToString();
            if (Makers.Any(maker => called == maker || called.EndsWith("." + maker, StringComparison.Ordinal)))
                yield return file.At(call, called);
        }

        foreach (var made in file.Root.DescendantNodes().OfType<ObjectCreationExpressionSyntax>())
        {
            if (made.Type.ToString() is "FileStream" or "StreamWriter") yield return file.At(made, $"new {made.Type}");
        }
    }
}
