namespace CallCenter.Telephony;

/// <summary>How long to wait before a registration that failed is tried again (RFC 5626 section 4.5).</summary>
internal static class Backoff
{
    private static readonly TimeSpan Base = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <param name="failures">In a row, 1 or more.</param>
    /// <param name="chance">0 to below 1: spreads the clients of a server that comes back.</param>
    /// <returns>Half to the whole of 30 s, doubled with each failure after the first, up to 30 minutes.</returns>
    public static TimeSpan After(int failures, double chance)
    {
        var upper = failures > 7 ? Longest : Base * (1 << (failures - 1));
        return (upper < Longest ? upper : Longest) * (0.5 + (chance / 2));
    }
}
