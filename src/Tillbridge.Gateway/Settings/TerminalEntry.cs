using System.Globalization;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Settings;

/// <summary>A terminal as it is configured, in the file or by HTTP.</summary>
/// <param name="Settings">What the engine needs; holds the secret itself.</param>
public sealed record TerminalEntry(TerminalSettings Settings)
{
    private const int MostLimitSeconds = 24 * 60 * 60;

    /// <summary>Where the password stands, for example <c>env:TERMINAL_PASSWORD</c>.</summary>
    public string? PasswordReference { get; init; }

    /// <summary>Names of the merchants that this terminal serves, by index; null when they are not listed.</summary>
    public IReadOnlyDictionary<string, string>? Merchants { get; init; }

    /// <summary>Its name.</summary>
    public string Name => Settings.Name;

    /// <summary>Reads an entry; null when something is wrong with it.</summary>
    internal static TerminalEntry? Read(string name, JsonFields fields, SettingsReader reader)
    {
        var before = reader.Faults.Count;
        var address = ReadAddress(fields, reader);
        var dialect = ReadDialect(fields, reader, address);
        var currency = fields.Text("currency", 3);
        if (currency is not null && !Currency.TryFind(currency, out _))
            fields.Fault("currency", "This must be an ISO 4217 code in capital letters, for example EUR.");
        var reference = fields.Text("password");
        var strict = fields.Flag("strictUnknown");
        var answerLimit = fields.Seconds("answerLimit", 1, MostLimitSeconds);
        var recoveryLimit = fields.Seconds("recoveryLimit", 1, MostLimitSeconds);
        var merchants = fields.TextMap("merchants", 99, 64);
        foreach (var index in merchants?.Keys.Where(key => !IsMerchantIndex(key)) ?? [])
            fields.Fault("merchants", $"'{index}' is no merchant index; write 1 to 99 as the key and the name as the value.");
        SettingsReader.RefuseUnserved(fields, "schedule");
        fields.Finish();

        var password = reference is null ? null : ReadPassword(reference, fields, reader);
        if (address is null || reader.Faults.Count > before) return null;
        var settings = new TerminalSettings(name, address)
        {
            Driver = new DriverSettings
            {
                Password = password, Dialect = dialect, Currency = currency ?? reader.Protocols[address.Protocol].UsualCurrency,
                AnswerLimit = answerLimit,
            },
            StrictUnknown = strict ?? true, OnlyOwnCurrency = currency is not null, RecoveryLimit = recoveryLimit,
        };
        if (!CanBeMade(fields, reader, settings)) return null;
        return new(settings)
        {
            PasswordReference = reference, Merchants = merchants,
        };
    }

    private static string? ReadPassword(string reference, JsonFields fields, SettingsReader reader)
    {
        if (reader.IsFromOutside && !SecretReference.IsLaidOutForTerminals(reference))
        {
            fields.Fault("password", "By HTTP a password can only be \"env:TILLBRIDGE_…\" or \"file:secrets/NAME\" " +
                "beside the configuration.");
            return null;
        }

        return SecretReference.Read(reference, reader.Directory, fields.PathOf("password"), reader.Faults);
    }

    // A dialect may be a file beside the configuration; who comes over HTTP has files of ours read only by their built-in names.
    private static string? ReadDialect(JsonFields fields, SettingsReader reader, TerminalAddress? address)
    {
        if (fields.Text("dialect", 512) is not { } named || address is null) return null;
        if (!reader.Protocols.TryGetValue(address.Protocol, out var protocol) || !protocol.ReadsDialectFiles) return named;
        if (protocol.Dialects.Contains(named)) return named;
        if (reader.IsFromOutside)
        {
            fields.Fault("dialect", $"By HTTP this must be one of: {string.Join(", ", protocol.Dialects)}.");
            return null;
        }

        var file = Path.Combine(reader.Directory, named);
        return File.Exists(file) ? file : named;
    }

    private static TerminalAddress? ReadAddress(JsonFields fields, SettingsReader reader)
    {
        if (fields.RequiredText("uri", 512) is not { } uri) return null;
        var address = TerminalAddress.TryParse(uri, out var why);
        if (address is null) fields.Fault("uri", why);
        if (address is null || reader.Protocols.ContainsKey(address.Protocol)) return address;
        var known = string.Join(", ", reader.Protocols.Keys.Order(StringComparer.Ordinal));
        fields.Fault("uri", $"The protocol '{address.Protocol}' is not known; known are {known}.");
        return null;
    }

    // Only driver and transport know which dialects, passwords and options they can carry; making them connects nowhere.
    private static bool CanBeMade(JsonFields fields, SettingsReader reader, TerminalSettings settings)
    {
        var (address, driver) = (settings.Address, settings.Driver);
        var protocol = reader.Protocols[address.Protocol];
        if (driver.Dialect is { } dialect && !protocol.Dialects.Contains(dialect) && !protocol.ReadsDialectFiles)
        {
            fields.Fault("dialect", $"This must be one of: {string.Join(", ", protocol.Dialects)}.");
            return false;
        }

        var part = "dialect";
        try
        {
            protocol.InDialect(driver.Dialect);
            part = "uri";
            var transport = ProtocolCatalog.Transport(address, reader.Clock);
            part = "password";
            protocol.MakeDriver(driver, transport, reader.Clock);
            part = "uri";
            protocol.MakeDriver(settings.DriverAtAddress, transport, reader.Clock);
            return true;
        }
        catch (ArgumentException wrong)
        {
            fields.Fault(part, wrong.Message);
            return false;
        }
    }

    private static bool IsMerchantIndex(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index is >= 1 and <= 99;
}
