using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tillbridge.Domain.Proof;
using Tillbridge.Protocols.BProtocol.Frames;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.BProtocol.Dialects;

/// <summary>Reads a whole dialect and collects everything that is wrong with it.</summary>
internal sealed class BDialectReader
{
    private const int MostSeconds = 3600;
    private const int MostSettle = 60;
    private const int MostPause = 5000;
    private const int UsualPause = 20; // Longer than two writes need to become two segments.
    private static readonly TimeSpan UsualSettle = TimeSpan.FromSeconds(10); // protocols README §5.1
    private static readonly string[] Encodings = ["iso-8859-2", "iso-8859-1", "windows-1250", "cp852", "utf-8", "ascii"];

    private readonly List<string> faults = [];

    /// <summary>What is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Faults => faults;

    public BDialect Read(JsonElement root)
    {
        var top = new DialectSection(root, "", faults);
        var frame = top.Section("frame");
        var flags = top.Section("flags");
        var amount = top.Section("amount");
        var types = ReadTypes(top.Section("types"));
        var fids = ReadFids(top.Section("fids"));
        var reversal = top.Section("reversal");
        var encoding = CodePages.Find(top.Choice("encoding", Encodings))!;
        var receipts = ReadReceipts(top.Section("receipt"), encoding, fids);
        (fids, var others) = ReadOthers(top, fids, receipts.Inline);
        var dialect = new BDialect
        {
            Id = top.Text("id", 1, 64, text => !text.Any(char.IsControl), "1 to 64 printable characters"),
            TerminalId = top.Text("terminalId", 8, 8, IsPlain, "8 letters or digits"),
            StrictLength = frame.Choice("lengthCheck", "lenient", "strict") == "strict",
            MaxFrame = frame.Number("maxFrame", 128, 65_536),
            Version = frame.Text("version", 2, 2, IsPlain, "2 letters or digits"),
            Crc = ReadCrc(top.Section("crc")),
            Encoding = encoding,
            RequestFlags = Flags(flags, "request"),
            ReceiptFlags = Flags(flags, "receiptRequest"),
            ConfirmFlags = Flags(flags, "confirm"),
            Types = types,
            Operations = Invert(types),
            Fids = fids,
            OtherFids = others,
            Names = WithOthers(Invert(fids), others),
            RequestFields = ReadRequestFields(top.Section("requestFields"), fids),
            LeastAmountDigits = amount.Number("leastDigits", 1, 12),
            CashbackIncluded = amount.Flag("cashbackIncluded"),
            Exponents = ReadExponents(top.Section("currency")),
            Invoice = ReadInvoice(top.Section("invoice"), fids),
            ApprovalLength = ReadApproval(top.Section("approval")),
            Totals = ReadTotals(top.Section("totals"), fids),
            Receipts = receipts,
            Codes = new CodeRuleReader(top, reversal).Read(),
            AckRequired = false,
            Restarts = [],
            CheckBefore = One(top, "check", section => section.Flag("before")),
            SendConfirm = false,
            OnMissingConfirm = "",
            Reread = FrozenSet<string>.Empty,
            Passivate = ReadPassivate(top.Section("passivate")),
            RecoveryWindow = default,
            AskLastBefore = false,
            RecoveryTotals = false,
            Settle = UsualSettle,
            Timers = ReadTimers(top.Section("timers")),
            RejectForeignTid = false,
            AdoptTid = false,
            KeepsOpen = false,
            RefusesSecond = false,
            DefaultPort = 0,
            Simulator = ReadSimulator(top.Section("sim")),
        };
        foreach (var section in new[] { frame, flags, amount, reversal }) section.Finish();
        CheckIdentity(top, dialect);
        dialect = ReadTalk(top, dialect);
        if (top.Section("mac") is var mac && mac.Choice("mode", "none") == "none") mac.Finish();
        top.Finish();
        return dialect;
    }

    // csob-b.md §9: a booking without a number of its own could not be found again.
    private static void CheckIdentity(DialectSection top, BDialect dialect)
    {
        var fields = dialect.RequestFields.GetValueOrDefault(BOperations.Purchase, []);
        if (!fields.Contains(BFields.Invoice) && !fields.Contains(BFields.Reference))
            top.Fault("requestFields.purchase", "must name invoice or reference, by which a booking is found again");
        else if (!fields.Contains(BFields.Reference) && dialect.Invoice.ShortMax < BProtocolProtocol.ShortestMint)
            top.Fault("invoice.shortMax", $"must be at least {BProtocolProtocol.ShortestMint} where no reference is sent");
    }

