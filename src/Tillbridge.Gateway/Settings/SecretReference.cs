using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Settings;

/// <summary>Where a secret stands: <c>file:PATH</c> or <c>env:NAME</c>. The configuration itself never holds one.</summary>
internal static class SecretReference
{
    private const int MostCharacters = 4096;

    private const UnixFileMode ForOthers = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Reads the secret behind a reference; null with a fault when there is none.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="directory">Where a relative file path begins.</param>
    /// <param name="path">The place in the JSON document.</param>
    /// <param name="faults">Where faults go.</param>
    public static string? Read(string reference, string directory, string path, List<JsonFault> faults)
    {
        var (secret, fault) =
            // An entry of a list is not examined like other texts, and no system has a file with a zero in its name.
            reference.Contains('\0', StringComparison.Ordinal) ? (null, "The place of a secret holds no zero character.")
            : reference.Length > MostCharacters ? (null, $"The place of a secret has at most {MostCharacters} characters.")
            : reference.StartsWith("env:", StringComparison.Ordinal) ? FromEnvironment(reference[4..])
            : reference.StartsWith("file:", StringComparison.Ordinal) ? FromFile(Path.Combine(directory, reference[5..]))
            : (null, "A secret never stands in the configuration itself; write \"file:PATH\" or \"env:NAME\".");
        if (fault is null && secret is { Length: 0 or > MostCharacters })
            fault = $"The secret must have 1 to {MostCharacters} characters.";
        if (fault is null) return secret;
        faults.Add(new(path, fault));
        return null;
    }

    /// <summary>True for the secrets that a caller by HTTP may name.</summary>
    public static bool IsLaidOutForTerminals(string reference) =>
        reference.StartsWith("env:TILLBRIDGE_", StringComparison.Ordinal)
        || (reference.StartsWith("file:secrets/", StringComparison.Ordinal) && !reference.Contains("..", StringComparison.Ordinal));

    private static (string?, string?) FromEnvironment(string name) =>
        Environment.GetEnvironmentVariable(name) is { } secret
            ? (secret, null)
            : (null, $"The environment variable '{name}' is not set.");

    private static (string?, string?) FromFile(string file)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & ForOthers) != 0)
                return (null, $"The secret file '{file}' can be read by others; run: chmod 600 '{file}'.");
            return (File.ReadAllText(file).TrimEnd('\r', '\n'), null);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return (null, $"The secret file '{file}' cannot be read: {wrong.Message}");
        }
    }
}
