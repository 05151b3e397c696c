using System.Text;
using Tillbridge.Wire;

namespace Tillbridge.Tests.Wire;

public sealed class LikenessTests
{
    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "http")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n", "ssh")]
    [InlineData("220 mail ESMTP\r\n", "mail-or-ftp")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000", "tls")]
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0046", "tls")]
    [InlineData("\u0002B201PAXX2963261121040058800300", "b-protocol")]
    [InlineData("\u0002B001PAXX29632611210400580000", "b-protocol")]
    [InlineData("\u0002\u0000\u0012PING", "b-pos")]
    [InlineData("\u000201000042", "stx")]
    [InlineData("{\"method\":\"PingDevice\",\"step\":0}\0", "privatbank-json")]
    [InlineData("\0{\"method\":\"PingDevice\"", "privatbank-json")]
    [InlineData("{\"error\":1}", "json")]
    [InlineData("[1]", "json")]
    [InlineData("\u0005", "concert")]
    [InlineData("\u0006", "concert")]
    [InlineData("\u0015", "refusal")]
    [InlineData("\u0015\u0003i", "refusal")]
    [InlineData("CZ0040300CJ012", "caisse-ap")]
    [InlineData("AE00201", "caisse-ap")]
    [InlineData("AT+CGMI\r", "modem")]
    [InlineData("\r\nERROR\r\n", "modem")]
    [InlineData("<html>", "xml")]
    [InlineData("\0\0\0>VER|APP", "banner")]
    [InlineData("login: ", "text")]
    public void First_bytes_tell_whose_words_they_are(string text, string code) =>
        Assert.Equal(code, Likeness.Of(Encoding.Latin1.GetBytes(text))?.Code);

    [Theory]
    [InlineData("")]
    [InlineData("\u00FE\u0080\u00F8")]
    [InlineData("\u0080\u0000\u0000")]
    [InlineData("\u0006\u000F\u0000")]
    [InlineData("abc")]
    public void What_nobody_is_known_to_say_is_nobody(string text) => Assert.Null(Likeness.Of(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Any_bytes_are_taken()
    {
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(0, 12)];
            random.NextBytes(bytes);
            Likeness.Of(bytes);
        }
    }
}
