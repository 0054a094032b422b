namespace CallCenter.Telephony.Rtp;

/// <summary>Which of the latest 64 packet indices have been seen (RFC 3711 section 3.3.2).</summary>
internal struct ReplayWindow
{
    private const int Width = 64;

    private ulong _seen;
    private bool _started;

    /// <summary>The highest index taken.</summary>
    public ulong Highest { get; private set; }

    /// <summary>False for an index that was taken before or is too old to tell.</summary>
    public readonly bool IsNew(ulong index) =>
        !_started || index > Highest || (Highest - index < Width && (_seen >> (int)(Highest - index) & 1) == 0);

    /// <summary>Takes an index whose packet has proved genuine.</summary>
    public void Take(ulong index)
    {
        if (!_started || index > Highest)
        {
            var moved = _started ? index - Highest : Width;
            _seen = (moved >= Width ? 0 : _seen << (int)moved) | 1;
            Highest = index;
            _started = true;
        }
        else
        {
            _seen |= 1UL << (int)(Highest - index);
        }
    }
}
