namespace CallCenter.Telephony.Sip;

/// <summary>A rate with a burst: full at first, refilled evenly, empty at worst. Mutable; belongs to the loop.</summary>
/// <param name="burst">Tokens when full.</param>
/// <param name="now">Seconds on the clock that every call counts by.</param>
internal struct TokenBucket(double burst, double now)
{
    private double _tokens = burst;
    private double _at = now;

    /// <summary>Takes tokens if there are as many.</summary>
    /// <param name="count">How many.</param>
    /// <param name="perSecond">The rate of refilling that holds now.</param>
    /// <param name="full">The burst that holds now.</param>
    /// <param name="now">Seconds.</param>
    public bool TryTake(double count, double perSecond, double full, double now)
    {
        _tokens = Math.Min(full, _tokens + ((now - _at) * perSecond));
        _at = now;
        if (_tokens < count)
        {
            return false;
        }

        _tokens -= count;
        return true;
    }

    /// <summary>Puts tokens back, as far as there is room.</summary>
    public void Put(double count, double full) => _tokens = Math.Min(full, _tokens + count);
}
