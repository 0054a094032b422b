using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>The sending half of a leg: one RTP stream, fed by a playback, else by a mix or by what is relayed. Safe for concurrent use.</summary>
internal sealed partial class LegSender(Socket socket, TimeProvider time, ILogger logger) : IPaced
{
    private static readonly int SamplesPerTick = (int)(Player.PacketTime.TotalSeconds * AudioFormat.ClockRate);

    // Held while a packet is sent, which keeps packets in the order of their numbers. Never held while another lock is taken.
    private readonly Lock _gate = new();
    private readonly RtpOutput _output = new(time, AudioFormat.ClockRate, SamplesPerTick);

    // What is generated waits here until it fills a packet of the length that the remote party wishes.
    private byte[] _packet = new byte[RtpHeader.FixedLength + SamplesPerTick];
    private int _filled;
    private AudioSession? _session;
    private SocketAddress? _destination;
    private IPacedSource? _playback;
    private KeyPresses? _keys;
    private SrtpSender? _srtp;
    private Transcoder? _transcoder;
    private bool _paced;
    private bool _closed;
    private bool _failing;
    private long _packets;
    private long _bytes;
    private long _failures;
    private long _unrelayed;

    public (long Packets, long Bytes, long Failures, long Unrelayed) Counts
    {
        get
        {
            lock (_gate)
            {
                return (_packets, _bytes, _failures, _unrelayed);
            }
        }
    }

    public uint Ssrc => _output.Ssrc;

    /// <summary>What the timestamp of a packet would be now.</summary>
    public uint TimestampNow
    {
        get
        {
            lock (_gate)
            {
                return _output.TimestampNow;
            }
        }
    }

    /// <summary>Of the timestamps that are sent, in Hz.</summary>
    public int Clock
    {
        get
        {
            lock (_gate)
            {
                return _output.Clock;
            }
        }
    }

    /// <summary>The codec of what we make; null before the session is agreed.</summary>
    public string? Codec
    {
        get
        {
            lock (_gate)
            {
                return _session?.Speech.Name;
            }
        }
    }

    public bool RemoteHolds
    {
        get
        {
            lock (_gate)
            {
                return _session is { RemoteHolds: true };
            }
        }
    }

    public void Use(AudioSession session, SocketAddress? destination)
    {
        lock (_gate)
        {
            _session = session;
            _destination = destination;
            if (session.Keys is null || _srtp?.Uses(session.Keys) == false)
            {
                _srtp?.Dispose();
                _srtp = null;
            }

            _srtp ??= session.Keys is { } keys ? new SrtpSender(keys.Suite, keys.Local) : null;
        }
    }

    public void SendTo(SocketAddress destination)
    {
        lock (_gate)
        {
            _destination = destination;
        }
    }

