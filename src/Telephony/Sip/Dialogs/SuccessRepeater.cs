namespace CallCenter.Telephony.Sip;

/// <summary>Repeats a 2xx at T1, doubling to T2, until its ACK comes or 64*T1 have passed (RFC 3261 section 13.3.1.4). Belongs to the loop.</summary>
internal sealed class SuccessRepeater
{
    private readonly TimerQueue _queue;
    private readonly SipTimers _timers;
    private readonly Action _send;
    private readonly TimerHandle _giveUp;
    private TimerHandle _repeat;
    private TimeSpan _interval;

    /// <param name="queue">The loop's timers.</param>
    /// <param name="timers">T1 and T2.</param>
    /// <param name="cSeq">Sequence number of the INVITE, which its ACK carries.</param>
    /// <param name="send">Sends the 2xx once more.</param>
    /// <param name="unacknowledged">Called when time has run out.</param>
    public SuccessRepeater(TimerQueue queue, SipTimers timers, uint cSeq, Action send, Action unacknowledged)
    {
        _queue = queue;
        _timers = timers;
        _send = send;
        CSeq = cSeq;
        _interval = timers.T1;
        _repeat = queue.Start(_interval, Repeat);
        _giveUp = queue.Start(timers.TransactionTimeout, () =>
        {
            Stop();
            unacknowledged();
        });
    }

    public uint CSeq { get; }

    public void Stop()
    {
        _queue.Cancel(_repeat);
        _queue.Cancel(_giveUp);
    }

    private void Repeat()
    {
        _send();
        _interval = _interval * 2 < _timers.T2 ? _interval * 2 : _timers.T2;
        _repeat = _queue.Start(_interval, Repeat);
    }
}
