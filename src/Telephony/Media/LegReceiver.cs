using System.Net;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Takes an accepted packet.</summary>
internal delegate void RtpHandler(Span<byte> packet, in RtpHeader header, AudioEncoding encoding, ForeignCodec? foreign);

/// <summary>The receiving half of a leg: tells the remote party's packets from others, counts them, reads keys pressed, and hands on what was negotiated.</summary>
/// <remarks>It also tells the sending half where the remote party really is, under its lock, so the last word of both is the same.</remarks>
internal sealed class LegReceiver(LegSender sender, RtpHandler handler, Action<DtmfDigit, ForeignCodec?> digitHandler, TimeProvider time)
{
    /// <summary>A pause that a listener takes for a broken line.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RtpSourceLatch _latch = new(time);
    private readonly RtpReceiveStatistics _statistics = new();
    private readonly TelephoneEventReader _events = new(time, digitHandler);

    private PayloadTypes _expected = new([]);
    private IReadOnlyList<AudioFormat> _foreign = [];
    private SrtpReceiver? _srtp;
    private bool _mustBeEncrypted;
    private bool _mayBeMuxed;
    private long _packets;
    private long _bytes;
    private long _discarded;
    private AudioEncoding _lastEncoding;
    private ForeignCodec? _lastForeign;
    private long? _lastHeard;
    private long? _pausesSince;
    private TimeSpan _pauses;

    public (long Packets, long Bytes, long Lost, long Discarded, TimeSpan Jitter) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_packets, _bytes, _statistics.Lost, _discarded, _statistics.Jitter);
            }
        }
    }

    /// <summary>Codecs of the present session that are only passed on.</summary>
    public IReadOnlyList<AudioFormat> Foreign
    {
        get
        {
            lock (_gate)
            {
                return _foreign;
            }
        }
    }

    /// <summary>Where the remote party sends from, once heard.</summary>
    public SocketAddress? Source
    {
        get
        {
            lock (_gate)
            {
                return _latch.Source;
            }
        }
    }

    /// <summary>When its last packet came; null before the first.</summary>
    public long? LastHeard
    {
        get
        {
            lock (_gate)
            {
                return _lastHeard;
            }
        }
    }

    /// <summary>The codec of the latest speech; null before.</summary>
    public string? Codec
    {
        get
        {
            lock (_gate)
            {
                return _lastEncoding == AudioEncoding.Unknown ? null : new AudioFormat(0, _lastEncoding, _lastForeign).Name;
            }
        }
    }

    /// <summary>The sum of all pauses longer than a second while something could be expected.</summary>
    public TimeSpan Pauses
    {
        get
        {
            lock (_gate)
            {
                return _pauses + PresentPause();
            }
        }
    }

    /// <summary>Takes these payload types from now on, be the session agreed or not.</summary>
    public void Expect(PayloadTypes expected)
    {
        lock (_gate)
        {
            _expected = expected;
        }
    }

    /// <summary>Brings a session into force for both halves.</summary>
    public void Use(AudioSession session)
    {
        lock (_gate)
        {
            _expected = session.Received;
            _foreign = session.Foreign;
            _mayBeMuxed = session.HasMuxedControl;
            _pauses += PresentPause();
            _pausesSince = session.RemoteMaySend ? time.GetTimestamp() : null;
            UseKeys(session.Keys);
            var signalled = session.Remote?.Serialize();
            if (signalled is not null)
            {
                _latch.Signal(signalled);
            }

            sender.Use(session, _latch.Source ?? signalled);
        }
    }

    /// <summary>Takes one datagram from the RTP port.</summary>
    /// <returns>False when it is RTCP, which shares the port: it is somebody else's.</returns>
    public bool OnDatagram(Span<byte> datagram, SocketAddress source)
    {
        AudioEncoding encoding;
        ForeignCodec? foreign;
        RtpHeader header;
        lock (_gate)
        {
            // RFC 5761 section 4.
            if (_mayBeMuxed && datagram.Length > 1 && (datagram[1] & 0x7F) is >= 64 and <= 95)
            {
                return false;
            }

            if ((_mustBeEncrypted && (_srtp is null || !_srtp.TryOpen(ref datagram))) || !RtpHeader.TryParse(datagram, out header, out _))
            {
                _discarded++;
                return true;
            }

            encoding = _expected[header.PayloadType];
            foreign = _expected.ForeignAt(header.PayloadType);
            var former = _latch.Source;
            if (!_latch.Accept(source, header, negotiated: encoding != AudioEncoding.Unknown))
            {
                _discarded++;
                return true;
            }

            if (!ReferenceEquals(former, _latch.Source))
            {
                sender.SendTo(_latch.Source!);
            }

            Count(datagram, header, encoding, foreign);
        }

        if (encoding != AudioEncoding.Unknown)
        {
            handler(datagram, header, encoding, foreign);
        }

        return true;
    }

    /// <summary>Report block of RTCP; null when nothing has been received.</summary>
    public ReceptionReport? TakeReport()
    {
        lock (_gate)
        {
            return _statistics.TakeReport();
        }
    }

    /// <summary>Ends a key press whose end was lost and after which nothing came.</summary>
    public void OnTimer()
    {
        lock (_gate)
        {
            _events.EndOverdue();
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _pauses += PresentPause();
            _pausesSince = null;
            _srtp?.Dispose();
            _srtp = null;
        }
    }

    private void Count(ReadOnlySpan<byte> datagram, in RtpHeader header, AudioEncoding encoding, ForeignCodec? foreign)
    {
        var clock = foreign?.ClockRate ?? AudioFormat.ClockRate;
        _packets++;
        _bytes += datagram.Length;
        _statistics.Count(header, time.GetElapsedTime(0), clock, isEvent: encoding == AudioEncoding.TelephoneEvent);

        _pauses += PresentPause();
        _lastHeard = time.GetTimestamp();
        _pausesSince = _pausesSince is null ? null : _lastHeard;
        if (encoding == AudioEncoding.TelephoneEvent)
        {
            _events.Take(header, datagram.Slice(header.PayloadOffset, header.PayloadLength), clock, foreign);
        }
        else if (encoding != AudioEncoding.Unknown)
        {
            (_lastEncoding, _lastForeign) = (encoding, foreign);
            _events.EndOverdue();
        }
    }

    private TimeSpan PresentPause() =>
        _pausesSince is { } since && time.GetElapsedTime(since) is var pause && pause > LongestPause ? pause : TimeSpan.Zero;

    private void UseKeys(SrtpKeys? keys)
    {
        _mustBeEncrypted = keys is not null;
        if (keys is null || _srtp?.Uses(keys) == true)
        {
            return;
        }

        var renewed = new SrtpReceiver(keys.Suite, keys.Remote);
        if (_srtp is not null)
        {
            renewed.TakeRolloverFrom(_srtp);
            _srtp.Dispose();
        }

        _srtp = renewed;
    }
}
