using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tillbridge.Gateway.Settings;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Tests.Domain;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Gateway.Tests.Cards;

/// <summary>A terminal puts card numbers everywhere in every form; nothing that anybody can read afterwards holds one.</summary>
public sealed class CardSweepTests
{
    private static readonly (string Prefix, int Length)[] Kinds =
        [("411111", 16), ("545454", 16), ("374245", 15), ("676280", 19), ("222300", 16), ("362201", 14), ("622126", 18)];

    private readonly List<string> shown = [];
    private readonly List<string> numbers = [];
    private int seed;

    [Fact]
    public Task No_output_of_a_payment_shows_a_card_number_wherever_a_ZVT_terminal_puts_it() => Sweep(1);

    [Fact]
    [Trait("Speed", "Slow")]
    public Task Nor_in_whatever_form() => Sweep(4);

    private async Task Sweep(int formsPerPlace)
    {
        (string[] Before, string Fields) plan = ([], "");
        var receipt = 100;
        await using var terminal = new RawTerminal(async line =>
        {
            var (before, fields) = plan;
            await line.Send("800000");
            foreach (var message in before) await line.Ask(message);
            receipt++;
            var head = $"27000400000000100049097887{receipt:0000}0B{receipt:000000}2900000001";
            await line.Ask(ZvtPlaces.Apdu("040F", head + fields));
            await line.Ask("060F00");
        });
        await using var gateway = await TestGateway.Start(change: settings => settings with
        {
            LogLevel = LogLevel.Trace, Limits = new() { RequestsPerSecond = 100_000 },
            Terminals = [new TerminalEntry(TestGateway.Terminal("till-1", terminal.Port))],
        });
        foreach (var (place, number, form, made) in Plans(formsPerPlace))
        {
            plan = made;
            await Pay(gateway, $"{place}, {form}", number);
        }

        var (_, exported) = await GatewayProcess.Run(
            TestContext.Current.CancellationToken, ["journal", "export", "--data", gateway.Settings.Data]);
        Look("journal export", exported);
        // The log is whole when its gateway has ended.
        await gateway.Restart();
        foreach (var file in Directory.EnumerateFiles(gateway.Folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".lock", StringComparison.Ordinal)) continue;
            using var bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(bytes, Encoding.Latin1);
            Look(Path.GetFileName(file), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        Assert.True(shown.Count == 0, $"{shown.Count} of {numbers.Count}:\n" + string.Join('\n', shown));
    }

    private IEnumerable<(string Place, string Number, string Form, (string[] Before, string Fields) Made)> Plans(int formsPerPlace)
    {
        var turn = 0;
        foreach (var (place, make) in ZvtPlaces.OfText())
        {
            // All forms at all places would take minutes; each place meets some, and each form some places.
            for (var count = 0; count < formsPerPlace; count++)
            {
                var number = Next();
                List<(string Form, string Text)> forms = [.. CardSamples.Forms(number)
                    .Where(form => form.Text.All(letter => letter <= 0xFF) && form.Text.Length < 99)];
                var (form, text) = place == "BMP 2A" ? ("plain", Number("374245", 15)) : forms[turn++ * 7 % forms.Count];
                if (place == "BMP 2A") number = text;
                yield return (place, number, form, make(text));
            }
        }

        foreach (var (place, make) in ZvtPlaces.OfBytes())
        {
            for (var count = 0; count < Math.Min(formsPerPlace, 4); count++)
            {
                var form = new[] { "packed", "zeros", "expiry", "characters" }[turn++ % 4];
                var number = place == "BMP 3B" ? Number("411111", 16) : Next();
                var bytes = form switch
                {
                    "zeros" when place != "BMP 3B" => ZvtPlaces.Packed("0000" + number),
                    "expiry" when place != "BMP 3B" => ZvtPlaces.Packed(number + "2812"),
                    "characters" => ZvtPlaces.Bytes(number),
                    _ => ZvtPlaces.Packed(number),
                };
                yield return (place, number, form, make(bytes));
            }
        }
    }

    private string Next()
    {
        var (prefix, length) = Kinds[seed % Kinds.Length];
        return Number(prefix, length);
    }

    private string Number(string prefix, int length)
    {
        var number = CardSamples.Number(prefix + (seed++ % 1000).ToString("000", CultureInfo.InvariantCulture), length, seed);
        numbers.Add(number);
        return number;
    }

    private async Task Pay(TestGateway gateway, string what, string number)
    {
        var session = await gateway.Sale(1000);
        var path = $"/v1/sessions/{session.GetProperty("id").GetString()}";
        void See(string output, string text)
        {
            if (Shows(text, number)) shown.Add($"{what}: {output}");
        }

        See("session", session.GetRawText());
        See("timeline", (await gateway.Get($"{path}/timeline")).Text);
        foreach (var copy in new[] { "cardholder", "merchant", "administration" })
        {
            foreach (var form in new[] { "text/plain", "text/html", "application/vnd.escpos" })
                See($"receipt {copy} {form}", (await gateway.Get($"{path}/receipt?copy={copy}", form)).Text);
        }

        using var events = await SseReader.Open(gateway.Client, $"{path}/events");
        foreach (var one in await events.Rest()) See($"event {one.Event}", one.Data.GetRawText());
    }

    private void Look(string output, string text)
    {
        var (digits, dump) = (CardSamples.Digits(text), text.Replace(" ", "", StringComparison.Ordinal));
        foreach (var number in numbers)
        {
            if (digits.Contains(number, StringComparison.Ordinal) || dump.Contains(Dumped(number), StringComparison.OrdinalIgnoreCase))
                shown.Add($"{output} shows {number[..6]}");
        }
    }

    // As it stands, whatever stands between its digits, and the bytes of its characters in a dump.
    private static bool Shows(string output, string number) => CardSamples.Shows(output, number)
        || output.Replace(" ", "", StringComparison.Ordinal).Contains(Dumped(number), StringComparison.OrdinalIgnoreCase);

    private static string Dumped(string number) => Convert.ToHexString(Encoding.ASCII.GetBytes(number));
}
