namespace Tillbridge.Cli.Services.Systemd;

/// <summary>
/// The file from which systemd gives the service its environment. It is read for the examination of the configuration, which
/// would else miss the secrets that are named by env:NAME.
/// </summary>
internal static class EnvironmentLines
{
    /// <summary>Takes over what the file says, if there is one.</summary>
    public static void Load(string path)
    {
        if (!File.Exists(path)) return;
        try
        {
            foreach (var (name, value) in Read(File.ReadLines(path))) Environment.SetEnvironmentVariable(name, value);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"{path} cannot be read: {wrong.Message} Run it with sudo.");
        }
    }

    /// <summary>NAME=VALUE lines, values bare or in one pair of quotes; what systemd could mean beyond that is not ours.</summary>
    public static IEnumerable<(string Name, string Value)> Read(IEnumerable<string> lines)
    {
        foreach (var line in lines.Select(line => line.Trim()))
        {
            if (line is "" or ['#' or ';', ..] || line.Split('=', 2) is not [{ Length: > 0 } name, var value]) continue;
            value = value.Trim();
            if (value is ['"', _, .., '"'] or ['\'', _, .., '\'']) value = value[1..^1];
            yield return (name.Trim(), value);
        }
    }
}
