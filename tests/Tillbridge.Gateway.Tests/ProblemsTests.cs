using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tillbridge.Gateway.Api;
using Tillbridge.Sessions;

namespace Tillbridge.Gateway.Tests;

public sealed class ProblemsTests
{
    [Theory]
    [InlineData(RefusalCode.InvalidRequest, 400, "invalid-request")]
    [InlineData(RefusalCode.NotFound, 404, "not-found")]
    [InlineData(RefusalCode.IdempotencyConflict, 409, "idempotency-conflict")]
    [InlineData(RefusalCode.TerminalBusy, 409, "terminal-busy")]
    [InlineData(RefusalCode.UnresolvedSession, 409, "unresolved-session")]
    [InlineData(RefusalCode.WrongState, 409, "wrong-state")]
    [InlineData(RefusalCode.NotTheLastBooking, 409, "not-the-last-transaction")]
    [InlineData(RefusalCode.UnsupportedByTerminal, 422, "unsupported-by-terminal")]
    [InlineData(RefusalCode.TooMany, 429, "too-many-requests")]
    [InlineData(RefusalCode.JournalFull, 507, "journal-full")]
    public async Task A_refusal_of_the_engine_is_the_problem_of_the_contract(RefusalCode refusal, int status, string code)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await Problems.Of(new Refusal(refusal, "Why and what to do.", "kind")).ExecuteAsync(context);
        var problem = JsonDocument.Parse(body.ToArray()).RootElement;
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal((status, code, "kind"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("code").GetString(),
            problem.GetProperty("field").GetString()));
        Assert.False(problem.TryGetProperty("session", out _));
    }

    [Fact]
    public void Every_refusal_has_a_row_above() => Assert.Equal(10, Enum.GetValues<RefusalCode>().Length);
}