    private static T One<T>(DialectSection top, string name, Func<DialectSection, T> read)
    {
        var section = top.Section(name);
        var value = read(section);
        section.Finish();
        return value;
    }

    private static BDialect ReadTalk(DialectSection top, BDialect dialect)
    {
        var (confirm, recovery) = (top.Section("confirm"), top.Section("recovery"));
        var (tid, transport, ack) = (top.Section("tid"), top.Section("transport"), top.Section("ack"));
        transport.Choice("kind", "tcp"); // One carrier is served; the key stands for files that name it.
        var read = dialect with
        {
            AckRequired = ack.Flag("required"),
            Restarts = ack.Keys.Contains("restart") ? ack.List("restart", CodeRuleReader.IsCode, CodeRuleReader.Form) : [],
            SendConfirm = confirm.Flag("send"),
            OnMissingConfirm = confirm.Choice("onMissing", "keep", "resend", "reverse"),
            Reread = confirm.List("reread", BOperations.All.Contains, $"operations ({string.Join(", ", BOperations.All)})").ToFrozenSet(),
            RecoveryWindow = recovery.Seconds("window", MostSeconds),
            AskLastBefore = recovery.Flag("askLastBefore"),
            RecoveryTotals = recovery.Flag("totals"),
            Without = recovery.Keys.Contains("without")
                ? Grounds.Of(recovery.List(
                    "without", BDialect.Droppable.Contains, $"assumptions ({string.Join(", ", BDialect.Droppable)})"))
                : Grounds.None,
            Settle = recovery.Keys.Contains("settle") ? recovery.Seconds("settle", MostSettle) : UsualSettle,
            RejectForeignTid = tid.Choice("check", "off", "reject") == "reject",
            AdoptTid = tid.Flag("adopt"),
            KeepsOpen = transport.Choice("connection", "perOperation", "keepOpen") == "keepOpen",
            RefusesSecond = transport.Choice("secondConnection", "displace", "reject") == "reject",
            DefaultPort = transport.Number("defaultPort", 1, 65_535),
        };
        foreach (var section in new[] { confirm, recovery, tid, transport, ack }) section.Finish();
        return read;
    }

    private static FrozenDictionary<string, string> ReadTypes(DialectSection section)
    {
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var operation in BOperations.All)
            types[operation] = section.Text(operation, 2, 2, text => text.All(char.IsAsciiDigit), "2 digits");
        section.Finish();
        foreach (var twice in types.Where(pair => pair.Value.Length > 0).GroupBy(pair => pair.Value).Where(group => group.Count() > 1))
            section.Fault("", $"gives {twice.Key} to {string.Join(" and ", twice.Select(pair => pair.Key))}; each operation has its own");
        return types.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenDictionary<string, string> ReadFids(DialectSection section)
    {
        var fids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in BFields.All)
        {
            // A field that an installation does not have is left out of the file, or is null there after "extends".
            if (!section.Keys.Contains(field) && !BFields.Needed.Contains(field)) continue;
            var letter = section.Text(field, 1, 2, BFields.IsFid, "a letter or digit, or 9 and the letter of a sub-field");
            if (letter.Length > 0) fids[field] = letter;
        }

