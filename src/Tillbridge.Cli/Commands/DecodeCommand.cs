using System.CommandLine;
using System.Globalization;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Reading;
using Tillbridge.Protocols;
using Tillbridge.Wire;

namespace Tillbridge.Cli.Commands;

/// <summary>Bytes as a readable, masked dump.</summary>
internal static class DecodeCommand
{
    private const int MostShown = 10_000;

    private static readonly Argument<string> Protocol = new("PROTOCOL") { Description = "zvt, gpe or csob-b" };
    private static readonly Argument<string[]> Hex =
        new("HEX") { Description = "Bytes in hexadecimal; from standard input when none are given", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<string?> Direction = new("--direction") { Description = "Who sent it: ecr or pt" };
    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object" };
    private static readonly Option<bool> Lines = new("--lines") { Description = "JSON lines from standard input, one JSON line each out" };

    private static readonly Option<string?> Dialect =
        new("--dialect") { Description = "Dialect; for gpe and csob-b also the path of a dialect file" };
    private static readonly Option<string?> Lint = new("--lint")
    {
        Description = "Hold a recorded trace against the dialect: a file of hex lines, of lines as 'ecr <STX>B1…<ETX>', or JSON lines",
    };

    public static Command Build()
    {
        var command = new Command("decode", "Take the bytes of a protocol apart; card numbers and passwords are masked.")
        {
            Protocol, Hex, Direction, Json, Lines, Dialect, Lint,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(Protocol);
        if (!ProtocolCatalog.ByName.TryGetValue(name, out var protocol))
            throw CliException.Usage($"There is no protocol '{name}'; known are {string.Join(", ", ProtocolCatalog.ByName.Keys.Order())}.");
        protocol = InDialect(protocol, parsed.GetValue(Dialect));
        if (parsed.GetValue(Lint) is { } trace) return LintTrace.Run(protocol, trace);
        if (parsed.GetValue(Lines))
        {
            while (Console.In.ReadLine() is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line)) Console.WriteLine(DecodeLines.Answer(protocol, line));
            }

            return ExitCodes.Ok;
        }

        var from = SenderOf(parsed.GetValue(Direction));
        var given = parsed.GetValue(Hex) ?? [];
        var text = given.Length > 0 ? string.Concat(given) : Console.In.ReadToEnd();
        if (DecodeLines.ReadHex(text) is not { } bytes)
            throw CliException.Usage("The bytes are no hexadecimal text; write for example 06 0F 00.");
        if (bytes.Length == 0) throw CliException.Usage("There are no bytes to decode; give them as arguments or on standard input.");
        if (parsed.GetValue(Json)) Console.WriteLine(DecodeLines.Object(protocol, bytes, from, name: null));
        else ShowText(protocol, bytes, from);
        return ExitCodes.Ok;
    }

    private static IProtocol InDialect(IProtocol protocol, string? dialect)
    {
        if (dialect is not null && !protocol.ReadsDialectFiles && !protocol.Dialects.Contains(dialect))
            throw CliException.Usage($"{protocol.Name} has no dialect '{dialect}'; known are {string.Join(", ", protocol.Dialects)}.");
        try
        {
            return protocol.InDialect(dialect);
        }
        catch (ArgumentException wrong)
        {
            throw CliException.Usage(wrong.Message);
        }
    }

    private static Sender? SenderOf(string? direction) => direction switch
    {
        null => null,
        "ecr" => Sender.Ecr,
        "pt" => Sender.Terminal,
        _ => throw CliException.Usage($"--direction is ecr or pt, not '{direction}'."),
    };

    private static void ShowText(IProtocol protocol, byte[] bytes, Sender? from)
    {
        foreach (var frame in DecodeLines.Frames(protocol, bytes, from, MostShown))
        {
            Console.WriteLine(frame.Message.Length == 0 ? "(not decoded)" : frame.Message);
            foreach (var field in frame.Fields)
            {
                var at = field.Offset.ToString(CultureInfo.InvariantCulture);
                Console.WriteLine($"  {at,5}  {field.Name,-28} {VisibleText.Line(field.Value)}");
            }

            if (frame.ResultCode is { } code && protocol.ResponseText(code, "en") is { } text)
                Console.WriteLine($"         result {code}: {text}");
            if (frame.Error is not { } error) continue;
            Console.WriteLine($"  ERROR {error.Field} at byte {error.Offset}: {VisibleText.Line(error.Text)}");
        }
    }
}
