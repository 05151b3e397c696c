namespace Tillbridge.Tests.Architecture;

/// <summary>The rules of <see cref="TidyTests"/> see what they should see, and let pass what is right.</summary>
public sealed class TidyRulesTests
{
    private const string Place = "src/Tillbridge/Wire/Planted.cs";

    [Theory]
    [InlineData("try { Work(); } catch (Exception) { Log(); }", 1)]
    [InlineData("try { Work(); } catch { Log(); }", 1)]
    [InlineData("try { Work(); } catch (Exception e) when (e is not IOException) { Log(); }", 1)]
    [InlineData("try { Work(); } catch (IOException) { }", 1)]
    [InlineData("try { Work(); } catch (IOException) { /* It is closed. */ }", 0)]
    [InlineData("try { Work(); } catch (Exception e) when (e is IOException or FormatException) { Log(); }", 0)]
    [InlineData("try { Work(); } catch (Exception e) when (IsLost(e)) { Log(); }", 0)]
    [InlineData("try { Work(); } catch (Exception e) when (e is IOException || (e is A && open)) { Log(); }", 0)]
    [InlineData("try { Work(); } catch (Exception e) when (e is IOException || open) { Log(); }", 1)]
    [InlineData("try { Work(); } catch { Clean(); throw; }", 0)]
    public void Catches(string code, int found) => Assert.Equal(found, CodeRules.Catches(Method(code)).Count());

    [Theory]
    [InlineData("Thread.Sleep(10);", 1)]
    [InlineData("await Task.Delay(pause);", 1)]
    [InlineData("await Task.Delay(pause, stop);", 1)]
    [InlineData("await Task.Delay(pause, clock);", 0)]
    [InlineData("await Task.Delay(pause, clock, stop);", 0)]
    [InlineData("var text = \"Thread.Sleep(10);\";", 0)]
    public void Waiting(string code, int found) => Assert.Equal(found, CodeRules.Waiting(Method(code)).Count());

    [Theory]
    [InlineData("File.WriteAllText(path, text);", 1)]
    [InlineData("System.IO.Directory.CreateDirectory(path);", 1)]
    [InlineData("using var file = new FileStream(path, FileMode.Create);", 1)]
    [InlineData("PrivateFile.Write(path, text);", 0)]
    [InlineData("var text = File.ReadAllText(path);", 0)]
    public void Files(string code, int found) => Assert.Equal(found, FileRules.Made(Method(code)).Count());

    [Theory]
    [InlineData("#region old\n#endregion", 1)]
    [InlineData("// TO" + "DO later", 1)]
    [InlineData("// TO" + "DO #12 later", 0)]
    [InlineData("// A list of things to do", 0)]
    public void Comments(string code, int found) => Assert.Equal(found, CodeRules.Comments(new(Place, code)).Count());

    [Theory]
    [InlineData("namespace Tillbridge.Wire { class Planted; }", 1)]
    [InlineData("namespace Tillbridge.Domain; class Planted;", 1)]
    [InlineData("class Planted;", 1)]
    [InlineData("namespace Tillbridge.Wire; class Planted;", 0)]
    [InlineData("Console.WriteLine();", 0)]
    public void Namespaces(string code, int found) => Assert.Equal(found, NameRules.Namespaces(new(Place, code)).Count());

    [Theory]
    [InlineData("namespace Tillbridge.Wire; class Other;", 1)]
    [InlineData("namespace Tillbridge.Wire; class Other; enum Planted;", 0)]
    [InlineData("namespace Tillbridge.Wire; record Seed; class Other;", 1)]
    public void File_names(string code, int found) => Assert.Equal(found, NameRules.FileNames(new(Place, code)).Count());

    [Theory]
    [InlineData("class TerminalManager;", 1)]
    [InlineData("class Outer { record CardInfo; }", 1)]
    [InlineData("class Database; record StatusInformation;", 0)]
    public void Suffixes(string code, int found) => Assert.Equal(found, NameRules.Suffixes(new(Place, code)).Count());

    [Theory]
    [InlineData("public class One; public class Two;", 1)]
    [InlineData("public class One; public static class Two;", 1)]
    [InlineData("public record One; public record Two; public enum Three; public class Four;", 0)]
    [InlineData("public record One; public static class Ones;", 0)]
    [InlineData("public class One; internal class Two;", 0)]
    public void Public_types(string code, int found) => Assert.Equal(found, NameRules.PublicTypes(new(Place, code)).Count());

    [Fact]
    public void Sizes()
    {
        var lines = string.Concat(Enumerable.Repeat("Work();\n", 401));
        Assert.Single(SizeRules.Files(new(Place, lines)));
        Assert.Empty(SizeRules.Files(new("src/Tillbridge/Protocols/Zvt/ZvtCodes.cs", lines)));
        Assert.Single(SizeRules.Methods(Method(lines)));
        Assert.Empty(SizeRules.Methods(Method(lines[..(8 * 60)])));
        Assert.Single(SizeRules.Lines(new(Place, new string('/', 141))));
        Assert.Single(SizeRules.Folders(Enumerable.Range(0, 21).Select(number => $"src/Tillbridge/Wire/File{number}.cs")));
    }

    [Theory]
    [InlineData("PAN 541333008902", "0011 and more", 1)]
    [InlineData("5413 3300 8902 ", "0012", 0)]
    [InlineData("5413-3300-8902-", "0011", 1)]
    [InlineData("0x541333008902", "0011", 0)]
    [InlineData("541333******", "0011", 0)]
    [InlineData("A541333008902", "0011", 0)]
    [InlineData("2026112110", "1803", 0)]
    [InlineData("4111111111", "111111", 0)]
    public void Card_numbers(string first, string rest, int found) => Assert.Equal(found, CardDigits.In("notes.md", first + rest).Count());

    [Fact]
    public void A_card_number_inside_of_hex_is_read_in_vectors()
    {
        var hex = Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes("card 541333008902" + "0011."));
        Assert.Single(CardDigits.In("vectors/zvt/zvt.jsonl", $$"""{"name": "x", "hex": "{{hex}}"}"""));
    }

    [Theory]
    [InlineData("see /ho" + "me/anna/notes", 1)]
    [InlineData("in C:\\Us" + "ers\\anna", 1)]
    [InlineData("GET /v1/sessions, /dev/ttyUSB0 and /tmp/x", 0)]
    public void Paths(string text, int found) => Assert.Equal(found, RepositoryRules.MachinePaths("notes.md", text).Count());

    [Fact]
    public void Half_a_protocol()
    {
        string[] files = ["src/Tillbridge/Protocols/Half/HalfCodec.cs", "src/Tillbridge/Protocols/IProtocol.cs"];
        Assert.Equal(5, RepositoryRules.ProtocolFolders(files, "new ZvtProtocol(),").Count());
    }

    private static SourceFile Method(string code) => new(Place, $"class Planted {{ async Task Run() {{ {code} }} }}");
}
