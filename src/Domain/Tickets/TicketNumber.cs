namespace CallCenter.Domain.Tickets;

/// <summary>The number by which people speak of a ticket. Its last digit is a check digit: one digit misheard, or two neighbours swapped, is nobody's number.</summary>
public static class TicketNumber
{
    // M. Damm, a totally anti-symmetric quasigroup of order 10: the digit at which a number's walk through the table ends is 0 for right numbers only.
    private static readonly int[][] Table =
    [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];

    /// <summary>The number made of one that was drawn.</summary>
    /// <param name="drawn">1 to 200,000,000; others have no number.</param>
    public static int Of(long drawn)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(drawn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(drawn, 200_000_000);
        return ((int)drawn * 10) + Walk((int)drawn);
    }

    /// <summary>Whether a number can be a ticket's.</summary>
    public static bool IsValid(int number) => number > 9 && Walk(number) == 0;

    private static int Walk(int number) => $"{number}".Aggregate(0, (row, digit) => Table[row][digit - '0']);
}
