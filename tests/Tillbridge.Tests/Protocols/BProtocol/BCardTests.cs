using System.Globalization;
using System.Text;
using Tillbridge.Domain;
using Tillbridge.Domain.Cards;
using Tillbridge.Protocols;
using Tillbridge.Protocols.BProtocol;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Tests.Domain;

namespace Tillbridge.Tests.Protocols.BProtocol;

/// <summary>A card number in any field of an answer, in any form: neither a dump nor what a session keeps shows it.</summary>
public sealed class BCardTests
{
    private static readonly Currency Koruna = Currency.Of("CZK");

    private static readonly TerminalRequest Sale =
        new(RequestKind.Sale) { Amount = new Money(1000, Koruna), Reference = "4711" };

    public static TheoryData<string, string> Fields
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var dialect in BDialectFiles.Ids)
            {
                foreach (var fid in "CDFGHIJKLMNOPQSUVXaghilmqxyz") data.Add(dialect, fid.ToString());
                foreach (var sub in "STriGPZx") data.Add(dialect, $"9{sub}");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void No_field_shows_a_card_number(string dialectId, string fid)
    {
        var dialect = BDialectFiles.Of(dialectId);
        string[] numbers = [CardSamples.Number("411111", 16), CardSamples.Number("374245", 15), CardSamples.Number("676280", 19)];
        foreach (var number in numbers)
        {
            foreach (var (form, text) in CardSamples.Forms(number))
            {
                if (text.Any(letter => letter is > '\xFF')) continue;
                var value = fid.Length == 1 ? $"{fid}{text}" : $"{fid[0]}\u001D{fid[1]}{text}";
                var bytes = Frame($"T00\u001CR000\u001CB1000\u001CE203\u001C{value}");
                var said = Said(bytes, dialect);
                Assert.False(CardSamples.Shows(said, number), $"{form}: {said}");
                var dumped = Convert.ToHexString(Encoding.ASCII.GetBytes(number));
                Assert.DoesNotContain(dumped, said.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_number_over_two_printed_lines_is_hidden_behind_their_styles_and_letters()
    {
        var dialect = BDialectFiles.Of("csob-b");
        var number = CardSamples.Number("411111", 16);
        var frame = BCodec.Decode(Frame($"9\u001DT0Karta {number[..9]}\u001DT1{number[9..]}\u001Dt0", "B4"), dialect);

        Assert.Equal(["0Karta 411111***", $"1***{number[^4..]}"], frame.Fields[0].Subs.Take(2).Select(sub => sub.Raw));
    }

    [Fact]
    public void What_a_till_gave_a_booking_comes_back_as_it_was()
    {
        var dialect = BDialectFiles.Of("gpe-1");
        // Its check digit fits, but no card begins so.
        var reference = CardSamples.Number("20261128", 14);
        var frame = BCodec.Decode(Frame($"T00\u001CR000\u001CB1000\u001CE203\u001CQ{reference}\u001CS{reference}"), dialect);

        Assert.Equal(reference, frame.Get(dialect, BFields.Reference));
        Assert.Equal(reference, frame.Get(dialect, BFields.Invoice));
    }

    private static string Said(byte[] bytes, BDialect dialect)
    {
        var text = new StringBuilder(BInspector.Dump(bytes, Sender.Terminal, dialect));
        var inspected = BInspector.Inspect(bytes, dialect);
        foreach (var field in inspected.Fields) text.Append('\n').Append(field.Value);
        text.Append('\n').Append(inspected.MaskedPan).Append('\n').Append(inspected.Receipt).Append('\n').Append(inspected.Approval);
        var frame = BCodec.Decode(bytes, dialect);
        if (frame.Fault is not null) return text.ToString();
        try
        {
            var conclusion = ((Concluded)TerminalWords.Safe(new Concluded(new BConclusions(dialect, Koruna).Of(frame, Sale)))).Conclusion;
            text.Append($"\n{conclusion.TerminalText}\n{conclusion.References}\n{conclusion.Card}");
            text.Append('\n').Append(conclusion.PrintText).Append('\n').Append(conclusion.TotalsText);
            foreach (var receipt in ComposedReceipts.Both(conclusion, Sale)) Append(text, TerminalWords.Safe(receipt));
            foreach (var receipt in BReceipts.Inline(frame, dialect, isMoney: true).All) Append(text, TerminalWords.Safe(receipt));
        }
        catch (ProtocolViolationException violation)
        {
            text.Append('\n').Append(TerminalWords.Text(violation.Message));
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Receipt receipt) =>
        text.Append('\n').Append(string.Join('\n', receipt.Lines.Select(line => line.Text)));

    private static byte[] Frame(string data, string type = "B2")
    {
        var length = data.Length + 1;
        var header = string.Create(CultureInfo.InvariantCulture, $"{type}0112345678261128101112000{0}{length:X4}A5A5");
        return Encoding.Latin1.GetBytes($"\u0002{header}\u001C{data}\u0003");
    }
}
