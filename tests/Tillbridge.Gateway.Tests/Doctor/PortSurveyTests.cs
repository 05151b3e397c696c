using Tillbridge.Cli.Doctor;
using Tillbridge.Transports.Serial;

namespace Tillbridge.Gateway.Tests.Doctor;

/// <summary>Serial ports in a tree as the kernel lays it out; what they lead to is a real pseudo-terminal.</summary>
[Trait("Needs", "pty")]
public sealed class PortSurveyTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tillbridge-ports").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void No_port_says_what_an_adapter_would_show()
    {
        var finding = Assert.Single(new PortSurvey(new SerialPorts(root)).Look());
        Assert.Equal((FindingCodes.NoPorts, Severity.Note), (finding.Code, finding.Severity));
        Assert.Contains("/dev/ttyUSB0", finding.Cure, StringComparison.Ordinal);
        Assert.Contains("driver", finding.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_is_listed_with_its_names_and_whether_it_can_be_opened()
    {
        Assert.SkipUnless(PtyPair.IsSupported, "Links as sysfs has them, and pseudo-terminals, need Linux.");
        await using var cable = PtyPair.Open();
        Adapter("ttyUSB0", cable.First);
        var survey = new PortSurvey(new SerialPorts(root));

        var free = Assert.Single(survey.Look());
        await using (await new SerialTransport(new SerialSettings(cable.First, new(9600, 8, SerialParity.None, 2)))
            .Connect(TestContext.Current.CancellationToken))
        {
            var taken = Assert.Single(survey.Look());
            Assert.Equal((FindingCodes.PortBusy, "A10K"), (taken.Code, taken.Port!.UsbSerial));
        }

        Assert.Equal(FindingCodes.Ok, free.Code);
        Assert.Contains("USB 0403:6001, FTDI FT232R, serial number A10K", free.Subject, StringComparison.Ordinal);
        Assert.Contains("PROTOCOL+serial://usb:0403:6001:A10K", free.Text, StringComparison.Ordinal);
    }

    private void Adapter(string tty, string leadsTo)
    {
        var device = Path.Combine(root, "sys/devices/usb1/1-1");
        var home = Path.Combine(device, "1-1:1.0", tty, "tty", tty);
        Directory.CreateDirectory(home);
        Directory.CreateSymbolicLink(Path.Combine(home, "device"), "../..");
        (string File, string Text)[] words =
            [("idVendor", "0403"), ("idProduct", "6001"), ("serial", "A10K"), ("manufacturer", "FTDI"), ("product", "FT232R")];
        foreach (var (file, text) in words) File.WriteAllText(Path.Combine(device, file), text + "\n");
        var names = Path.Combine(root, "sys/class/tty");
        Directory.CreateDirectory(names);
        Directory.CreateSymbolicLink(Path.Combine(names, tty), Path.GetRelativePath(names, home));
        Directory.CreateDirectory(Path.Combine(root, "dev"));
        File.CreateSymbolicLink(Path.Combine(root, "dev", tty), leadsTo);
    }
}
