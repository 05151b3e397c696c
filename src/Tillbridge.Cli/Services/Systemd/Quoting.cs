using System.Text;

namespace Tillbridge.Cli.Services.Systemd;

/// <summary>How systemd reads a value (systemd.syntax(7), systemd.service(5) "Command lines", systemd.unit(5) "Specifiers").</summary>
internal static class Quoting
{
    /// <summary>A value that is taken as it stands to the end of the line; only % means something.</summary>
    public static string Plain(string value) => value.Replace("%", "%%", StringComparison.Ordinal);

    /// <summary>One word of a list that is split at blanks.</summary>
    public static string Word(string value)
    {
        var isSimple = value.Length > 0 && value.All(character => char.IsAsciiLetterOrDigit(character) || "/._-+=:,@".Contains(character));
        if (isSimple) return value;
        var word = new StringBuilder("\"");
        foreach (var character in value)
        {
            if (character is '"' or '\\') word.Append('\\');
            word.Append(character);
            if (character is '%') word.Append('%');
        }

        return word.Append('"').ToString();
    }

    /// <summary>An argument of a command line, where $ names a variable; the program itself is a <see cref="Word"/>.</summary>
    public static string Argument(string value) => Word(value).Replace("$", "$$", StringComparison.Ordinal);
}
