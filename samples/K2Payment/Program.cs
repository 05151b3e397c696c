// A payment as K2 makes it (at the demo's GPE terminal), and its reversal when the signature does not match: ./run demo, then
// dotnet run --project samples/K2Payment [-- http://127.0.0.1:8190 AMOUNT]
using System.Globalization;
using Tillbridge.Domain;
using Tillbridge.Facades.K2;

using var terminals = K2Terminals.Connect(args.ElementAtOrDefault(0) ?? "http://127.0.0.1:8190");
var amount = decimal.Parse(args.ElementAtOrDefault(1) ?? "1234.50", CultureInfo.InvariantCulture);
var caller = K2Caller.Detect() with { Workstation = "KASSA2", User = "cashier-2" };
string? code;
decimal approved;
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
    approved = payment.ApprovedAmount ?? amount; // It may be less than was asked for.
    code = payment.SignatureRequired ? payment.ApprovalCode : null; // The cashier says that the signature does not match.
}

if (code is null) return approved == amount ? 0 : 5; // 5: the till takes the rest in another way, or undoes the payment.
using var reversal = new ReversalClient(terminals, caller) { Amount = approved, Currency = "CZK", VerificationCode = code };
reversal.Execute();
Console.WriteLine(reversal.LocalizedResponseDescription);
if (reversal.Outcome == Outcome.Unknown) reversal.WaitForOutcome(TimeSpan.FromMinutes(3));
if (reversal.Outcome == Outcome.Unknown)
{
    Console.WriteLine($"Park the sale {reversal.SessionId}: nobody knows yet whether it was taken back.");
    return 4;
}

return reversal.Successful ? 0 : 3;
