using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tillbridge.Domain.Messages;
using Tillbridge.Gateway.Facades.ZvtCallback.Receivers;
using Tillbridge.Gateway.Reading;
using Tillbridge.Gateway.Settings;

namespace Tillbridge.Gateway.Facades.ZvtCallback.Configuration;

/// <summary>Reads <c>facades.zvtCallback</c> and collects everything that is wrong with it.</summary>
internal sealed class CallbackSettingsReader(string directory, List<JsonFault> faults)
{
    private const int MostRules = 100;

    /// <summary>Reads the section; faults tell whether it can be used.</summary>
    public CallbackSettings Read(JsonFields fields, bool hasApiKeys)
    {
        var settings = new CallbackSettings { Listen = ReadListen(fields), Terminal = fields.Text("terminal", 64) };
        settings = ReadSecurity(fields, settings, hasApiKeys);
        if (fields.Object("callback") is { } callback) settings = ReadCallback(callback, settings);
        settings = settings with
        {
            OnUndeliverable = fields.Choice("onUndeliverable", Words<OnUndeliverable>.ByWord) ?? settings.OnUndeliverable,
            OrphanApproved = fields.Choice("orphanApproved", Words<OrphanApproved>.ByWord) ?? settings.OrphanApproved,
            ReverseAfter = fields.Seconds("reverseAfterSeconds", 1, 3600) ?? settings.ReverseAfter,
            ReceiptText = fields.Choice("receiptText", Words<ReceiptChoice>.ByWord) ?? settings.ReceiptText,
            Extensions = fields.Flag("extensions") ?? settings.Extensions,
            QueryInPairs = fields.Choice("queryStyle", Styles) ?? false,
            HttpStatusAsText = fields.Choice("httpStatusAs", Forms) ?? false,
            AliasIntermediateState = fields.Flag("aliasIntermediateState") ?? false,
            LateResult = fields.Flag("lateResult") ?? false,
            RequireIdempotencyKey = fields.Flag("requireIdempotencyKey") ?? false,
            ListAll = fields.Flag("listAll") ?? false,
            MaxAmount = fields.Whole("maxAmount", 1, 999_999_999_999) ?? settings.MaxAmount,
            Charset = fields.Text("charset", 32) ?? settings.Charset,
            Language = fields.Text("language", 8) ?? settings.Language,
        };
        if (!CallbackText.Knows(settings.Charset))
            fields.Fault("charset", $"This must be one of: {string.Join(", ", CallbackText.Charsets)}.");
        if (!Messages.Knows(settings.Language)) fields.Fault("language", "This must be one of: cs, de, en, fr, ru, sk, uk.");
        fields.Finish();
        return settings;
    }

    private static readonly Dictionary<string, bool> Styles = new(StringComparer.Ordinal) { ["single"] = false, ["pair"] = true };
    private static readonly Dictionary<string, bool> Forms = new(StringComparer.Ordinal) { ["number"] = false, ["string"] = true };

    private static IPEndPoint ReadListen(JsonFields fields)
    {
        var text = fields.Text("listen", 256) ?? "127.0.0.1:8181";
        if (SettingsReader.TryParseListen(text, out var listen)) return listen;
        fields.Fault("listen", "This must be ADDRESS:PORT with an IP address or localhost, for example 127.0.0.1:8181.");
        return new(IPAddress.Loopback, 0);
    }

    private CallbackSettings ReadSecurity(JsonFields fields, CallbackSettings settings, bool hasApiKeys)
    {
        var auth = CallbackAuth.None;
        if (fields.Object("auth") is { } section)
        {
            auth = section.Choice("mode", Words<CallbackAuth>.ByWord) ?? CallbackAuth.None;
            section.Finish();
        }

        var isOpen = !IPAddress.IsLoopback(settings.Listen.Address);
        if (auth is CallbackAuth.None && isOpen)
        {
            fields.Fault("auth", "A face that listens beyond this machine needs \"auth\": {\"mode\": \"basic\"} or \"bearer\", " +
                "or listen on 127.0.0.1.");
        }

        if (auth is not CallbackAuth.None && !hasApiKeys)
            fields.Fault("auth", "There is no API key to show; write \"security\": {\"apiKeys\": [\"file:PATH\"]}.");
        string? certificate = null;
        var plain = false;
        if (fields.Object("tls") is { } tls)
        {
            certificate = ReadCertificate(tls);
            plain = tls.Flag("plainHttp") ?? false;
            if (certificate is not null && plain)
                tls.Fault("plainHttp", "With a certificate the face speaks TLS only; leave one of the two out.");
            tls.Finish();
        }

        if (isOpen && certificate is null && !plain)
        {
            fields.Fault("tls", "Beyond this machine \"tls\": {\"certificate\": \"FILE\"} is needed, or \"plainHttp\": true " +
                "where the network is trusted.");
        }

        var origins = fields.Texts("allowedOrigins", MostRules);
        foreach (var (path, origin) in origins)
        {
            var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority) == origin;
            if (!isOrigin) faults.Add(new(path, "An origin is SCHEME://HOST or SCHEME://HOST:PORT without a path."));
        }

