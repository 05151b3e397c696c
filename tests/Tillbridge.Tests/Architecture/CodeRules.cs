using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tillbridge.Tests.Architecture;

/// <summary>What is not written here.</summary>
internal static partial class CodeRules
{
    // Each of them owns a task or the edge of the process: it logs and ends what it owns (style: errors).
    private static readonly string[] OwnersOfTasks =
    [
        "src/Tillbridge/Journal/Sqlite/JournalWriter.cs",
        "src/Tillbridge/Protocols/BProtocol/Virtual/BVirtualTerminal.cs",
        "src/Tillbridge/Protocols/Zvt/Virtual/ZvtVirtualTerminal.cs",
        "src/Tillbridge/Sessions/Conversation.cs",
        "src/Tillbridge/Sessions/Inbox.cs",
        "src/Tillbridge/Sessions/TerminalLoop.cs",
        "src/Tillbridge.Gateway/Api/Feeds/RecordFeed.cs",
        "src/Tillbridge.Gateway/GatewayHost.cs",
        "src/Tillbridge.Gateway/Facades/ZvtCallback/Callbacks.cs",
        "src/Tillbridge.Gateway/Facades/ZvtCallback/Server/CallbackServer.cs",
        "src/Tillbridge.Laboratory/Fuzz/FuzzTrial.cs",
        "src/Tillbridge.Laboratory/Runs/Runner.cs",
        "src/Tillbridge.Laboratory/Worlds/SimProcess.cs",
        "src/Tillbridge.Gateway/Security/Gate.cs",
        "src/Tillbridge.Cli/Program.cs",
    ];

    public static IEnumerable<Violation> Comments(SourceFile file)
    {
        foreach (var trivia in file.Root.DescendantTrivia())
        {
            if (trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)) yield return file.At(trivia, "#region");
            if (IsComment(trivia) && BareTodo.IsMatch(trivia.ToString())) yield return file.At(trivia, "TODO without an issue number");
        }
    }

    public static IEnumerable<Violation> Waiting(SourceFile file)
    {
        foreach (var call in file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            var called = call.Expression.ToString();
            if (called.EndsWith("Thread.Sleep", StringComparison.Ordinal)) yield return file.At(call, "Thread.Sleep");
            if (called.EndsWith("Task.Delay", StringComparison.Ordinal) && !HasClock(call))
                yield return file.At(call, "Task.Delay without a clock");
        }

        foreach (var method in file.Root.DescendantNodes().OfType<MethodDeclarationSyntax>())
        {
            if (method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType.ToString() == "void")
                yield return file.At(method, "async void");
        }
    }

    public static IEnumerable<Violation> Catches(SourceFile file)
    {
        foreach (var clause in file.Root.DescendantNodes().OfType<CatchClauseSyntax>())
        {
            if (TakesAnything(clause) && !OwnersOfTasks.Contains(file.Path)) yield return file.At(clause, "catches any exception");
            var isSilent = clause.Block.Statements.Count == 0 && !clause.Block.DescendantTrivia().Any(IsComment);
            if (isSilent) yield return file.At(clause, "an empty catch that does not say why");
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    // Names tell what types cannot without a compilation: our clocks are called so.
    private static bool HasClock(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments;
        return arguments.Count > 2 || (arguments.Count == 2 && ClockName.IsMatch(arguments[1].Expression.ToString()));
    }

    private static bool TakesAnything(CatchClauseSyntax clause)
    {
        var type = clause.Declaration?.Type.ToString();
        if (type is not (null or "Exception" or "System.Exception")) return false;
        // Cleaning up and letting it go on is no catching.
        if (clause.Block.Statements.LastOrDefault() is ThrowStatementSyntax { Expression: null }) return false;
        return !NamesThem(clause.Filter?.FilterExpression, clause.Declaration?.Identifier.Text);
    }

    // when (error is A or B), when (IsLineFailure(error)): the set is named.
    private static bool NamesThem(ExpressionSyntax? filter, string? error) => filter switch
    {
        ParenthesizedExpressionSyntax inner => NamesThem(inner.Expression, error),
        IsPatternExpressionSyntax named => !named.Pattern.DescendantNodesAndSelf().Any(part => part.IsKind(SyntaxKind.NotPattern)),
        InvocationExpressionSyntax asked => asked.ArgumentList.Arguments.Any(argument => argument.ToString() == error),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression } => true,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either =>
            NamesThem(either.Left, error) && NamesThem(either.Right, error),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both =>
            NamesThem(both.Left, error) || NamesThem(both.Right, error),
        _ => false,
    };

    [GeneratedRegex(@"\bTODO\b(?!\s*\(?#\d)")]
    private static partial Regex BareTodo { get; }

    [GeneratedRegex("clock|time", RegexOptions.IgnoreCase)]
    private static partial Regex ClockName { get; }
}
