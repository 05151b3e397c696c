namespace Tillbridge.Gateway.Tests.Support;

/// <summary>
/// The table of the contract §5 as a command sees it, on every carrier alike: amount, exit code, minor units that stand booked.
/// </summary>
internal static class AmountTable
{
    public static TheoryData<string, int, long> Rows { get; } = new()
    {
        { "12.50", 0, 1250 },
        { "99.01", 1, 0 },
        { "99.02", 2, 0 },
        { "99.03", 2, 0 },
        { "99.04", 3, 0 },
        { "99.05", 0, 9905 },
        { "99.06", 5, 4953 },
        { "99.07", 0, 9907 },
        { "99.08", 3, 0 },
        { "99.09", 3, 0 },
        { "99.10", 0, 9910 },
        { "99.11", 0, 9911 },
        { "99.12", 0, 9912 },
        { "99.14", 0, 9914 },
    };
}
