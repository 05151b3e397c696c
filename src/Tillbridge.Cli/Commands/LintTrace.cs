using System.Globalization;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;

namespace Tillbridge.Cli.Commands;

/// <summary>A recorded trace held against a dialect, line by line.</summary>
internal static class LintTrace
{
    /// <summary>Something in the trace disagrees with the dialect.</summary>
    public const int Disagrees = 3;

    private const int MostBytes = 64 * 1024 * 1024;

    public static int Run(IProtocol protocol, string file)
    {
        if (protocol.MakeLinter() is not { } linter)
            throw CliException.Usage($"{protocol.Name} has no dialect files to hold a trace against; this is for gpe and csob-b.");
        var (lines, wrong, findings) = (0, 0, 0);
        foreach (var line in FlowText.Read(ReadAll(file)))
        {
            lines++;
            IReadOnlyList<string> found = line.Bytes is { } bytes ? linter.Look(bytes, line.From) : [line.Fault ?? "it cannot be read"];
            if (found.Count > 0) wrong++;
            findings += found.Count;
            foreach (var what in found) Console.WriteLine($"line {line.Number.ToString(CultureInfo.InvariantCulture)}: {what}");
        }

        if (lines == 0) throw CliException.Usage($"{file} holds no line with a message.");
        Console.WriteLine(findings == 0
            ? $"{lines} lines, nothing disagrees with dialect {protocol.Dialects[0]}"
            : $"{lines} lines, {wrong} of them disagree with dialect {protocol.Dialects[0]} in {findings} points");
        return findings == 0 ? ExitCodes.Ok : Disagrees;
    }

    private static string ReadAll(string file)
    {
        try
        {
            if (file == "-") return Console.In.ReadToEnd();
            if (File.Exists(file) && new FileInfo(file).Length > MostBytes)
                throw CliException.Usage($"{file} is over {MostBytes / 1024 / 1024} MiB; give a part of it.");
            return File.ReadAllText(file);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{file} cannot be read: {wrong.Message}");
        }
    }
}
