using System.Globalization;
using System.Text;
using Tillbridge.Protocols.BProtocol.Dialects;
using Tillbridge.Wire;

namespace Tillbridge.Protocols.BProtocol.Frames;

/// <summary>One field behind the header: its letter, and its bytes as characters of the same number, sub-fields included.</summary>
internal sealed record BField(char Fid, string Raw)
{
    public const char SubMark = '\x1D';

    /// <summary>Letters and values of the sub-fields; empty when it has none (csob-b.md §4).</summary>
    public IEnumerable<(char Letter, string Raw)> Subs
    {
        get
        {
            for (var mark = Raw.IndexOf(SubMark); mark >= 0;)
            {
                var next = Raw.IndexOf(SubMark, mark + 1);
                var end = next < 0 ? Raw.Length : next;
                if (end > mark + 1) yield return (Raw[mark + 1], Raw[(mark + 2)..end]);
                mark = next;
            }
        }
    }

    /// <summary>What stands before the first sub-field.</summary>
    public string Own => Raw.IndexOf(SubMark) is >= 0 and var mark ? Raw[..mark] : Raw;
}

/// <summary>One message of the family: STX, 36 characters of header, fields, ETX (csob-b.md §2).</summary>
/// <param name="Type">B0 to B4, N1, or what nobody knows.</param>
internal sealed record BFrame(string Type)
{
    public const string Activity = "B0";
    public const string Request = "B1";
    public const string Response = "B2";
    public const string ReceiptRequest = "B3";
    public const string ReceiptPart = "B4";
    public const string TmsRequest = "N1";

    public const ushort ConfirmWanted = 0x8000;
    public const ushort ReceiptWaiting = 0x0002;
    public const ushort SignatureRequired = 0x0001;

    public string Version { get; init; } = "01";

    public string TerminalId { get; init; } = "00000000";

    /// <summary>YYMMDDHHmmSS, the sender's local time.</summary>
    public string Time { get; init; } = "000000000000";

    public string FlagsText { get; init; } = "0000";

    public IReadOnlyList<BField> Fields { get; init; } = [];

    /// <summary>LENGTH as it came, where it is not what we would write; null writes the right one.</summary>
    public string? Length { get; init; }

    /// <summary>CRC as it came, where it is not what we would write; null writes the right one.</summary>
    public string? Crc { get; init; }

    /// <summary>The check does not fit: nobody may act on what it says.</summary>
    public bool CrcIsWrong { get; init; }

    /// <summary>What is wrong with it; null when it could be read.</summary>
    public DecodeFault? Fault { get; init; }

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Header and check are right, so that it may be acted upon.</summary>
    public bool IsSound => Fault is null && !CrcIsWrong;

    public ushort Flags =>
        ushort.TryParse(FlagsText.AsSpan().TrimStart(' '), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var flags)
            ? flags
            : (ushort)0;

    /// <summary>The bytes of a field by its place, one character each; null when it is not there.</summary>
    public string? Raw(string fid)
    {
        foreach (var field in Fields)
        {
            if (fid.Length == 1 && field.Fid == fid[0]) return field.Own;
            if (fid.Length != 2 || field.Fid != fid[0]) continue;
            foreach (var (letter, raw) in field.Subs)
            {
                if (letter == fid[1]) return raw;
            }
        }

        return null;
    }

    /// <summary>A field of the dialect as text; null when it is not there or the dialect has none.</summary>
    public string? Get(BDialect dialect, string name)
    {
        var raw = dialect.Fids.TryGetValue(name, out var fid) ? Raw(fid) : null;
        if (raw is null && dialect.OtherFids.TryGetValue(name, out var other)) raw = Raw(other);
        return raw is null ? null : TextOf(raw, dialect.Encoding);
    }

    public static string TextOf(string raw, Encoding encoding) => CodePages.Read(Encoding.Latin1.GetBytes(raw), encoding);

    public static string RawOf(string text, Encoding encoding) => Encoding.Latin1.GetString(encoding.GetBytes(text));
}