    /// <summary>Begins a playback in place of the present one.</summary>
    /// <returns>Whether the player has to be told to tick this sender.</returns>
    public bool Play(IPacedSource playback)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            (playback as Playback)?.TakeLoopPositionFrom(_playback);
            _playback = playback;
            var toBePaced = !_paced;
            _paced = true;
            return toBePaced;
        }
    }

    /// <summary>Whether events on this clock, as the other leg names them, can be passed on as they are.</summary>
    public bool TakesEvents(ForeignCodec? foreign)
    {
        lock (_gate)
        {
            return (foreign is null ? _session?.TelephoneEvent : _session?.PayloadTypeOf(foreign)) is not null;
        }
    }

    /// <summary>Presses keys, after those that are being pressed. What else would be sent waits or is lost meanwhile.</summary>
    /// <returns>Whether the player has to be told to tick this sender.</returns>
    public bool Press(KeyPresses keys)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (_keys is not null)
            {
                _keys.Follow(keys);
                return false;
            }

            _keys = keys;
            var toBePaced = !_paced;
            _paced = true;
            return toBePaced;
        }
    }

    /// <summary>Ends the playback, and the run of what is relayed.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _playback = null;
            EndRun();
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _playback = null;
            _keys = null;
            _closed = true;
            _srtp?.Dispose();
            _srtp = null;
        }
    }

    /// <summary>Sends the next packet of the playback.</summary>
    /// <param name="afterSkip">Ticks were left out before this one.</param>
    /// <returns>False when there is no more to play: the next <see cref="Play"/> asks for ticks again.</returns>
    public bool Tick(bool afterSkip)
    {
        lock (_gate)
        {
            if (_playback is null && _keys is null)
            {
                _paced = false;
                return false;
            }

            // Before the session is agreed nobody can listen: the playback waits for it.
            if (_session is null)
            {
                return true;
            }

            if (_keys is not null)
            {
                SendKey(_session, _keys, afterSkip);
                return true;
            }

            SendNext(_session, _playback!, afterSkip);
            if (!_playback!.Ended)
            {
                return true;
            }

            _playback.ReportFinished();
            _playback = null;
            _paced = false;
            EndRun();
            return false;
        }
    }

    /// <summary>Sends the next packet of a mix; what the mix has for this moment is lost while a playback is heard.</summary>
    public void SendMixed(IPacedSource mix, bool afterSkip)
    {
        lock (_gate)
        {
            if (!_closed && _playback is null && _keys is null && _session is not null)
            {
                SendNext(_session, mix, afterSkip);
            }
        }
    }

    /// <summary>Sends on a packet of the bridged leg; not while a playback is heard or the remote party holds.</summary>
    /// <param name="packet">The whole packet; it is altered.</param>
    /// <param name="source">Its header.</param>
    /// <param name="encoding">What its payload is; not unknown.</param>
    /// <param name="foreign">Which codec, when it is one that is only passed on, or events on its clock.</param>
    public void Relay(Span<byte> packet, in RtpHeader source, AudioEncoding encoding, ForeignCodec? foreign)
    {
        lock (_gate)
        {
            if (_closed || _playback is not null || _keys is not null)
            {
                return;
            }

            if (_session is not { RemoteReceives: true } || _destination is null)
            {
                EndRun();
                return;
            }

            var isSpeech = foreign is null && encoding != AudioEncoding.TelephoneEvent;
            var payloadType = (isSpeech, foreign) switch
            {
                (true, _) => _session.Speech.PayloadType,
                (_, null) => _session.TelephoneEvent,
                _ => _session.PayloadTypeOf(foreign),
            };
            if (payloadType is null)
            {
                _unrelayed++;
                return;
            }

            if (isSpeech && encoding != _session.Speech.Encoding
                && !(_transcoder ??= new Transcoder()).TryTranscode(encoding, _session.Speech.Encoding, packet.Slice(source.PayloadOffset, source.PayloadLength)))
            {
                return;
            }

            if (!_output.TryNextRelayed(source, payloadType.Value, foreign?.ClockRate ?? AudioFormat.ClockRate, out var header))
            {
                return;
            }

            // The new header goes right before the payload, over CSRC list and extension, which mean nothing to the next hop.
            packet = packet.Slice(source.PayloadOffset - RtpHeader.FixedLength, RtpHeader.FixedLength + source.PayloadLength);
            header.Write(packet);
            Send(packet, _destination);
        }
    }

    /// <summary>Takes the audio of one tick and sends what fills a packet.</summary>
    private void SendNext(AudioSession session, IPacedSource source, bool afterSkip)
    {
        if (afterSkip)
        {
            // What fills no packet yet goes with what comes.
            _output.EndRun();
        }

        var format = session.Speech;
        var perPacket = (int)(session.PacketTime.TotalSeconds * AudioFormat.ClockRate);
        if (_packet.Length < RtpHeader.FixedLength + perPacket + SamplesPerTick)
        {
            Array.Resize(ref _packet, RtpHeader.FixedLength + perPacket + SamplesPerTick);
        }

        Fill(SamplesPerTick);
        if (!session.RemoteReceives || _destination is null)
        {
            // Unheard while the remote party holds, like a radio with its volume down.
            EndRun();
            return;
        }

        if (source.Ended && _filled % perPacket is > 0 and var rest)
        {
            // The last word is not kept back for want of a few samples: silence makes them up.
            Fill(perPacket - rest);
        }

        var sent = 0;
        for (; _filled - sent >= perPacket; sent += perPacket)
        {
            // The header goes right before its audio, over what has been sent already.
            var packet = _packet.AsSpan(sent, RtpHeader.FixedLength + perPacket);
            _output.NextGenerated(format.PayloadType, perPacket).Write(packet);
            Send(packet, _destination);
        }

        _packet.AsSpan(RtpHeader.FixedLength + sent, _filled - sent).CopyTo(_packet.AsSpan(RtpHeader.FixedLength));
        _filled -= sent;

        void Fill(int samples)
        {
            source.Read(format.Encoding, _packet.AsSpan(RtpHeader.FixedLength + _filled, samples));
            _filled += samples;
        }
    }

    /// <summary>Sends what one tick of a key press is: a packet of its event, or 20 ms of its tones.</summary>
    private void SendKey(AudioSession session, KeyPresses keys, bool afterSkip)
    {
        if (keys.AsTones || session.TelephoneEvent is not { } payloadType)
        {
            keys.AsTones = true;
            SendNext(session, keys, afterSkip);
        }
        else if (!keys.TryNextPacket(_packet.AsSpan(RtpHeader.FixedLength, KeyPresses.EventLength), out var begins))
        {
            // The pause between two keys.
        }
        else if (!session.RemoteReceives || _destination is null)
        {
            EndRun();
        }
        else
        {
            _filled = 0;
            _output.NextEvent(payloadType, begins).Write(_packet);
            Send(_packet.AsSpan(0, RtpHeader.FixedLength + KeyPresses.EventLength), _destination);
        }

        if (keys.Ended)
        {
            _keys = null;
            EndRun();
        }
    }

    private void EndRun()
    {
        _output.EndRun();
        _filled = 0;
    }

    private void Send(ReadOnlySpan<byte> packet, SocketAddress destination)
    {
        try
        {
            socket.SendTo(_srtp is null ? packet : _srtp.Protect(packet), SocketFlags.None, destination);
        }
        catch (SocketException e)
        {
            // A lost packet is daily bread to RTP. Told once, then counted until one goes through again.
            _failures++;
            if (!_failing)
            {
                _failing = true;
                LogSendFailure(socket.LocalEndPoint, e.SocketErrorCode);
            }

            return;
        }

        _failing = false;
        _packets++;
        _bytes += packet.Length;
    }

    [LoggerMessage(LogLevel.Warning, "RTP from {Local} cannot be sent: {Error}")]
    private partial void LogSendFailure(EndPoint? local, SocketError error);
}
