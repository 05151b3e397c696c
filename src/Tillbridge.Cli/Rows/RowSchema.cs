using System.Text.Json;
using System.Text.Json.Nodes;
using Tillbridge.Facades.Rows;

namespace Tillbridge.Cli.Rows;

/// <summary>A connector's columns as JSON.</summary>
internal static class RowSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(RowConnector connector) => new JsonObject
    {
        ["connector"] = connector.Name, ["page"] = connector.Page,
        ["input"] = Columns(connector.Input), ["output"] = Columns(connector.Output),
    }.ToJsonString(Indented);

    private static JsonArray Columns(IEnumerable<RowColumn> columns) => [.. columns.Select(column => (JsonNode)new JsonObject
    {
        ["name"] = column.Name, ["type"] = column.Type.ToString(), ["nullable"] = column.Nullable, ["description"] = column.Description,
    })];
}
