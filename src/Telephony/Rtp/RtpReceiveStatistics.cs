namespace CallCenter.Telephony.Rtp;

/// <summary>Loss and jitter of what one leg receives, over all of its sources in turn (RFC 3550 A.1, A.3, A.8).</summary>
internal sealed class RtpReceiveStatistics(int clockRate)
{
    /// <summary>A forward jump beyond this is a restarted source, not loss (RFC 3550 A.1, MAX_DROPOUT).</summary>
    public const int MaxDropout = 3000;

    /// <summary>A packet this much late is reordered; a later one is a restarted source (RFC 3550 A.1, MAX_MISORDER).</summary>
    public const int MaxMisorder = 100;

    private bool _hasSource;
    private uint _ssrc;
    private ushort _highest;
    private long _expected;
    private long _receivedOfSource;
    private long _lostOfFormerSources;
    private int _lastTransit;
    private double _jitter;

    /// <summary>Packets expected less packets received; duplicates may make up for losses, but never go below zero.</summary>
    public long Lost => _lostOfFormerSources + LostOfSource;

    /// <summary>Mean deviation of the spacing at the receiver from that at the sender, smoothed by 1/16.</summary>
    public TimeSpan Jitter => TimeSpan.FromSeconds(_jitter / clockRate);

    private long LostOfSource => Math.Max(0, _expected - _receivedOfSource);

    /// <summary>Counts a packet.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="arrival">When it came, in units of the payload's clock, from any origin.</param>
    public void Count(in RtpHeader header, long arrival)
    {
        var ahead = (short)(header.SequenceNumber - _highest);
        if (!_hasSource || header.Ssrc != _ssrc || ahead is > MaxDropout or < -MaxMisorder)
        {
            StartSource(header, arrival);
            return;
        }

        _receivedOfSource++;
        if (ahead > 0)
        {
            _expected += ahead;
            _highest = header.SequenceNumber;
        }

        // A.8. The subtraction is done in 32 bits, so that a wrap of the timestamp is no jump.
        var transit = unchecked((int)((uint)arrival - header.Timestamp));
        var deviation = Math.Abs((long)unchecked(transit - _lastTransit));
        _lastTransit = transit;
        _jitter += (deviation - _jitter) / 16;
    }

    private void StartSource(in RtpHeader header, long arrival)
    {
        _lostOfFormerSources += LostOfSource;
        _hasSource = true;
        _ssrc = header.Ssrc;
        _highest = header.SequenceNumber;
        _expected = 1;
        _receivedOfSource = 1;
        _lastTransit = unchecked((int)((uint)arrival - header.Timestamp));
        _jitter = 0;
    }
}
