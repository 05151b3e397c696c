using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Domain;
using Tillbridge.Domain.Messages;
using Tillbridge.Journal;

namespace Tillbridge.Cli.Commands;

/// <summary>A session's records as lines for a person.</summary>
internal static class SessionText
{
    public static void Show(TextWriter screen, JournalRecord record, Session? session)
    {
        var to = new OneLine(screen);
        using var body = JsonDocument.Parse(record.Body);
        var root = body.RootElement;
        var time = record.At.ToLocalTime().ToString("HH:mm:ss");
        switch (record.Kind)
        {
            case RecordKind.Progress:
                to.WriteLine($"{time}  {Text(root, "text") ?? ProgressText(Text(root, "key") ?? "")}");
                break;
            case RecordKind.State:
                to.WriteLine($"{time}  [{Text(root, "phase")}]{Because(root)}");
                break;
            case RecordKind.Receipt:
                to.WriteLine($"{time}  receipt ({Text(root, "copy")})");
                foreach (var line in root.GetProperty("lines").EnumerateArray()) to.WriteLine($"          | {line.GetString()}");
                break;
            case RecordKind.Incident:
                to.WriteLine($"{time}  INCIDENT {Text(root, "code")}: {Text(root, "text")}");
                break;
            case RecordKind.Question:
                to.WriteLine($"{time}  the terminal waits for a confirmation");
                break;
            case RecordKind.Concluded when session is not null:
                ShowConclusion(to, time, session);
                break;
        }
    }

    /// <summary>One line of a list; an approved amount that is not the asked one stands behind it.</summary>
    public static string Line(Session session)
    {
        var asked = session.Request.Total;
        var approved = session.Conclusion?.ApprovedAmount;
        var differs = approved is not null && asked is not null && approved != asked;
        var amount = differs ? $"{asked} > {approved}" : (approved ?? asked)?.ToString();
        var state = session.Outcome?.ToString().ToLowerInvariant() ?? session.Phase.ToString().ToLowerInvariant();
        var receipt = session.Conclusion?.References.Receipt ?? "-";
        return VisibleText.Line(
            $"{session.CreatedAt.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {session.Id}  {session.Request.Kind,-16} {amount ?? "-",14}  "
            + $"{state,-10} {session.Conclusion?.Reason,-24} receipt {receipt,-5} {session.Terminal}");
    }

    private static void ShowConclusion(OneLine to, string time, Session session)
    {
        var conclusion = session.Conclusion!;
        var amount = conclusion.ApprovedAmount is { } approved ? $" {approved}" : "";
        to.WriteLine($"{time}  {conclusion.Outcome.ToString().ToUpperInvariant()}{amount}  ({conclusion.Reason})");
        to.WriteLine($"          {Messages.ForSession(session, session.Request.Language)}");
        if (conclusion.TerminalText is { } text) to.WriteLine($"          terminal: {text.ReplaceLineEndings(" / ")}");
        if (conclusion.SignatureRequired && conclusion.Outcome is Outcome.Approved)
            to.WriteLine("          The cardholder has to sign the merchant's receipt.");
        var references = new[] { ("receipt", conclusion.References.Receipt), ("trace", conclusion.References.Trace),
            ("approval code", conclusion.References.Approval) };
        var named = string.Join(", ", references.Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1} {pair.Item2}"));
        if (named.Length > 0) to.WriteLine($"          {named}");
        if (conclusion.Card is { } card) to.WriteLine($"          card {card.Brand} {card.MaskedPan}");
        if (conclusion.Totals is { } totals) to.WriteLine($"          totals {totals.Net} in {totals.Count} bookings");
        if (conclusion.Grounds.Count > 0) to.WriteLine($"          rests on {conclusion.Grounds}");
        to.WriteLine($"          session {session.Id}");
    }

    private static string ProgressText(string key) => ProgressWords.Of(ProtocolCatalog.All, key)?.ProgressText(key, "en") ?? key;

    private static string Because(JsonElement root) =>
        (Text(root, "reason"), Text(root, "text")) switch
        {
            (null, null) => "",
            (var reason, null) => $" {reason}",
            (var reason, var text) => $" {reason} {text}",
        };

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    // What a terminal or a caller said begins no line of its own, which would read as ours.
    private readonly struct OneLine(TextWriter screen)
    {
        public void WriteLine(string text) => screen.WriteLine(VisibleText.Line(text));
    }
}
