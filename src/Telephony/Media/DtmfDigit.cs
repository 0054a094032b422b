namespace CallCenter.Telephony.Media;

/// <summary>A key that was pressed.</summary>
/// <param name="Digit">0 to 9, *, #, A to D, or <c>!</c> for a hook flash.</param>
/// <param name="Duration">How long.</param>
internal readonly record struct DtmfDigit(char Digit, TimeSpan Duration)
{
    /// <summary>By event code (RFC 4733 section 3.2, table 3).</summary>
    public const string Digits = "0123456789*#ABCD!";
}
