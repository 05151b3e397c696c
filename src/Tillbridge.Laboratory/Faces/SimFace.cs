using Microsoft.Extensions.Logging;
using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Journal;
using Tillbridge.Laboratory.Planted;
using Tillbridge.Protocols;
using Tillbridge.Sessions;

namespace Tillbridge.Laboratory.Faces;

/// <summary>The callback face of a life of the host: the real one, with simulated receivers in the place of HTTP.</summary>
internal sealed class SimFace(
    World world, FaceBook book, IReadOnlyDictionary<string, IProtocol> protocols, IReadOnlyList<TerminalSettings> terminals,
    Func<bool> at, Bug? bug)
{
    /// <summary>Before the engine takes open sessions up.</summary>
    public static Task Before(IJournal journal, SimProcess life) => Callbacks.NoteOpen(journal, life.Clock, life.Shutdown);

    /// <summary>The face over an engine that runs; it has not begun yet.</summary>
    public Callbacks Make(IJournal journal, ITerminals engine, SimProcess life, IdSource ids)
    {
        var parts = new CallbackParts(
            bug?.Plant(engine) ?? engine, bug?.PlantFace(journal) ?? journal, () => [.. terminals.Select(one => one.Name)],
            name => terminals.FirstOrDefault(one => one.Name == name), protocols, life.Clock, ids, new DefectLogger(book));
        var settings = book.Face.Settings;
        var sender = new SimSender(world, book, life, settings, at);
        return new Callbacks(parts, settings, bug?.Plant(sender) ?? sender);
    }

    /// <summary>Hands a command in as the listener does, and tells whether its answer could be written.</summary>
    public static async Task<CallbackAnswer> Take(FaceBook book, Callbacks face, FaceCall call, string terminal, SimProcess life)
    {
        var (command, refusal) = CallbackCommand.Read(FaceBook.Write(call), keyHeader: null);
        if (command is null) return Refused(book, call, CallbackAnswer.Of(refusal!));
        call.TakenBy = life;
        try
        {
            var reply = await face.Take(command with { Terminal = terminal, By = "programmer" }, CancellationToken.None);
            call.IsAnswered = true;
            book.Meet(call.IsGone ? "clients gone"
                : !reply.Answer.Proceed ? "commands refused"
                : reply.Answer.IsReplay ? "repeats" : "commands");
            if (!reply.Answer.Proceed) Refused(book, call, reply.Answer);
            reply.Answered(!call.IsGone);
            return reply.Answer;
        }
        catch (JournalException failure)
        {
            return Refused(book, call, new(507, "journal-full", failure.Message, ""));
        }
    }

    private static CallbackAnswer Refused(FaceBook book, FaceCall call, CallbackAnswer answer)
    {
        call.IsRefused = true;
        if (book.World.Tells) book.World.Tell($"{call.Path} {call.Command} is refused: {answer.Code} {answer.Message}");
        return answer;
    }

    /// <summary>A defect in the face is one of the run.</summary>
    private sealed class DefectLogger(FaceBook book) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is not null) book.Ledger.Break($"D a defect: {formatter(state, exception)} {exception}");
        }
    }
}
