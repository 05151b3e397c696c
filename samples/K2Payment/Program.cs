// A payment as K2 makes it, and its reversal when the signature does not match: ./run demo, then
// dotnet run --project samples/K2Payment [-- http://127.0.0.1:8190 AMOUNT]
using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Facades.K2;

using var terminals = K2Terminals.Connect(args.ElementAtOrDefault(0) ?? "http://127.0.0.1:8190");
var amount = decimal.Parse(args.ElementAtOrDefault(1) ?? "1234.50", CultureInfo.InvariantCulture);
var caller = K2Caller.Detect() with { Workstation = "KASSA1", User = "cashier-2" };
string? code;
using (var payment = new PaymentClient(terminals, caller) { Amount = amount, Currency = "CZK", Language = "cs" })
{
    payment.Execute();
    Console.WriteLine(payment.LocalizedResponseDescription);
    if (payment.Outcome == Outcome.Unknown) payment.WaitForOutcome(TimeSpan.FromMinutes(3));
    if (payment.Outcome == Outcome.Unknown)
    {
        Console.WriteLine($"Park the sale {payment.SessionId}: never sell, never charge again."); // Somebody looks at the terminal.
        return 4;
    }

    if (!payment.Successful) return 1;
    code = payment.SignatureRequired ? payment.ApprovalCode : null; // The cashier says that the signature does not match.
}

if (code is null) return 0;
using var reversal = new ReversalClient(terminals, caller) { Amount = amount, Currency = "CZK", VerificationCode = code };
var undone = reversal.Execute();
Console.WriteLine(reversal.LocalizedResponseDescription);
return undone ? 0 : 3;
