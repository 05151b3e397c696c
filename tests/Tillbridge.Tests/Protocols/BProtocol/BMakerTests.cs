using System.Net.Sockets;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Tests.Scenarios;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>ČSOB B against the client of the protocol's maker, from both sides (csob-b.md, last section).</summary>
public sealed class BMakerTests : BDriverFixture
{
    private static readonly Currency Koruna = Currency.Of("CZK");
    private static readonly BDialect Ours = BDialectFiles.Of("csob-b");

    [Theory]
    [InlineData("-")]
    [InlineData(" ")]
    public async Task The_next_part_of_a_slip_is_asked_for_with_a_minus_or_a_blank(string next)
    {
        var file = Dialect("csob-b", """ "receipt": { "partBytes": 100 } """);
        await using var bench = await TestBench.Start("csob-b", settings: new() { Dialect = file });
        using var till = await Connect(bench);
        await Send(till, RawBTerminal.Response("T00 B1250 S77 E978", "8002", "B1"));
        await Until(till, "B2");

        await Send(till, RawBTerminal.Response("9\x1DtM", "8002", "B3"));
        var parts = new List<string> { await Until(till, "B4") };
        while (parts[^1].EndsWith("\x1Dt1", StringComparison.Ordinal))
        {
            await Send(till, RawBTerminal.Response("9\x1Dt?", "8002", "B3").Replace('?', next[0]));
            parts.Add(await Until(till, "B4"));
        }

        Assert.True(parts.Count > 1);
        Assert.Contains("Approval", string.Concat(parts), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("T65")]
    [InlineData("T60")]
    [InlineData("T83")]
    public async Task The_virtual_terminal_tells_totals_as_the_maker_does(string question)
    {
        await using var bench = await TestBench.Start("csob-b");
        await bench.Run(TestBench.Sale(1250));
        await bench.Run(new TerminalRequest(RequestKind.Refund) { Amount = Money.Euro(200) });
        if (question == "T83") await bench.Run(new TerminalRequest(RequestKind.Reconciliation));
        using var till = await Connect(bench);

        await Send(till, RawBTerminal.Response(question, "8002", "B1"));
        var answer = await Until(till, "B2");

        Assert.Contains("\x1Cl0010010001+00000000000012500001-0000000000000200", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1CL", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("R000 l0010070002+00000000000019500001-0000000000000700 L000", 1250, 3)]
    [InlineData("R000 l00100700020000000000000195000010000000000000070", null, null)]
    [InlineData("R000 l001007000200000000000001950000100000000000000700", 1250, 3)]
    [InlineData("R000 L0002+0000000019500001-0000000007000000+000000000000", 1250, 3)]
    [InlineData("R000 L1250", null, null)]
    [InlineData("R000 l0010070002+00000000000019500001-0000000000000700 m0010070000+00000000000000000000+0000000000000000", 1250, 3)]
    [InlineData("R000 l0010070002+00000000000019500001-0000000000000700 m0010070001+00000000000000500000+0000000000000000", null, null)]
    public async Task Totals_are_read_in_either_form_and_what_is_left_to_pay_is_none(string fields, int? net, int? count)
    {
        await using var terminal = Csob((_, _) => Task.CompletedTask);
        terminal.Totals = fields;
        await Start(terminal, "csob-b");

        var session = await Ask(RequestKind.Subtotals);

        Assert.Equal((net, count), ((int?)session.Conclusion!.Totals?.Net.MinorUnits, session.Conclusion.Totals?.Count));
        Assert.Equal(fields.Contains('l') || net is not null, session.Conclusion.TotalsText is not null);
    }

    [Fact]
    public void Sums_by_direction_carry_the_names_that_the_proof_knows()
    {
        var totals = BTotals.ReadPeriod("0010070002+00000000000019500001-0000000000000700", Koruna, Ours)!;

        Assert.Equal(
            [new(TotalsGroup.Debit, 2, new(1950, Koruna)), new(TotalsGroup.Credit, 1, new(-700, Koruna))], totals.ByBrand);
    }

    [Fact]
    public async Task A_refund_by_hand_behind_a_forgotten_sale_is_seen_in_the_makers_totals()
    {
        // T82 tells an older booking, the sums are one more in both directions: net as before, and not "not booked".
        await using var terminal = Csob((line, raw) =>
        {
            raw.Totals = "R000 l0010070001+00000000000012500001-0000000000001250";
            line.HangUp();
            return Task.CompletedTask;
        });
        terminal.Last = "R000 S11 B500 F00000011 O00";
        terminal.Totals = "R000 l0010070000+00000000000000000000+0000000000000000";

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal(Outcome.Unknown, session.Outcome);
    }

    [Fact]
    public async Task The_makers_letters_of_card_sequence_and_currency_are_read()
    {
        const string Told = "R000 B1250 I203 S42 D7 P541333******9999 i0815 F00000012";
        await using var terminal = Csob(async (line, raw) =>
        {
            raw.Last = Told;
            await line.Send(RawBTerminal.Activity, RawBTerminal.Response($"T00 {Told}"));
        });

        var session = await Pay(terminal, "csob-b", "42");

        var end = session.Conclusion!;
        Assert.Equal((Outcome.Approved, new Money(1250, Koruna)), (session.Outcome, end.ApprovedAmount!.Value));
        Assert.Equal(("0815", "7", "541333******9999"), (end.References.Receipt, end.References.MerchantId, end.Card?.MaskedPan));
    }

    [Theory]
    [InlineData("I978")]
    [InlineData("E203 I978")]
    public async Task Another_currency_under_the_makers_letter_is_not_the_asked_one(string currency)
    {
        await using var terminal = Csob(async (line, raw) =>
        {
            raw.Last = $"R000 B1250 {currency} S42 F00000012";
            await line.Send(RawBTerminal.Activity, RawBTerminal.Response($"T00 R000 B1250 {currency} S42 F00000012"));
        });

        var session = await Pay(terminal, "csob-b", "42");

        Assert.NotEqual((Outcome.Approved, Koruna), (session.Outcome, session.Conclusion!.ApprovedAmount?.Currency ?? Koruna));
    }

    [Fact]
    public async Task What_the_makers_parser_stops_at_comes_last()
    {
        await using var bench = await TestBench.Start("csob-b");
        using var till = await Connect(bench);
        await Send(till, RawBTerminal.Response("T00 B1250 S77 E978", "8002", "B1"));
        var paid = await Until(till, "B2");
        await Send(till, RawBTerminal.Response("T82", "8002", "B1"));
        var told = await Until(till, "B2");

        foreach (var answer in new[] { paid, told })
        {
            var letters = string.Concat(answer[37..].Split('\x1C').Select(field => field[0]));
            var stop = letters.IndexOfAny(['O', 'V', 'h', 'H']);
            Assert.True(letters.IndexOf('B') < stop && letters.IndexOf('S') < stop, letters);
        }

        Assert.Equal("0002", told[24..28]);
    }

    [Fact]
    public async Task A_terminal_that_restarts_is_connected_again_and_asked()
    {
        // The line stays open and nothing more comes: a driver that takes this B0 for a sign of life waits for its end.
        await using var terminal = Csob(async (line, raw) =>
        {
            raw.Last = "R000 B1250 E203 S42 F00000012 O00";
            await line.Send(RawBTerminal.Activity, RawBTerminal.Response("R-99", type: "B0"));
        });
        await Start(terminal, "csob-b", answerLimit: 20);

        var session = await Ask(RequestKind.Sale, "42");

        Assert.Equal((Outcome.Approved, Reason.Recovered), (session.Outcome, session.Conclusion!.Reason));
        Assert.Equal(1, terminal.Payments);
    }

    [Fact]
    public async Task A_terminal_that_restarts_before_anything_was_sent_has_booked_nothing()
    {
        await using var terminal = Csob((_, _) => Task.CompletedTask);
        terminal.IdleFirst = RawBTerminal.Response("R-99", type: "B0");

        var session = await Pay(terminal, "csob-b", "42");

        Assert.Equal(Outcome.Failed, session.Outcome);
        Assert.Equal(0, terminal.Payments);
    }

    [Fact]
    public async Task The_check_is_answered_in_one_piece_and_other_questions_in_two()
    {
        await using var bench = await TestBench.Start("csob-b");
        using var till = await Connect(bench);

        Assert.Equal(2, await FramesOfOneRead(till, "T80"));
        Assert.Equal(1, await FramesOfOneRead(till, "T95"));
    }

    [Fact]
    public async Task The_driver_says_that_the_till_prints()
    {
        await using var terminal = Csob(async (line, _) => await line.Send(RawBTerminal.Response("T95 R000")));
        await Start(terminal, "csob-b");

        await Ask(RequestKind.Diagnosis);

        Assert.Contains("B1 8002 0004 T95", terminal.Heard);
    }

    [Theory]
    [InlineData("csob-b", 9901, "purchase over 99.01 EUR, declined (code -12)")]
    [InlineData("gpe", 9901, "purchase over 99.01 EUR, declined (code 056)")]
    [InlineData("csob-b", 1250, "purchase over 12.50 EUR, approved (code 000)")]
    [InlineData("gpe", 1250, "purchase over 12.50 EUR, approved (code 000)")]
    public async Task A_repeat_tells_what_the_last_transaction_was(string protocol, int minor, string told)
    {
        await using var bench = await TestBench.Start(protocol);
        await bench.Run(TestBench.Sale(minor));

        var repeat = await bench.Run(new TerminalRequest(RequestKind.Repeat));

        Assert.Equal((Outcome.Approved, Reason.Done), (repeat.Outcome, repeat.Conclusion!.Reason));
        Assert.Contains(told, repeat.Conclusion.TerminalText, StringComparison.Ordinal);
        Assert.Equal(minor == 1250 ? Money.Euro(1250) : null, repeat.Conclusion.ApprovedAmount);
    }

    [Theory]
    [InlineData("B101        120221150138       4A5A5\u001CT80")]
    [InlineData("B101        261121101500       4a5a5\u001CT80")]
    public void A_header_that_is_padded_with_blanks_is_read(string text)
    {
        var frame = BCodec.Decode(Encoding.ASCII.GetBytes($"\x02{text}\x03"), Ours);

        Assert.True(frame.IsSound);
        Assert.Equal((0, "appInfo"), (frame.Flags, Ours.OperationOf(frame.Get(Ours, "type"))));
        Assert.Empty(frame.Warnings);
    }

    [Fact]
    public void A_whole_file_of_before_stays_valid()
    {
        var whole = Architecture.Repository.Read("src/Tillbridge/Protocols/BProtocol/Dialects/gpe-1.json");
        var before = BDialectFiles.Parse(whole, "a file that names none of the new keys");

        Assert.Equal((0, false, true), (before.OtherFids.Count, before.Simulator.TellsPeriod, before.Simulator.GluesCheck));
        var inline = BDialectFiles.Parse("""{ "extends": "csob-b", "receipt": { "mode": "inline" } }""", "paper keeps its letter");
        Assert.Equal(("P", false), (inline.Fids["printing"], inline.OtherFids.ContainsKey("pan")));
    }

    private static async Task<int> FramesOfOneRead(TcpClient till, string question)
    {
        await Send(till, RawBTerminal.Response(question, "8002", "B1"));
        var chunk = new byte[1024];
        var size = await till.GetStream().ReadAsync(chunk, TestContext.Current.CancellationToken);
        var frames = chunk.AsSpan(0, size).Count((byte)0x03);
        if (frames == 1) size += await till.GetStream().ReadAsync(chunk, TestContext.Current.CancellationToken);
        Assert.True(size > 0);
        return frames;
    }

    private static async Task<TcpClient> Connect(TestBench bench)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", bench.Address.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task Send(TcpClient client, string frame) =>
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes($"\x02{frame}\x03"), TestContext.Current.CancellationToken);

    // The next frame of that type, without its marks.
    private static async Task<string> Until(TcpClient client, string type)
    {
        var frame = new StringBuilder();
        var one = new byte[1];
        while (await client.GetStream().ReadAsync(one, TestContext.Current.CancellationToken) > 0)
        {
            if (one[0] == 0x02) frame.Clear();
            else if (one[0] != 0x03) frame.Append((char)one[0]);
            else if (frame.ToString().StartsWith(type, StringComparison.Ordinal)) return frame.ToString();
        }

        return "";
    }
}
