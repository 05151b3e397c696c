using System.Text;

namespace Tillbridge.Cli;

/// <summary>
/// Standard output and error of every command. Whatever a command prints of a terminal's, a caller's or a file's words, no character of it
/// moves the cursor, changes the screen or turns the order of letters: it stands there as its number. Lines that a command ends itself end.
/// JSON stays what it was, because the number is written as JSON writes it.
/// </summary>
internal sealed class VisibleWriter(TextWriter screen) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => screen.Encoding;

    /// <summary>Puts it before standard output and error.</summary>
    public static void Install()
    {
        Console.SetOut(new VisibleWriter(Console.Out));
        Console.SetError(new VisibleWriter(Console.Error));
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write(value.ToString());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    /// <inheritdoc/>
    public override void Write(string? value)
    {
        if (value is not null) screen.Write(VisibleText.Lines(value));
    }

    /// <inheritdoc/>
    public override void WriteLine(string? value) => screen.WriteLine(VisibleText.Lines(value ?? ""));

    /// <inheritdoc/>
    public override void Flush() => screen.Flush();
}
