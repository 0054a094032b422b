using System.Net;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>The media of one call leg. All members may be called from any thread at any moment; after <see cref="Dispose"/> nothing is sent or received any more.</summary>
public sealed partial class MediaLeg : IDisposable
{
    private readonly MediaEngine _engine;
    private readonly RtpPortPair _ports;
    private readonly DatagramLoop _loop;
    private readonly long _rtpKey;
    private readonly long _rtcpKey;
    private readonly Lock _signalling = new();
    private readonly AudioNegotiation _negotiation;
    private readonly LegSender _sender;
    private readonly LegReceiver _receiver;
    private readonly LegControl _control;

    // Never altered, only replaced: the receiving thread walks it without a lock.
    private volatile IAudioTap[] _taps = [];
    private IReadOnlyList<AudioFormat> _passedOn = [];
    private bool _plain;
    private volatile MediaLeg? _peer;
    private volatile bool _disposed;

    internal MediaLeg(MediaEngine engine, DatagramLoop loop, RtpPortPair ports, IPAddress advertised, AudioPolicy policy, TimeProvider time, ILogger logger)
    {
        _engine = engine;
        _loop = loop;
        _ports = ports;
        _negotiation = new AudioNegotiation(advertised, ports.RtpPort, policy);
        _sender = new LegSender(ports.Rtp, time, logger);
        _receiver = new LegReceiver(_sender, OnAudio, OnDigit, time);
        _control = new LegControl(ports, _sender, _receiver, time);
        _time = time;
        _rtpKey = loop.Add(ports.Rtp, OnDatagram);
        _rtcpKey = loop.Add(ports.Rtcp, _control.OnDatagram);
    }

    /// <summary>The remote party takes no audio from us: it is sendonly or inactive, or has given the address 0.0.0.0 or ::.</summary>
    public bool RemoteHolds => _sender.RemoteHolds;

    /// <summary>Nothing more will be heard.</summary>
    internal bool IsDisposed => _disposed;

    internal LegSender Sender => _sender;

    /// <summary>The leg whose audio is relayed here, and the other way round. Guarded by <see cref="MediaEngine.Bridges"/>.</summary>
    internal MediaLeg? Peer
    {
        get => _peer;
        set => _peer = value;
    }

    /// <summary>Guarded by <see cref="MediaEngine.Bridges"/>.</summary>
    internal Conference? Conference { get; set; }

    /// <summary>A snapshot of the counters. They stay readable after <see cref="Dispose"/>.</summary>
    public MediaStatistics Statistics
    {
        get
        {
            var sent = _sender.Counts;
            var received = _receiver.Counts;
            return new MediaStatistics(
                sent.Packets, sent.Bytes, received.Packets, received.Bytes, received.Lost, received.Discarded, sent.Failures, sent.Unrelayed, received.Jitter);
        }
    }

    /// <summary>An SDP offer (or re-offer) of one audio stream. The session does not change before its answer is applied.</summary>
    /// <param name="hold">Puts the remote party on hold, from the answer on: it hears what we play and we take nothing from it (RFC 3264 section 8.4). False retrieves it; null leaves that as it is.</param>
    public string CreateOffer(bool? hold = null)
    {
        lock (_signalling)
        {
            MediaDirection? direction = hold switch
            {
                true => MediaDirection.SendOnly,
                false => MediaDirection.SendRecv,
                null => null,
            };
            var offer = _negotiation.CreateOffer(out var received, direction, _passedOn, _plain);
            _receiver.Expect(received);
            return offer;
        }
    }

    /// <summary>Offers, besides what can be played here, those codecs of another leg that its preference names: between the two they are passed on.</summary>
    public void OfferCodecsOf(MediaLeg other)
    {
        var foreign = other._receiver.Foreign;
        lock (_signalling)
        {
            _passedOn = foreign;
        }
    }

    /// <summary>The next offer asks for encryption.</summary>
    public bool OffersEncryption
    {
        get
        {
            lock (_signalling)
            {
                return _negotiation.OffersEncryption && !_plain;
            }
        }
    }

    /// <summary>Offers no encryption from now on, to a party that has refused it.</summary>
    /// <returns>False when none was offered.</returns>
    public bool GiveUpEncryption()
    {
        lock (_signalling)
        {
            var offered = _negotiation.OffersEncryption && !_plain;
            _plain = true;
            return offered;
        }
    }

    /// <summary>Answers an offer (or re-offer) and brings it into force. On failure nothing changes.</summary>
    /// <param name="offerSdp">The offer's body, of any content.</param>
    /// <param name="answerSdp">The answer; empty on failure.</param>
    /// <param name="error">What is wrong with the offer; null on success.</param>
    public bool TryCreateAnswer(ReadOnlySpan<byte> offerSdp, out string answerSdp, out string? error)
    {
        lock (_signalling)
        {
            if (!_negotiation.TryAnswer(offerSdp, out answerSdp, out var session, out error))
            {
                return false;
            }

            Use(session);
            return true;
        }
    }

    /// <summary>Brings the answer to the last <see cref="CreateOffer"/> into force. On failure nothing changes.</summary>
    /// <param name="answerSdp">The answer's body, of any content.</param>
    /// <param name="error">What is wrong with the answer; null on success.</param>
    public bool TryApplyAnswer(ReadOnlySpan<byte> answerSdp, out string? error)
    {
        lock (_signalling)
        {
            if (!_negotiation.TryApplyAnswer(answerSdp, out var session, out error))
            {
                return false;
            }

            Use(session);
            return true;
        }
    }

