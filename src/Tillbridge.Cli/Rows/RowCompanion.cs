using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tillbridge.Cli.Rows;

/// <summary>The file beside an output that says what run it belongs to, so that no other run goes on in it.</summary>
internal static class RowCompanion
{
    /// <summary>True when the output is there and belongs to this run; false when there is none.</summary>
    /// <exception cref="CliException">There is an output of another run.</exception>
    public static bool Check(RowPlan plan, string terminal, string run, bool forceNew)
    {
        if (plan.Out == "-" || !File.Exists(plan.Out)) return false;
        if (forceNew) throw CliException.Usage($"'{plan.Out}' exists; --force-new wants another name for the output.");
        var path = PathOf(plan);
        if (!File.Exists(path))
            throw CliException.Usage($"'{plan.Out}' exists and no '{path}' says whose it is; name another output, or move it away.");
        var (kept, mine) = (Read(path), Describe(plan, terminal, run));
        var other = mine.FirstOrDefault(pair => kept?[pair.Key]?.ToString() != pair.Value?.ToString());
        if (other.Key is null) return true;
        throw CliException.Usage(
            $"'{plan.Out}' belongs to a run with {other.Key} {kept?[other.Key]?.ToString() ?? "(none)"}, this one has {other.Value}; "
            + "name another output. Rows that were paid stay paid: their keys are in the journal.");
    }

    /// <summary>Writes it; done when it is on disk.</summary>
    public static void Write(RowPlan plan, string terminal, string run)
    {
        if (plan.Out == "-") return;
        var (path, draft) = (PathOf(plan), PathOf(plan) + ".new");
        using (var file = PrivateFile.Open(draft, FileMode.Create, FileShare.Read))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(Describe(plan, terminal, run).ToJsonString() + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private static string PathOf(RowPlan plan) => plan.Out + ".run.json";

    private static JsonObject Describe(RowPlan plan, string terminal, string run) => new()
    {
        ["connector"] = plan.Connector.Name, ["terminal"] = terminal, ["schema"] = plan.IsStrict ? "strict" : "extended",
        ["format"] = plan.OutFormat, ["run"] = run,
    };

    private static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
