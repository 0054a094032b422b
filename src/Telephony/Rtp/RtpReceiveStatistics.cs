namespace CallCenter.Telephony.Rtp;

/// <summary>Loss and jitter of what one leg receives, over all of its sources in turn (RFC 3550 A.1, A.3, A.8).</summary>
internal sealed class RtpReceiveStatistics
{
    /// <summary>A forward jump beyond this is a restarted source, not loss (RFC 3550 A.1, MAX_DROPOUT).</summary>
    public const int MaxDropout = 3000;

    /// <summary>A packet this much late is reordered; a later one is a restarted source (RFC 3550 A.1, MAX_MISORDER).</summary>
    public const int MaxMisorder = 100;

    private bool _hasSource;
    private ushort _highest;
    private long _cycles;
    private long _expected;
    private long _receivedOfSource;
    private long _lostOfFormerSources;
    private long _expectedBefore;
    private long _receivedBefore;
    private int _lastTransit;
    private int _clockRate;
    private double _jitter;

    /// <summary>Packets expected less packets received; duplicates may make up for losses, but never go below zero.</summary>
    public long Lost => _lostOfFormerSources + LostOfSource;

    /// <summary>Mean deviation of the spacing at the receiver from that at the sender, smoothed by 1/16.</summary>
    public TimeSpan Jitter => _clockRate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(_jitter / _clockRate);

    /// <summary>The present source; null before the first packet.</summary>
    public uint? Ssrc { get; private set; }

    private long LostOfSource => Math.Max(0, _expected - _receivedOfSource);

    /// <summary>Counts a packet.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="arrival">When it came, from any origin.</param>
    /// <param name="clockRate">Of its timestamp, in Hz.</param>
    /// <param name="isEvent">Its timestamp is the beginning of an event and says nothing of when it was sent.</param>
    public void Count(in RtpHeader header, TimeSpan arrival, int clockRate, bool isEvent = false)
    {
        var transit = unchecked((int)((uint)(long)Math.Round(arrival.TotalSeconds * clockRate) - header.Timestamp));
        var ahead = (short)(header.SequenceNumber - _highest);
        if (!_hasSource || header.Ssrc != Ssrc || ahead is > MaxDropout or < -MaxMisorder)
        {
            StartSource(header, transit, clockRate);
            return;
        }

        _receivedOfSource++;
        if (ahead > 0)
        {
            _expected += ahead;
            _cycles += header.SequenceNumber < _highest ? 1 : 0;
            _highest = header.SequenceNumber;
        }

        if (isEvent)
        {
            return;
        }

        if (clockRate != _clockRate)
        {
            (_clockRate, _lastTransit, _jitter) = (clockRate, transit, _jitter * clockRate / _clockRate);
            return;
        }

        // A.8. The subtraction is done in 32 bits, so that a wrap of the timestamp is no jump.
        var deviation = Math.Abs((long)unchecked(transit - _lastTransit));
        _lastTransit = transit;
        _jitter += (deviation - _jitter) / 16;
    }

    /// <summary>What a report says of the present source (RFC 3550 section 6.4.1), its fraction counted from the former report on; null before the first packet.</summary>
    public ReceptionReport? TakeReport()
    {
        if (Ssrc is not { } ssrc)
        {
            return null;
        }

        var expected = _expected - _expectedBefore;
        var lost = expected - (_receivedOfSource - _receivedBefore);
        (_expectedBefore, _receivedBefore) = (_expected, _receivedOfSource);
        return new ReceptionReport(
            ssrc,
            FractionLost: (byte)(expected <= 0 || lost <= 0 ? 0 : Math.Min(255, lost * 256 / expected)),
            Lost: (int)Math.Clamp(_expected - _receivedOfSource, -0x80_0000, 0x7F_FFFF),
            HighestSequence: (uint)((_cycles << 16) | _highest),
            Jitter: (uint)_jitter);
    }

    private void StartSource(in RtpHeader header, int transit, int clockRate)
    {
        _lostOfFormerSources += LostOfSource;
        _hasSource = true;
        Ssrc = header.Ssrc;
        _highest = header.SequenceNumber;
        _cycles = 0;
        _expected = 1;
        _receivedOfSource = 1;
        (_expectedBefore, _receivedBefore) = (0, 0);
        _lastTransit = transit;
        _clockRate = clockRate;
        _jitter = 0;
    }
}
