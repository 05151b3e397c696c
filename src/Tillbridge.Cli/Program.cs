using System.CommandLine;
using System.CommandLine.Help;
using Tillbridge.Cli.Commands;

namespace Tillbridge.Cli;

/// <summary>The one executable. Composes the commands and turns whatever goes wrong into one line and an exit code.</summary>
internal static class Program
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "More detail on standard error", Recursive = true };

    private static readonly Option<bool> Version = new("--version") { Description = "The version" };

    public static async Task<int> Main(string[] args)
    {
        VisibleWriter.Install();
        using var stop = new CancellationTokenSource();
        using var interrupt = new Interrupt(stop);
        var root = Build();
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0) return Complain(string.Join(" ", parsed.Errors.Select(error => error.Message)));
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                stop.Token);
        }
        catch (CliException known)
        {
            return Say(known.Message, known.ExitCode, known, parsed.GetValue(Verbose));
        }
        catch (OperationCanceledException)
        {
            return Say(
                "Stopped. What was open stays in the journal and is recovered at the next start.",
                ExitCodes.Internal,
                null,
                verbose: false);
        }
        catch (Exception unexpected)
        {
            return Say(
                $"Internal error: {unexpected.Message} Run again with --verbose and report it; the journal keeps what was open.",
                ExitCodes.Internal, unexpected, parsed.GetValue(Verbose));
        }
    }

    internal static Command Build()
    {
        // A plain command instead of a RootCommand: that one would call itself by the assembly's name.
        var root = new Command("tillbridge", "A gateway between tills and card terminals that never makes a wrong statement about money.")
        {
            new HelpOption { Recursive = true }, Verbose, Version,
        };
        root.SetAction(parsed =>
        {
            if (!parsed.GetValue(Version)) return Complain("Say what to do.");
            Console.WriteLine(typeof(Program).Assembly.GetName().Version?.ToString(3));
            return ExitCodes.Ok;
        });
        root.Subcommands.Add(ServeCommand.Build());
        root.Subcommands.Add(DemoCommand.Build());
        root.Subcommands.Add(SimulateCommand.Build());
        foreach (var session in SessionCommands.Build()) root.Subcommands.Add(session);
        root.Subcommands.Add(DecodeCommand.Build());
        root.Subcommands.Add(Rows.RowsCommand.Build());
        root.Subcommands.Add(DoctorCommand.Build());
        root.Subcommands.Add(JournalCommand.Build());
        root.Subcommands.Add(ConfigCommand.Build());
        root.Subcommands.Add(ServiceCommand.Build());
        root.Subcommands.Add(SoakCommand.Build());
        return root;
    }

    private static int Complain(string what)
    {
        Console.Error.WriteLine($"tillbridge: {what} See tillbridge --help.");
        return ExitCodes.Usage;
    }

    private static int Say(string message, int exitCode, Exception? detail, bool verbose)
    {
        Console.Error.WriteLine($"tillbridge: {VisibleText.Line(message.ReplaceLineEndings(" "))}");
        if (verbose && detail is not null) Console.Error.WriteLine(detail);
        return exitCode;
    }
}
