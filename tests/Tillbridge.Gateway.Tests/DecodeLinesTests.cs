using System.Text.Json;
using Tillbridge.Catalog;
using Tillbridge.Gateway.Reading;

namespace Tillbridge.Gateway.Tests;

/// <summary>Whatever stands in a line, the answer is one line that says what is right or wrong with it.</summary>
public sealed class DecodeLinesTests
{
    [Theory]
    [InlineData("""{"name":"n","hex":"80 00 00","direction":"pt"}""", true, null)]
    [InlineData("""{"name":"n","hex":"80:00:00-06:0F:00"}""", true, null)]
    [InlineData("""{"name":"n","hex":"060"}""", false, "hex")]
    [InlineData("""{"name":"n","hex":"8Z0000"}""", false, "hex")]
    [InlineData("""{"name":"n"}""", false, "hex")]
    [InlineData("""{"name":"n","steps":[["ecr","06 B0 00"],["pt","80 00 00"]]}""", true, null)]
    [InlineData("""{"name":"n","steps":[{"direction":"ecr","hex":"06B000"},{"direction":"pt","hex":"800000"}]}""", true, null)]
    [InlineData("""{"name":"n","steps":[["ecr","060000"],["pt"]]}""", false, "steps")]
    [InlineData("""{"name":"n","steps":[["ecr","060000"],["pt",7]]}""", false, "steps")]
    [InlineData("""{"name":"n","steps":[["ecr","no hex"]]}""", false, "steps")]
    [InlineData("""{"name":"n","steps":[["ecr",""]]}""", false, "steps")]
    [InlineData("""{"name":"n","steps":[7]}""", false, "steps")]
    [InlineData("""{"name":"n","steps":[]}""", false, "steps")]
    public void A_line_is_right_or_says_which_member_is_not(string line, bool isOk, string? field)
    {
        var answer = JsonElement.Parse(DecodeLines.Answer(ProtocolCatalog.ByName["zvt"], line));

        Assert.Equal("n", answer.GetProperty("name").GetString());
        Assert.Equal(isOk, answer.GetProperty("ok").GetBoolean());
        Assert.Equal(field, answer.TryGetProperty("error", out var error) ? error.GetProperty("field").GetString() : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{\"hex\":")]
    [InlineData("{\"name\":\"half \\ud83d\"}")]
    public void A_line_that_is_no_object_is_an_answer_and_no_error(string line)
    {
        var answer = JsonElement.Parse(DecodeLines.Answer(ProtocolCatalog.ByName["zvt"], line));

        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal("line", answer.GetProperty("error").GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("\"proto\":\"csob-b\"")]
    [InlineData("\"proto\":\"gpe-1\"")]
    [InlineData("\"codec\":\"csob-b\"")]
    public void A_line_that_names_another_protocol_is_read_by_that_one(string named)
    {
        var line = $"\uFEFF{{{named},\"hex\":\"{Convert.ToHexString("\u0002B101PAXX296326112104051380000000A5A5\u001CT00\u0003"u8)}\"}}";

        var answer = JsonElement.Parse(DecodeLines.Answer(ProtocolCatalog.ByName["zvt"], line));

        Assert.True(answer.GetProperty("ok").GetBoolean(), answer.ToString());
        Assert.Equal("PAXX2963", answer.GetProperty("terminalId").GetString());
    }

    [Theory]
    [InlineData(200, 199, true)]
    [InlineData(201, 200, false)]
    public void A_line_tells_two_hundred_messages_and_says_what_it_leaves_out(int messages, int more, bool isWhole)
    {
        var hex = string.Concat(Enumerable.Repeat("800000", messages));

        var answer = JsonElement.Parse(DecodeLines.Answer(ProtocolCatalog.ByName["zvt"], $"{{\"hex\":\"{hex}\"}}"));
        var last = answer.GetProperty("more").EnumerateArray().Last();

        Assert.True(answer.GetProperty("ok").GetBoolean());
        Assert.Equal(more, answer.GetProperty("more").GetArrayLength());
        Assert.Equal(isWhole, last.GetProperty("ok").GetBoolean());
        if (!isWhole) Assert.Equal(600, last.GetProperty("error").GetProperty("offset").GetInt32());
    }

    [Fact]
    public void A_session_has_at_most_two_hundred_steps()
    {
        static JsonElement Answer(int steps) => JsonElement.Parse(DecodeLines.Answer(
            ProtocolCatalog.ByName["zvt"], $"{{\"steps\":[{string.Join(",", Enumerable.Repeat("[\"pt\",\"800000\"]", steps))}]}}"));

        Assert.True(Answer(200).GetProperty("ok").GetBoolean());
        Assert.False(Answer(201).GetProperty("ok").GetBoolean());
    }
}
