namespace Tillbridge.Domain.Cards;

/// <summary>What makes digits a card number (ISO/IEC 7812).</summary>
internal static class CardNumberRules
{
    public const int FewestDigits = 13;
    public const int MostDigits = 19;

    /// <summary>The last digit checks the others (Luhn).</summary>
    public static bool HasCheckDigit(ReadOnlySpan<int> digits)
    {
        var check = new CheckDigit();
        foreach (var digit in digits) check.Add(digit);
        return check.Fits;
    }

    /// <summary>False where <see cref="IsLikely"/> cannot become true, whatever follows the first two digits.</summary>
    public static bool MayBecomeLikely(int first, int second) => (first * 10 + second) is (>= 40 and <= 69) or (>= 21 and <= 27)
        or 18 or 30 or (>= 34 and <= 39) or 81 or 82 or 86 or 97;

    /// <summary>
    /// It begins as the numbers of a card scheme do, at their length. The check digit alone fits one number in ten, dates and orders
    /// among them.
    /// </summary>
    public static bool IsLikely(ReadOnlySpan<int> digits)
    {
        var two = digits[0] * 10 + digits[1];
        var four = two * 100 + digits[2] * 10 + digits[3];
        return (digits.Length, two) switch
        {
            (13 or 16 or 18 or 19, >= 40 and <= 49) => true,          // Visa
            (16, >= 51 and <= 55) => true,                            // Mastercard
            (16, _) when four is >= 2221 and <= 2720 => true,         // Mastercard
            (>= 16, _) when four is >= 2200 and <= 2204 => true,      // Mir
            (15, 34 or 37) => true,                                   // American Express
            (>= 14, 36 or 38 or 39) => true,                          // Diners Club
            (>= 14, 30) when digits[2] <= 5 || four == 3095 => true,  // Diners Club
            (>= 16, 35) => true,                                      // JCB
            (15, _) when four is 2131 or 1800 => true,                // JCB
            (_, 50 or (>= 56 and <= 69)) => true,                     // Maestro, girocard, Discover, UnionPay
            (16, 81 or 82 or 86 or 97) => true,                       // RuPay, UnionPay, Uzcard, Troy
            _ => false,
        };
    }
}

/// <summary>Luhn's sum of a number that grows at its end.</summary>
internal struct CheckDigit
{
    private int count;
    private int sum;
    private int other;

    /// <summary>The last digit checks the others.</summary>
    public readonly bool Fits => (count % 2 == 1 ? sum : other) % 10 == 0;

    /// <summary>The next digit.</summary>
    public void Add(int digit)
    {
        var doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
        // Which digits are doubled depends on where the number ends; both sums are kept.
        (sum, other) = count++ % 2 == 0 ? (sum + digit, other + doubled) : (sum + doubled, other + digit);
    }
}
