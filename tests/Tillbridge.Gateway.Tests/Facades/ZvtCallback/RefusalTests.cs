using Tillbridge.Domain;
using Tillbridge.Gateway.Facades.ZvtCallback;
using Tillbridge.Gateway.Tests.Page;
using Tillbridge.Gateway.Tests.Support;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Tests.Facades.ZvtCallback;

/// <summary>What stands in the way, by code and session, and which command of this face helps.</summary>
public sealed class RefusalTests : FaceBench
{
    private static readonly string Page = Pages.Read("docs", "facades", "zvt-callback.md");

    [Fact]
    public async Task A_busy_terminal_names_its_session_and_the_command_that_stops_it()
    {
        var running = await Taken("Authorisation", "1009907");
        Names(await Command("Authorisation", "100"), 409, "terminal-busy", running, "CancelTransaction");
        Names(await Command("CancelTransaction", new string('b', 32)), 409, "nothing-to-cancel", running, "CancelTransaction");
        await Ended("CancelTransaction");
    }

    [Fact]
    public async Task A_key_with_other_content_names_the_session_that_has_it()
    {
        var first = await Ended("Authorisation", "100", key: "order-1");
        Names(await Command("Authorisation", "200", key: "order-1"), 409, "idempotency-conflict", first.SessionId, "what was sent first");
    }

    [Fact]
    public async Task Another_payment_than_the_previous_one_is_told_which_that_is()
    {
        var sale = await Ended("Authorisation", "2500");
        Names(await Command("Reversal", new string('a', 32)), 422, "invalid-parameter", sale.SessionId, "leave Parameter empty");
        var reversal = await Ended("Reversal");
        Names(await Command("Reversal"), 409, "already-reversed", reversal.SessionId, "reversed already");
    }

    [Fact]
    public async Task An_unknown_of_another_interface_is_concluded_where_that_is_possible()
    {
        var sale = await Gateway.Sale(1009913);
        var id = sale.GetProperty("id").GetString()!;
        Assert.Equal("unknown", sale.GetProperty("outcome").GetString());
        // The command does not reach it here, so it would be no cure.
        Assert.Equal("not-found", (await Ended("RemoveAbortedSession", $"{id} approved Eva")).Code);
        foreach (var command in new[] { "Authorisation", "EndOfDay", "Reversal" })
            Names(await Command(command, command == "Authorisation" ? "1" : null), 409, "unresolved-session", id, "journal resolve");

        var session = await Gateway.Terminals.Find(SessionId.TryParse(id)!.Value, Stop);
        var reached = CallbackCures.Unresolved(session!, listsAll: true);
        Assert.Contains($"RemoveAbortedSession with Parameter '{id} OUTCOME NAME'", reached.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("journal resolve", reached.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_of_this_interface_is_concluded_by_the_command_that_the_refusal_names()
    {
        var id = (await Ended("Authorisation", "1009913")).SessionId;
        Names(await Command("EndOfDay"), 409, "unresolved-session", id, $"RemoveAbortedSession with Parameter '{id} OUTCOME NAME'");
        Assert.True((await Ended("RemoveAbortedSession", $"{id} approved supervisor-1")).Success);
        Assert.True((await Ended("IsIdle")).Success);
    }

    [Fact]
    public async Task Without_extensions_code_and_session_stand_in_the_headers_alone()
    {
        await Gateway.Restart(settings => settings with { ZvtCallback = settings.ZvtCallback! with { Extensions = false } });
        var sale = await Taken("Authorisation", "2500", key: "order-1");
        var answer = await Command("Authorisation", "200", key: "order-1");
        Assert.Equal(["HttpStatus", "Message", "Proceed", "SessionId"], answer.Json.EnumerateObject().Select(field => field.Name));
        Assert.Equal("idempotency-conflict", answer.Headers.GetValues("Tillbridge-Code").Single());
        Assert.Equal(sale, answer.Headers.GetValues("Tillbridge-Session").Single());
    }

    public static TheoryData<RefusalCode> Refusals => new(Enum.GetValues<RefusalCode>());

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Each_refusal_of_the_engine_has_a_documented_code_and_no_other_interfaces_cure(RefusalCode code)
    {
        var session = IdSource.Of(TimeProvider.System).NewSession();
        var refusal = new Refusal(code, "Something stands in the way.") { Session = session };
        var command = new CallbackCommand(CommandName.Reversal, new Uri("http://127.0.0.1:9000/zvt"), "") { Terminal = "till-1" };

        var told = CallbackCures.Of(refusal, command, standing: null, listsAll: false);

        Assert.NotEqual(500, told.Status);
        Assert.Contains($"`{told.Code}`", Page, StringComparison.Ordinal);
        Assert.DoesNotContain("/v1", told.Message, StringComparison.Ordinal);
        if (code is not RefusalCode.NotFound) Assert.Equal(session, told.Session);
    }

    private static void Names(Answer answer, int status, string code, string session, string cure)
    {
        IsRefused(answer, status, code);
        Assert.Equal(session, answer.Json.GetProperty("Session").GetString());
        Assert.Equal(session, answer.Headers.GetValues("Tillbridge-Session").Single());
        Assert.Contains(cure, answer.Json.GetProperty("Message").GetString(), StringComparison.Ordinal);
    }
}
