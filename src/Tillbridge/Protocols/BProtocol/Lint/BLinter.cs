using System.Buffers;
using System.Globalization;
using System.Text;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Protocols.BProtocol.Frames;

namespace Tillbridge.Protocols.BProtocol.Lint;

/// <summary>
/// Holds recorded frames against a dialect, so that a trace of a real terminal shows which lines of the file are wrong (gpe.md §12).
/// </summary>
internal sealed class BLinter(BDialect dialect) : ITraceLinter
{
    private const int MostFrames = 10_000;
    private const ushort KnownFlags = BFrame.ConfirmWanted | BFrame.ReceiptWaiting | BFrame.SignatureRequired;

    private readonly BValueRules values = new(dialect);

    public IReadOnlyList<string> Look(ReadOnlySpan<byte> bytes, Sender? from)
    {
        var findings = new List<string>();
        var buffer = new ReadOnlySequence<byte>(bytes.ToArray());
        var taken = 0L;
        try
        {
            for (var frames = 0; frames < MostFrames && BFraming.TryTake(ref buffer, dialect.MaxFrame, strict: false,
                out var frame); frames++)
            {
                taken += frame.Length;
                findings.AddRange(OfFrame(frame.ToArray(), from));
            }
        }
        catch (ProtocolViolationException tooLong)
        {
            findings.Add(tooLong.Message);
        }

        if (taken == 0) findings.Add("There is no frame in it: STX, 36 characters of header, ETX.");
        else if (taken < bytes.Length) findings.Add($"{bytes.Length - taken} bytes stand outside of frames.");
        return findings;
    }

    private IEnumerable<string> OfFrame(byte[] bytes, Sender? from)
    {
        var frame = BCodec.Decode(bytes, dialect);
        var name = BInspector.NameOf(frame, dialect);
        var found = Header(frame, from).Concat(Check(frame, bytes));
        if (frame.Fault is { } fault) found = found.Append($"{fault.Field} at byte {fault.Offset}: {fault.Text}");
        found = found.Concat(frame.Warnings).Concat(Shape(frame)).Concat(Fields(frame));
        return found.Select(what => $"{(name.Length == 0 ? "frame" : name)}: {what}");
    }

    private IEnumerable<string> Header(BFrame frame, Sender? from)
    {
        if (frame.Type.Length == 0) yield break;
        if (!BCodec.IsKnown(frame.Type)) yield return $"type '{frame.Type}' is none of B0 to B4 and N1";
        Sender? wanted = frame.Type switch
        {
            BFrame.Request or BFrame.ReceiptRequest or BFrame.TmsRequest => Sender.Ecr,
            BFrame.Response or BFrame.ReceiptPart => Sender.Terminal,
            _ => null,
        };
        if (wanted is not null && from is not null && wanted != from)
            yield return $"a {frame.Type} comes from the {(wanted is Sender.Ecr ? "till" : "terminal")}, the trace has it the other way";
        if (frame.Version != dialect.Version) yield return $"version is {frame.Version}, frame.version says {dialect.Version}";
        if (!frame.TerminalId.All(char.IsAsciiLetterOrDigit)) yield return $"terminal id '{frame.TerminalId}' is no 8 letters or digits";
        if (BConclusions.TimeOf(frame) is null) yield return $"time '{frame.Time}' is no YYMMDDHHmmSS";
        if ((frame.Flags & ~KnownFlags) != 0) yield return $"flags {frame.FlagsText} have bits that nobody knows";
    }

    private IEnumerable<string> Check(BFrame frame, byte[] bytes)
    {
        if (frame.Crc is not { } crc) yield break;
        var header = bytes.AsSpan(1, BFraming.HeaderBytes).ToArray();
        var data = BInspector.DataOf(bytes).ToArray();
        var fits = BCrc.Explain(crc, header, data);
        var cure = fits is null
            ? "none of the known algorithms gives it"
            : $"{fits} gives it; set crc.mode, crc.algorithm and crc.range so";
        yield return $"CRC is {crc}, the dialect writes {BCrc.Of(dialect.Crc, header, data)}; {cure}";
    }

    // csob-b.md §3, §4: what stands where.
    private IEnumerable<string> Shape(BFrame frame)
    {
        if (frame.Fault is not null) yield break;
        switch (frame.Type)
        {
            case BFrame.Activity when frame.Fields.Count > 0:
                yield return "a B0 carries no fields";
                break;
            case BFrame.Request or BFrame.TmsRequest or BFrame.Response:
                if (!StandsAt(frame, 0, BFields.Type)) yield return $"the first field is not {dialect.Fids[BFields.Type]}, the type";
                if (frame.Type == BFrame.Response && !StandsAt(frame, 1, BFields.Response))
                    yield return $"the second field is not {dialect.Fids[BFields.Response]}, the response code";
                foreach (var missing in Missing(frame)) yield return $"{missing} ({dialect.Fids[missing]}) is missing";
                break;
            case BFrame.ReceiptRequest or BFrame.ReceiptPart:
                if (!dialect.Fids.TryGetValue(BFields.ReceiptControl, out var control)) yield return "the dialect fetches no receipts";
                else if (frame.Raw(control) is null) yield return $"no {control}, the receipt's control";
                break;
        }
    }

    private bool StandsAt(BFrame frame, int place, string field) =>
        frame.Fields.Count > place && dialect.Fids[field] == frame.Fields[place].Fid.ToString();

    private IEnumerable<string> Missing(BFrame frame)
    {
        if (frame.Type != BFrame.Request) return [];
        string[] needed = BInspector.OperationOf(frame, dialect) switch
        {
            BOperations.Purchase or BOperations.Refund or BOperations.PreAuth or BOperations.CashAdvance => [BFields.Amount],
            BOperations.Cashback => [BFields.Amount, BFields.Cashback],
            BOperations.Completion => [BFields.Amount, BFields.Approval],
            BOperations.Reversal => [BFields.Approval],
            _ => [],
        };
        return needed.Where(field => dialect.Has(field) && frame.Get(dialect, field) is null);
    }

    private IEnumerable<string> Fields(BFrame frame)
    {
        foreach (var twice in frame.Fields.Where(field => field.Fid != '9').GroupBy(field => field.Fid).Where(group => group.Count() > 1))
            yield return $"{Show(twice.Key.ToString())} stands {twice.Count()} times";
        foreach (var field in frame.Fields)
        {
            var subs = field.Subs.Select(sub => ($"{field.Fid}{sub.Letter}", sub.Raw));
            foreach (var (fid, raw) in field.Own.Length > 0 || !subs.Any() ? subs.Prepend((field.Fid.ToString(), field.Own)) : subs)
            {
                if (!dialect.Names.TryGetValue(fid, out var name))
                {
                    yield return $"the letter {Show(fid)} is not in fids ({raw.Length} characters)";
                    continue;
                }

                foreach (var wrong in values.Faults(name, raw, frame)) yield return $"{name} ({fid}): {wrong}";
            }
        }
    }

    private static string Show(string fid) => string.Concat(fid.Select(letter => letter is > ' ' and < '\x7F'
        ? letter.ToString() : $"\\x{((int)letter).ToString("X2", CultureInfo.InvariantCulture)}"));
}