    /// <summary>Plays to the remote party, in place of what was played, and of the bridged leg's audio while it lasts.</summary>
    /// <param name="playlist">What to play.</param>
    /// <param name="playbackId">Handed back to <paramref name="finished"/>.</param>
    /// <param name="finished">Called once on the thread pool when the playlist has come to its end; not when it is stopped, replaced or bridged away.</param>
    public void Play(Playlist playlist, Guid playbackId, Action<Guid> finished) => Play(new Playback(playlist, playbackId, finished));

    /// <summary>Plays something else than clips.</summary>
    internal void Play(IPacedSource source)
    {
        if (_sender.Play(source))
        {
            _engine.Player.Add(_sender);
        }
    }

    /// <summary>Stops what is played, if anything.</summary>
    public void StopPlaying() => _sender.Stop();

    /// <summary>Lets the tap hear what the remote party says from now on. Packets come from one thread at a time.</summary>
    internal void AddTap(IAudioTap tap)
    {
        lock (_engine.Bridges)
        {
            _taps = [.. _taps, tap];
        }
    }

    /// <summary>Ends <see cref="AddTap"/>. One packet may still be on its way to the tap when this returns.</summary>
    internal void RemoveTap(IAudioTap tap)
    {
        lock (_engine.Bridges)
        {
            _taps = Array.FindAll(_taps, t => !ReferenceEquals(t, tap));
        }
    }

    /// <summary>Stops what both legs play, ends their former bridges and relays the audio of each to the other.</summary>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this leg, or of another engine.</exception>
    public void Bridge(MediaLeg other)
    {
        if (ReferenceEquals(other, this) || other._engine != _engine)
        {
            throw new ArgumentException("A leg is bridged with another leg of the same engine.", nameof(other));
        }

        lock (_engine.Bridges)
        {
            if (_disposed || other._disposed)
            {
                return;
            }

            Part();
            other.Part();
            _sender.Stop();
            other._sender.Stop();
            _peer = other;
            other._peer = this;
        }
    }

    /// <summary>Tells of digits in what the remote party says, on the thread that receives it. Once more changes nothing.</summary>
    internal void DetectDtmf(Action<char, TimeSpan> found)
    {
        lock (_engine.Bridges)
        {
            if (!Array.Exists(_taps, t => t is InBandDtmf))
            {
                AddTap(new InBandDtmf(found));
            }
        }
    }

    /// <summary>Ends <see cref="DetectDtmf"/>.</summary>
    internal void IgnoreDtmf()
    {
        lock (_engine.Bridges)
        {
            _taps = Array.FindAll(_taps, t => t is not InBandDtmf);
        }
    }

    /// <summary>Enters a conference, out of what it was in and in place of what it plays.</summary>
    internal void Join(Conference conference)
    {
        lock (_engine.Bridges)
        {
            if (_disposed || ReferenceEquals(Conference, conference))
            {
                return;
            }

            Part();
            _sender.Stop();
            conference.Join(this);
        }
    }

    /// <summary>Hears another leg and all that it hears, heard by whom the mode says. Again with another mode: changes that.</summary>
    internal void Supervise(MediaLeg target, SupervisionMode mode, TimeProvider time)
    {
        lock (_engine.Bridges)
        {
            if (_disposed || target._disposed || ReferenceEquals(this, target))
            {
                return;
            }

            var room = target.Conference ?? ConferenceOf(target, time);
            if (!ReferenceEquals(Conference, room))
            {
                Part();
                _sender.Stop();
                room.Join(this, target, mode);
                return;
            }

            room.Supervise(this, target, mode);
        }
    }

    /// <summary>Takes the place of the leg that it supervises.</summary>
    internal void TakeOver()
    {
        lock (_engine.Bridges)
        {
            Conference?.TakeOver(this);
        }
    }

    /// <summary>Ends the bridge, if any: both legs are silent afterwards. Leaves the conference, if any: the others go on.</summary>
    public void Unbridge()
    {
        lock (_engine.Bridges)
        {
            Part();
        }
    }

    /// <summary>Ends bridge and playback and closes the ports.</summary>
    public void Dispose()
    {
        lock (_engine.Bridges)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Part();
        }

        _control.Close();
        _sender.Close();
        _receiver.Close();
        _loop.Remove(_rtpKey);
        _loop.Remove(_rtcpKey);
        _ports.Rtp.Dispose();
        _ports.Rtcp.Dispose();
        _engine.Remove(this, _ports);
    }

    private void OnDatagram(Span<byte> datagram, SocketAddress source)
    {
        if (!_receiver.OnDatagram(datagram, source))
        {
            _control.OnDatagram(datagram, source);
        }
    }

    private void Use(AudioSession session)
    {
        _receiver.Use(session);
        _control.Use(session);
    }

    private void OnAudio(Span<byte> packet, in RtpHeader header, AudioEncoding encoding, ForeignCodec? foreign)
    {
        // Before the relay, which alters the packet.
        foreach (var tap in _taps)
        {
            tap.OnAudio(packet.Slice(header.PayloadOffset, header.PayloadLength), header, encoding);
        }

        _peer?._sender.Relay(packet, header, encoding, foreign);
    }

    /// <summary>What a bridge is when a third is to hear it.</summary>
    private Conference ConferenceOf(MediaLeg target, TimeProvider time)
    {
        var peer = target._peer;
        target.Part();
        var room = new Conference(_engine, time);
        room.Join(target);
        if (peer is not null)
        {
            room.Join(peer);
        }

        return room;
    }

    private void Part()
    {
        if (Conference is { } conference)
        {
            conference.Leave(this);
        }
        else if (_peer is { } peer)
        {
            _peer = null;
            peer._peer = null;
        }
    }
}
