using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Keys pressed for the other side.</summary>
public sealed partial class Switch
{
    private static readonly TimeSpan ShortestKey = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongestKey = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Presses keys for the other side of a leg, one after the other: by telephone events where it takes them (RFC 4733), else by INFO where it allows that, else by the tones themselves.
    /// What the leg plays pauses meanwhile. Without effect before it has media.
    /// </summary>
    /// <param name="leg">The leg.</param>
    /// <param name="digits">1 to 64 of 0 to 9, *, #, A to D and <c>!</c> (hook flash).</param>
    /// <param name="duration">How long each is pressed, 40 ms to 5 s.</param>
    /// <param name="gap">The pause after each, 40 ms to 5 s; events take 60 ms at least.</param>
    /// <exception cref="ArgumentException">A digit is no key, or there are too few or too many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A time is out of its range.</exception>
    public bool SendDtmf(LegId leg, string digits, TimeSpan duration, TimeSpan gap)
    {
        if (digits.Length is 0 or > 64 || digits.AsSpan().ContainsAnyExcept(DtmfDigit.Digits))
        {
            throw new ArgumentException($"\"{digits}\" is not 1 to 64 of {DtmfDigit.Digits}", nameof(digits));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(duration, ShortestKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(duration, LongestKey);
        ArgumentOutOfRangeException.ThrowIfLessThan(gap, ShortestKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(gap, LongestKey);
        return On(leg, found => found.SendDtmf(digits, duration, gap));
    }
}
