using System.Net;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Takes an accepted packet.</summary>
internal delegate void RtpHandler(Span<byte> packet, in RtpHeader header, AudioEncoding encoding, ForeignCodec? foreign);

/// <summary>The receiving half of a leg: tells the remote party's packets from others, counts them, and hands on what was negotiated.</summary>
/// <remarks>It also tells the sending half where the remote party really is, under its lock, so the last word of both is the same.</remarks>
internal sealed class LegReceiver(LegSender sender, RtpHandler handler, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly RtpSourceLatch _latch = new(time);
    private readonly RtpReceiveStatistics _statistics = new();

    private PayloadTypes _expected = new([]);
    private IReadOnlyList<AudioFormat> _foreign = [];
    private long _packets;
    private long _bytes;
    private long _discarded;

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
            var signalled = session.Remote?.Serialize();
            if (signalled is not null)
            {
                _latch.Signal(signalled);
            }

            sender.Use(session, _latch.Source ?? signalled);
        }
    }

    /// <summary>Takes one datagram from the RTP port.</summary>
    public void OnDatagram(Span<byte> datagram, SocketAddress source)
    {
        AudioEncoding encoding;
        ForeignCodec? foreign;
        RtpHeader header;
        lock (_gate)
        {
            if (!RtpHeader.TryParse(datagram, out header, out _))
            {
                _discarded++;
                return;
            }

            encoding = _expected[header.PayloadType];
            foreign = _expected.ForeignAt(header.PayloadType);
            var former = _latch.Source;
            if (!_latch.Accept(source, header, negotiated: encoding != AudioEncoding.Unknown))
            {
                _discarded++;
                return;
            }

            if (!ReferenceEquals(former, _latch.Source))
            {
                sender.SendTo(_latch.Source!);
            }

            _packets++;
            _bytes += datagram.Length;
            _statistics.Count(header, time.GetElapsedTime(0), foreign?.ClockRate ?? AudioFormat.ClockRate, isEvent: encoding == AudioEncoding.TelephoneEvent);
        }

        if (encoding != AudioEncoding.Unknown)
        {
            handler(datagram, header, encoding, foreign);
        }
    }
}