        return settings with
        {
            Auth = auth, Certificate = certificate,
            AllowedHosts = [.. fields.Texts("allowedHosts", MostRules).Select(item => item.Text)],
            AllowedOrigins = [.. origins.Select(item => item.Text)],
        };
    }

    private static readonly Dictionary<string, CallbackAuth> Schemes = new(StringComparer.Ordinal)
    {
        ["basic"] = CallbackAuth.Basic, ["bearer"] = CallbackAuth.Bearer,
    };

    private CallbackSettings ReadCallback(JsonFields fields, CallbackSettings settings)
    {
        var allow = settings.Allow;
        if (fields.Has("allow"))
        {
            var rules = fields.Texts("allow", MostRules);
            foreach (var (path, text) in rules)
            {
                if (AddressRule.TryParse(text, out var why) is null) faults.Add(new(path, why));
            }

            allow = [.. rules.Select(rule => rule.Text)];
        }

        var secret = fields.Text("secret");
        var authority = fields.Text("ca");
        var read = settings with
        {
            Allow = allow,
            Probe = fields.Flag("probe") ?? settings.Probe,
            Timeout = fields.Whole("timeoutMs", 100, 60_000) is { } ms ? TimeSpan.FromMilliseconds(ms) : settings.Timeout,
            IntermediateAttempts = (int)(fields.Whole("intermediateAttempts", 1, 10) ?? settings.IntermediateAttempts),
            GiveUp = fields.Seconds("giveUpSeconds", 1, 60) ?? settings.GiveUp,
            EndGiveUp = fields.Whole("endGiveUpHours", 1, 24 * 30) is { } hours ? TimeSpan.FromHours(hours) : settings.EndGiveUp,
            Secret = secret is null ? null : SecretReference.Read(secret, directory, fields.PathOf("secret"), faults),
            Authority = authority is null ? null : Path.GetFullPath(Path.Combine(directory, authority)),
            Credentials = ReadCredentials(fields),
        };
        if (read.Authority is { } file) Examine(fields, "ca", () => new X509Certificate2Collection().ImportFromPemFile(file));
        fields.Finish();
        return read;
    }

    private Dictionary<string, CallbackCredential> ReadCredentials(JsonFields fields)
    {
        var read = new Dictionary<string, CallbackCredential>(StringComparer.OrdinalIgnoreCase);
        if (fields.Object("authorization") is not { } origins) return read;
        foreach (var (name, path, value) in origins.Each().Take(MostRules))
        {
            var isOrigin = Uri.TryCreate(name, UriKind.Absolute, out var origin)
                && string.Equals(origin.GetLeftPart(UriPartial.Authority), name, StringComparison.OrdinalIgnoreCase);
            // Over plain HTTP everybody on the way would read it.
            if (!isOrigin || !(origin!.Scheme == "https" || origin.IsLoopback))
                faults.Add(new(path, "An origin is https://HOST or https://HOST:PORT without a path; plain http only for this machine."));
            if (JsonFields.Of(value, path, faults) is not { } credential) continue;
            var scheme = credential.Choice("scheme", Schemes);
            if (scheme is null && !credential.Has("scheme")) credential.Fault("scheme", "This is missing; write basic or bearer.");
            var secret = credential.RequiredText("secret") is { } reference
                ? SecretReference.Read(reference, directory, credential.PathOf("secret"), faults)
                : null;
            credential.Finish();
            if (scheme is CallbackAuth.Basic && secret is not null && !secret.Contains(':', StringComparison.Ordinal))
                credential.Fault("secret", "For basic the secret must be user:password.");
            if (scheme is { } known && secret is not null && origin is not null)
                read[origin.GetLeftPart(UriPartial.Authority)] = new(known.ToString(), secret);
        }

        return read;
    }

    private string? ReadCertificate(JsonFields tls)
    {
        if (tls.Text("certificate") is not { } name) return null;
        var file = Path.GetFullPath(Path.Combine(directory, name));
        Examine(tls, "certificate", () => Server.CallbackServer.LoadCertificate(file).Dispose());
        return file;
    }

    private static void Examine(JsonFields fields, string name, Action load)
    {
        try
        {
            load();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            fields.Fault(name, $"This file cannot be used: {wrong.Message}");
        }
    }
}
