using System.Text.Json;
using Tillbridge.Domain;

namespace Tillbridge.Gateway.Facades.ZvtCallback;

/// <summary>Amounts and references in the JSON of this face.</summary>
internal static class CallbackMoney
{
    /// <summary>An amount in minor units; nothing where there is none.</summary>
    public static void Write(Utf8JsonWriter json, string name, Money? money)
    {
        if (money is not { } amount) return;
        json.WriteStartObject(name);
        json.WriteNumber("minorUnits", amount.MinorUnits);
        json.WriteString("currency", amount.Currency.Code);
        json.WriteEndObject();
    }

    /// <summary>The numbers by which a booking is found again, only those that there are.</summary>
    public static void WriteReferences(Utf8JsonWriter json, References references)
    {
        (string Name, string? Value)[] known =
        [
            ("receipt", references.Receipt), ("rrn", references.Rrn), ("approval", references.Approval), ("trace", references.Trace),
            ("terminalId", references.TerminalId), ("merchantId", references.MerchantId), ("batch", references.Batch),
        ];
        if (known.All(one => one.Value is null)) return;
        json.WriteStartObject("References");
        foreach (var (name, value) in known.Where(one => one.Value is not null)) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
