using Tillbridge.Catalog;
using Tillbridge.Laboratory.Processes;

namespace Tillbridge.Laboratory.Tests.Processes;

/// <summary>The built program, and what every trial of it has to show.</summary>
internal static class RealProgram
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    // tests/NAME/bin/CONFIGURATION/net10.0 beside src/Tillbridge.Cli/bin/CONFIGURATION/net10.0.
    public static string File
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
            var name = OperatingSystem.IsWindows() ? "tillbridge.exe" : "tillbridge";
            return Path.Combine(root, "src", "Tillbridge.Cli", "bin", here.Parent.Name, here.Name, name);
        }
    }

    public static IEnumerable<TheoryDataRow<string>> Protocols() =>
        ProtocolCatalog.All.Select(protocol => new TheoryDataRow<string>(protocol.Name));

    public static async Task Check(Task<ProcessResult> trial)
    {
        var result = await trial;
        TestContext.Current.TestOutputHelper!.WriteLine(result.ToString());
        Assert.SkipWhen(result.Skipped is not null, result.Skipped ?? "");
        Assert.True(result.Broken.Count == 0, $"{result}\n{string.Join('\n', result.Broken)}");
        Assert.True(result.Orders > 0);
    }
}
