using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;
using Tillbridge.Gateway.Tests.Support;

namespace Tillbridge.Gateway.Tests.Page;

/// <summary>NSwag makes a client out of the document as it is served; it is compiled and pays.</summary>
[Trait("Speed", "Slow")]
public sealed class NSwagTests
{
    // What somebody writes who has the client: a payment, a look at the list, and a refusal.
    private const string Till = """
        namespace Made
        {
            public static class Till
            {
                public static async System.Threading.Tasks.Task<string> Pay(System.Net.Http.HttpClient http)
                {
                    var client = new PayClient(http) { BaseUrl = http.BaseAddress.ToString() };
                    var order = new SessionRequest
                    {
                        Kind = SessionRequestKind.Sale, Amount = new Money { MinorUnits = 1250, Currency = "EUR" },
                        Metadata = new System.Collections.Generic.Dictionary<string, string> { ["till"] = "1" },
                    };
                    var open = await client.StartSessionAsync("order-1", null, order);
                    var end = await client.GetSessionAsync(open.Id, 60);
                    var list = await client.ListSessionsAsync(null, null, null, null, Outcome.Approved, null, null, null, null);
                    try
                    {
                        await client.StartSessionAsync(null, null, order);
                        return "taken without a key";
                    }
                    catch (ApiException<Problem> refused)
                    {
                        var (seen, count) = (end.Metadata["till"], list.Sessions.Count);
                        return $"{end.Outcome} {end.ApprovedAmount.MinorUnits} {seen} {count} {refused.Result.Code} {refused.Result.Field}";
                    }
                }
            }
        }
        """;

    [Theory]
    [InlineData(CSharpJsonLibrary.NewtonsoftJson)]
    [InlineData(CSharpJsonLibrary.SystemTextJson)]
    public async Task A_client_with_NSwags_own_defaults_pays(CSharpJsonLibrary library)
    {
        await using var gateway = await TestGateway.Start();
        var text = (await gateway.Get("/openapi/v1.json")).Text;
        var document = await OpenApiDocument.FromJsonAsync(text, TestContext.Current.CancellationToken);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "PayClient", CSharpGeneratorSettings = { Namespace = "Made", JsonLibrary = library },
        };
        var made = Compile(new CSharpClientGenerator(document, settings).GenerateFile(), Till);

        var pay = made.GetType("Made.Till")!.GetMethod("Pay")!;
        var said = await (Task<string>)pay.Invoke(null, [gateway.Client])!;

        Assert.Equal("Approved 1250 1 1 invalid-request Idempotency-Key", said);
        Assert.Equal(1250, gateway.Acquirer.Net);
    }

    private static Assembly Compile(params string[] sources)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Made", sources.Select(source => CSharpSyntaxTree.ParseText(source)),
            platform.Select(file => MetadataReference.CreateFromFile(file)), new(OutputKind.DynamicallyLinkedLibrary));
        using var bytes = new MemoryStream();
        var result = compilation.Emit(bytes);
        Assert.Empty(result.Diagnostics.Where(found => found.Severity is DiagnosticSeverity.Error));
        bytes.Position = 0;
        return new AssemblyLoadContext("Made", isCollectible: true).LoadFromStream(bytes); // Two of one name.
    }
}