        section.Finish();
        foreach (var twice in fids.GroupBy(pair => pair.Value).Where(group => group.Count() > 1))
            section.Fault("", $"gives {twice.Key} to {string.Join(" and ", twice.Select(pair => pair.Key))}; letters are unique");
        return fids.ToFrozenDictionary(StringComparer.Ordinal);
    }

    // Not asked for in files of before. What fids gives to a field is that field's alone, but paper that does not come inline has no
    // letter.
    private static (FrozenDictionary<string, string> Fids, FrozenDictionary<string, string> Others) ReadOthers(
        DialectSection top, FrozenDictionary<string, string> fids, bool isInline)
    {
        if (!top.Keys.Contains("otherFids")) return (fids, FrozenDictionary<string, string>.Empty);
        var section = top.Section("otherFids");
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in BFields.All.Where(section.Keys.Contains))
        {
            var letter = section.Text(field, 1, 1, BFields.IsFid, "a letter or digit");
            if (letter.Length == 0) continue;
            if (others.FirstOrDefault(pair => pair.Value == letter).Key is { } twice)
                section.Fault(field, $"gives {letter}, which is {twice} already");
            if (fids.Any(pair => pair.Value == letter && (isInline || pair.Key != BFields.Printing))) continue;
            others[field] = letter;
        }

        section.Finish();
        var own = fids.Where(pair => pair.Key != BFields.Printing || !others.ContainsValue(pair.Value));
        return (own.ToFrozenDictionary(StringComparer.Ordinal), others.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static FrozenDictionary<string, string> WithOthers(
        FrozenDictionary<string, string> names, FrozenDictionary<string, string> others) =>
        names.Concat(others.DistinctBy(other => other.Value).Select(other => KeyValuePair.Create(other.Value, other.Key)))
            .ToFrozenDictionary(StringComparer.Ordinal);

    private static FrozenDictionary<string, IReadOnlyList<string>> ReadRequestFields(
        DialectSection section, FrozenDictionary<string, string> fids)
    {
        var all = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var operation in BOperations.WithFields)
        {
            var fields = section.List(operation, BFields.OfRequests.Contains, $"fields ({string.Join(", ", BFields.OfRequests)})");
            foreach (var field in fields.Where(field => !fids.ContainsKey(field)))
                section.Fault(operation, $"names {field}, which has no letter in fids");
            foreach (var twice in fields.GroupBy(field => field).Where(group => group.Count() > 1))
                section.Fault(operation, $"names {twice.Key} twice");
            all[operation] = fields;
        }

        section.Finish();
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static CrcRule ReadCrc(DialectSection section)
    {
        var rule = new CrcRule(
            section.Choice("mode", "constant", "crc16") == "crc16",
            section.Text("constant", 4, 4, text => text.All(char.IsAsciiHexDigit), "4 hexadecimal digits"),
            section.Choice("algorithm", [.. BCrc.Algorithms]),
            section.Choice("range", "data", "header32+data") == "header32+data",
            section.Flag("acceptConstant"),
            section.Text("errorCode", 3, 3, CodeRuleReader.IsCode, CodeRuleReader.Form));
        section.Finish();
        return rule;
    }

    private static FrozenDictionary<string, int> ReadExponents(DialectSection section)
    {
        var exponents = section.Section("exponents");
        var read = exponents.Keys.ToDictionary(code => code, code => exponents.Number(code, 0, 4), StringComparer.Ordinal);
        foreach (var code in read.Keys.Where(code => !Domain.Currency.TryFind(code, out _)))
            exponents.Fault(code, "is no ISO 4217 currency code");
        exponents.Finish();
        section.Finish();
        return read.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static InvoiceRule ReadInvoice(DialectSection section, FrozenDictionary<string, string> fids)
    {
        var rule = new InvoiceRule(
            section.Choice("form", "digits", "printable") == "digits",
            section.Number("shortMax", 0, 64), section.Number("longMin", 0, 64), section.Number("longMax", 0, 64),
            section.Keys.Contains("mint") && section.Flag("mint"));
        if (rule.Mint && rule.ShortMax < BProtocolProtocol.ShortestMint)
            section.Fault("mint", $"needs a shortMax of at least {BProtocolProtocol.ShortestMint}");
        if (rule.LongMax > 0 && !fids.ContainsKey(BFields.LongInvoice)) section.Fault("longMax", "needs fids.longInvoice");
        if (rule.LongMax > 0 && rule.LongMin != rule.ShortMax + 1) section.Fault("longMin", "must be shortMax and one");
        section.Finish();
        return rule;
    }

    private static int ReadApproval(DialectSection section)
    {
        var length = section.Number("padTo", 0, 12);
        section.Finish();
        return length;
    }

    private static TotalsRule ReadTotals(DialectSection section, FrozenDictionary<string, string> fids)
    {
        var groups = section.List("groups", BFields.Groups.Contains, $"groups ({string.Join(", ", BFields.Groups)})");
        if (groups.Distinct().Count() != groups.Count) section.Fault("groups", "names a group twice");
        var rule = new TotalsRule(
            groups, section.Number("countDigits", 1, 9), section.Number("sumDigits", 1, 18),
            section.Choice("sign", "explicit", "none") == "explicit")
        {
            Period = section.Keys.Contains("period") ? ReadPeriod(section.Section("period")) : null,
        };
        if (rule.Period is null && fids.ContainsKey(BFields.PeriodTotals)) section.Fault("period", "must say how periodTotals is laid out");
        section.Finish();
        return rule;
    }

    private static PeriodRule ReadPeriod(DialectSection section)
    {
        var groups = section.List("groups", BFields.Groups.Contains, $"groups ({string.Join(", ", BFields.Groups)})");
        if (groups.Distinct().Count() != groups.Count) section.Fault("groups", "names a group twice");
        var rule = new PeriodRule(
            section.Number("shiftDigits", 0, 9), section.Number("batchDigits", 0, 9), groups, section.Number("countDigits", 1, 9),
            section.Number("amountDigits", 2, 18));
        section.Finish();
        return rule;
    }

    private static ReceiptRule ReadReceipts(DialectSection section, Encoding encoding, FrozenDictionary<string, string> fids)
    {
        var mode = section.Choice("mode", "inline", "fetch", "none");
        string[] carriers = mode switch
        {
            "inline" => [BFields.Printing],
            "fetch" => [BFields.ReceiptLine, BFields.ReceiptControl],
            _ => [],
        };
        foreach (var missing in carriers.Where(field => !fids.ContainsKey(field))) section.Fault("mode", $"{mode} needs fids.{missing}");
        var styles = section.Section("styles");
        var looks = new Dictionary<char, LineStyle>();
        foreach (var mark in styles.Keys)
        {
            var word = styles.Choice(mark, "normal", "bold", "doubleHeight", "double", "centred", "right");
            if (mark.Length != 1) styles.Fault(mark, "must be named by one character");
            else looks[mark[0]] = Enum.Parse<LineStyle>(word, ignoreCase: true);
        }

        styles.Finish();
        var pages = section.Section("codePages");
        var encodings = new Dictionary<string, Encoding>(StringComparer.Ordinal);
        foreach (var page in pages.Keys)
        {
            var name = pages.Choice(page, ["protocol", .. Encodings]);
            encodings[page] = name == "protocol" ? encoding : CodePages.Find(name)!;
        }

        pages.Finish();
        var rule = new ReceiptRule(
            mode == "inline", mode == "fetch", section.Number("partBytes", 100, 8000), section.Number("columns", 24, 48),
            looks.ToFrozenDictionary(), encodings.ToFrozenDictionary(StringComparer.Ordinal));
        section.Finish();
        return rule;
    }

    private static PassivateRule ReadPassivate(DialectSection section)
    {
        var rule = new PassivateRule(
            section.Choice("answer", "passivate", "original", "both"),
            section.List("cancelled", CodeRuleReader.IsCode, CodeRuleReader.Form),
            section.List("nothing", CodeRuleReader.IsCode, CodeRuleReader.Form),
            section.List("late", CodeRuleReader.IsCode, CodeRuleReader.Form));
        section.Finish();
        foreach (var (name, codes) in new[] { ("cancelled", rule.Cancelled), ("nothing", rule.Nothing), ("late", rule.Late) })
        {
            if (codes.Count == 0) section.Fault(name, "needs at least one code");
        }

        return rule;
    }

    private static TimerRule ReadTimers(DialectSection section)
    {
        var rule = new TimerRule(
            section.Seconds("connect", MostSeconds), section.Seconds("ack", MostSeconds), section.Seconds("idle", MostSeconds),
            section.Seconds("overall", MostSeconds), section.Seconds("confirm", MostSeconds), section.Seconds("query", MostSeconds),
            section.Seconds("passivate", MostSeconds), section.Seconds("tmsOverall", MostSeconds));
        section.Finish();
        return rule;
    }

    private static SimulatorRule ReadSimulator(DialectSection section)
    {
        string Code(string name) => section.Text(name, 3, 3, CodeRuleReader.IsCode, CodeRuleReader.Form);
        var rule = new SimulatorRule(
            section.Flag("sendAck"), section.Flag("coalesceAckAndAnswer"), section.Seconds("heartBeat", MostSeconds),
            section.Flag("amountRule"), Code("formatErrorCode"), Code("missingFieldCode"), Code("unsupportedCode"), Code("currencyCode"),
            Code("noPaperCode"), Code("memoryFullCode"), Code("declinedCode"), Code("customerCancelCode"), Code("reversalRefusedCode"),
            Code("tidCode"))
        {
            GluesCheck = !section.Keys.Contains("glueCheck") || section.Flag("glueCheck"),
            AnswerPause = TimeSpan.FromMilliseconds(
                section.Keys.Contains("answerPauseMs") ? section.Number("answerPauseMs", 0, MostPause) : UsualPause),
            TellsPeriod = section.Keys.Contains("totals") && section.Choice("totals", "totals", "periodTotals") == "periodTotals",
        };
        section.Finish();
        return rule;
    }

    private static ushort Flags(DialectSection section, string name)
    {
        var text = section.Text(name, 4, 4, digits => digits.All(char.IsAsciiHexDigit), "4 hexadecimal digits");
        return ushort.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var flags) ? flags : (ushort)0;
    }

    private static FrozenDictionary<string, string> Invert(FrozenDictionary<string, string> pairs) =>
        pairs.Where(pair => pair.Value.Length > 0).DistinctBy(pair => pair.Value)
            .ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    private static bool IsPlain(string text) => text.All(char.IsAsciiLetterOrDigit);
}
