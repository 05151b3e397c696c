using System.Globalization;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Api.Requests;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Settings;
using Tillbridge.Protocols;

namespace Tillbridge.Laboratory.Fuzz.Parsers;

/// <summary>What the gateway reads: bodies of requests and its configuration.</summary>
internal static class GatewayParsers
{
    /// <summary>Nothing lies there: what a document says must not depend on the machine that examines it.</summary>
    public const string Nowhere = "no-such-directory";

    public static IReadOnlyList<ProtocolParser> All { get; } =
    [
        new BytesParser("gateway/json-fields", ReadFields),
        new BytesParser("gateway/session-body", ReadBody),
        new BytesParser("gateway/config", ReadSettings),
    ];

    private static JsonFields? ReadFields(byte[] input)
    {
        var faults = new List<JsonFault>();
        var fields = JsonFields.Parse(input, faults);
        Invariant.Holds(fields is not null || faults.Count > 0, "a refused document says why");
        return faults.Count == 0 ? fields : null;
    }

    private static SessionBody? ReadBody(byte[] input)
    {
        var faults = new List<JsonFault>();
        if (JsonFields.Parse(input, faults) is not { } fields) return null;
        var body = SessionBody.Read(fields, faults);
        Invariant.Holds(body is null == faults.Count > 0, "a refused body says why, and one that is taken has no fault");
        if (body is null) return null;
        Invariant.Holds(RequestRules.Fault(body.Request) is null, "what is taken keeps the rules of a request");
        // What may reach a terminal is exact.
        Invariant.Holds(
            body.Request.Total is not { } total || long.Parse(total.MinorUnits.ToString(CultureInfo.InvariantCulture), null) > 0,
            "an amount that is taken is above zero");
        return body;
    }

    private static GatewaySettings? ReadSettings(byte[] input)
    {
        var reading = GatewaySettings.Parse(input, Nowhere, ProtocolCatalog.ByName, StoppedClock.Instance);
        Invariant.Holds(reading.Settings is null == reading.Faults.Count > 0, "a refused configuration says why");
        return reading.Settings;
    }
}
