using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>The RTCP of a leg (RFC 3550 section 6): tells the remote party how it is received, and takes from it how we are. Safe for concurrent use.</summary>
/// <remarks>Each leg ends its own RTCP, also when bridged: the SSRCs on its two sides have nothing to do with each other.</remarks>
internal sealed class LegControl(RtpPortPair ports, LegSender sender, LegReceiver receiver, TimeProvider time)
{
    /// <summary>Mean time between reports (section 6.2); each is moved by up to half of it either way, so that legs do not speak in step.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Held while a report is sent. Sender and receiver are asked under it; neither ever comes back here.
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[RtcpReport.MaxLength + Srtcp.Overhead];
    private string? _name;
    private AudioSession? _session;
    private Srtcp? _srtcp;
    private SocketAddress? _signalledAudio;
    private SocketAddress? _signalled;
    private SocketAddress? _heardFrom;
    private long? _nextReport;
    private long _packetsReported;
    private long? _lastHeard;
    private bool _closed;

    private uint _lastSenderReport;
    private long _lastSenderReportAt;
    private ReceptionReport? _reception;
    private TimeSpan _roundTrips;
    private int _roundTripCount;

    /// <summary>When the remote party last sent a report; null before the first.</summary>
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

    /// <summary>What the remote party says of our stream, and the mean of the round trips measured; null where it said nothing.</summary>
    public (ReceptionReport? Reception, TimeSpan? RoundTrip) Remote
    {
        get
        {
            lock (_gate)
            {
                return (_reception, _roundTripCount == 0 ? null : _roundTrips / _roundTripCount);
            }
        }
    }

    /// <summary>Brings a session into force.</summary>
    public void Use(AudioSession session)
    {
        lock (_gate)
        {
            _session = session;
            _signalledAudio = session.Remote?.Serialize() ?? _signalledAudio;
            _signalled = session.RemoteControl?.Serialize() ?? _signalled;
            _heardFrom = null;
            _nextReport ??= Later(Interval / 2);
            if (!Equals(_srtcp?.Keys, session.Keys))
            {
                _srtcp?.Dispose();
                _srtcp = session.Keys is { } keys ? new Srtcp(keys) : null;
            }
        }
    }

    /// <summary>Takes one datagram from the RTCP port, or from the RTP port where both share it.</summary>
    public void OnDatagram(Span<byte> datagram, SocketAddress source)
    {
        lock (_gate)
        {
            if (_closed || _session is null || !IsOfRemoteHost(source) || (_srtcp is not null && !_srtcp.TryOpen(ref datagram)))
            {
                return;
            }

            if (!RtcpCompound.TryParse(datagram, sender.Ssrc, out var compound))
            {
                return;
            }

            var now = time.GetTimestamp();
            _lastHeard = now;
            if (_heardFrom is null || !_heardFrom.Equals(source))
            {
                _heardFrom = RtpSourceLatch.Copy(source);
            }

            if (compound.SenderTime is { } senderTime)
            {
                (_lastSenderReport, _lastSenderReportAt) = (senderTime, now);
            }

            if (compound.OurReception is { } reception)
            {
                _reception = reception;
                MeasureRoundTrip(reception);
            }
        }
    }

    /// <summary>Sends a report when its time has come.</summary>
    public void SendIfDue()
    {
        lock (_gate)
        {
            if (_nextReport is { } due && time.GetTimestamp() >= due)
            {
                Send(isGoodbye: false);
                _nextReport = Later(Interval * (0.5 + Random.Shared.NextDouble()));
            }
        }
    }

    /// <summary>Takes leave; nothing is sent any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                Send(isGoodbye: true);
                _closed = true;
                _nextReport = null;
                _srtcp?.Dispose();
                _srtcp = null;
            }
        }
    }

    private long Later(TimeSpan after) => time.GetTimestamp() + (long)(after.TotalSeconds * time.TimestampFrequency);

    /// <summary>A report does not have to come from a port that we know, but from the host of the audio: where it was signalled, or where it was heard.</summary>
    private bool IsOfRemoteHost(SocketAddress source) =>
        RtpSourceLatch.IsSameHost(source, receiver.Source) || RtpSourceLatch.IsSameHost(source, _signalledAudio) || RtpSourceLatch.IsSameHost(source, _signalled);

    private void MeasureRoundTrip(in ReceptionReport reception)
    {
        // Section 6.4.1, in 1/65536 s: now less the time since which the remote party kept our report, less when we sent it.
        if (reception.LastSenderReport == 0)
        {
            return;
        }

        var trip = unchecked((int)((uint)(SenderInfo.NtpTime(time.GetUtcNow()) >> 16) - reception.DelaySinceLastSenderReport - reception.LastSenderReport));

        // Clocks step and parties lie; a minute is no telephone call.
        if (trip is >= 0 and < 60 << 16)
        {
            _roundTrips += TimeSpan.FromSeconds(trip / 65536.0);
            _roundTripCount++;
        }
    }

    private void Send(bool isGoodbye)
    {
        var destination = _heardFrom ?? _signalled;
        if (_session is null || destination is null)
        {
            return;
        }

        var counts = sender.Counts;
        var report = new RtcpReport
        {
            Ssrc = sender.Ssrc,
            Name = _name ??= Convert.ToBase64String(RandomNumberGenerator.GetBytes(12)),
            Sent = counts.Packets == _packetsReported
                ? null
                : new SenderInfo(
                    SenderInfo.NtpTime(time.GetUtcNow()), sender.TimestampNow, (uint)counts.Packets, (uint)(counts.Bytes - (RtpHeader.FixedLength * counts.Packets))),
            Received = receiver.TakeReport() is { } received
                ? received with
                {
                    LastSenderReport = _lastSenderReport,
                    DelaySinceLastSenderReport = _lastSenderReport == 0 ? 0 : (uint)(time.GetElapsedTime(_lastSenderReportAt).TotalSeconds * 65536),
                }
                : null,
            IsGoodbye = isGoodbye,
        };
        _packetsReported = counts.Packets;
        var length = report.Write(_buffer);
        length = _srtcp?.Protect(_buffer, length) ?? length;
        try
        {
            (_session.HasMuxedControl ? ports.Rtp : ports.Rtcp).SendTo(_buffer.AsSpan(0, length), SocketFlags.None, destination);
        }
        catch (SocketException)
        {
            // Many phones have no RTCP port at all, and say so by ICMP. Audio tells of a network that is gone.
        }
    }
}
