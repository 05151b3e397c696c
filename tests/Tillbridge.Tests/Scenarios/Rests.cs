using Tillbridge.Domain;
using Tillbridge.Domain.Proof;

namespace Tillbridge.Tests.Scenarios;

/// <summary>Every scenario looks at it: who says something for certain says on what it rests.</summary>
internal static class Rests
{
    public static Session OnGrounds(this Session session)
    {
        if (session.Conclusion is not { } end) return session;
        if (end.Outcome is Outcome.Unknown) Assert.Empty(end.Grounds);
        else Assert.NotEmpty(end.Grounds);
        Assert.All(end.Grounds, code => Assert.Contains(code, Ground.Facts.Concat(Ground.Assumptions)));
        return session;
    }
}
