using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tillbridge.Cli.Doctor;

/// <summary>Tells findings as they come: two lines for a person, or one JSON object a line for a program.</summary>
internal sealed class Report(TextWriter to, bool json)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private bool isWrong;

    /// <summary>0 when all that was asked for is well, else 3.</summary>
    public int ExitCode => isWrong ? ExitCodes.Failed : ExitCodes.Ok;

    public void Add(Finding finding)
    {
        isWrong |= finding.Severity is Severity.Wrong;
        if (json)
        {
            to.WriteLine(Json(finding));
            return;
        }

        var mark = finding.Severity switch { Severity.Well => "ok", Severity.Note => "note", _ => "WRONG" };
        var code = finding.Code == FindingCodes.Ok ? "" : $" [{finding.Code}]";
        to.WriteLine($"{mark,-5}  {VisibleText.Line(finding.Subject)}: {VisibleText.Line(finding.Text)}{code}");
        if (finding.Cure is { } cure) to.WriteLine($"       cure: {VisibleText.Line(cure)}");
    }

    private static string Json(Finding finding)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("code", finding.Code);
            json.WriteString("severity", finding.Severity switch { Severity.Well => "ok", Severity.Note => "note", _ => "wrong" });
            json.WriteString("subject", finding.Subject);
            json.WriteString("finding", finding.Text);
            json.WriteString("cure", finding.Cure);
            json.WriteString("address", finding.Address);
            if (finding.Port is { } port)
            {
                json.WriteStartObject("port");
                json.WriteString("device", port.Device);
                json.WriteString("byId", port.ById);
                json.WriteString("usbVendor", port.UsbVendor);
                json.WriteString("usbProduct", port.UsbProduct);
                json.WriteString("usbSerial", port.UsbSerial);
                json.WriteString("description", port.Description);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
